"""``tidu lab``: its flags, and what it says."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.cli.running import tidu

pytest.importorskip("uvicorn", reason="the extra [lab] is not installed")


@contextlib.contextmanager
def opened(*words, **environment):
    """Run the command, and yield its process and all that it prints until it can be ended."""
    with subprocess.Popen(
        [sys.executable, "-m", "tidu", "lab", *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"} | environment,
    ) as process:  # fmt: skip
        text = ""
        try:
            while "Ctrl-C" not in text:
                row = process.stdout.readline()
                assert row, text
                text += row
            yield process, text
        finally:
            process.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_help_names_all_flags():
    out = tidu("lab", "--help").out
    for flag in ("--port", "--host", "--no-browser", "--lang"):
        assert flag in out


@pytest.mark.parametrize(("words", "sentence"), [
    (("--lang", "fr"), "`lang`"),
    (("--host", "no.such.host.invalid"), "is no address of this machine"),
    (("--host", "192.0.2.1"), "is no address of this machine"),
    (("--port", "0"), "should be greater than or equal to 1"),
])  # fmt: skip
def test_what_cannot_be_served_is_refused(words, sentence):
    ended = tidu("lab", "--no-browser", *words)
    assert ended.status
    assert sentence in " ".join((ended.err + ended.out).split())


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = tidu("lab", "--no-browser", "--port", port)
    assert ended.status
    assert f"nothing can listen on 127.0.0.1, port {port}" in " ".join(ended.err.split())


@pytest.mark.parametrize(("language", "says"), [("en", "The lab is open at"), ("zh", "实验室")])
def test_it_opens_at_the_port_in_the_language_and_ends_with_ctrl_c(language, says):
    port = free_port()
    with opened("--no-browser", "--port", str(port), "--lang", language) as (process, text):
        assert says in text
        address = re.search(r"http://\S+", text)[0]
        assert address.startswith(f"http://127.0.0.1:{port}/")
        with urllib.request.urlopen(address + "about.json", timeout=10) as answer:
            assert json.load(answer)["language"] == language
        if os.name == "posix":
            process.send_signal(signal.SIGINT)
            process.wait(30)


@pytest.mark.skipif(os.name != "posix", reason="the browser of this test is a shell script")
def test_it_opens_the_browser_and_warns_where_others_are_let_in(tmp_path):
    noted, browser = tmp_path / "noted", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {noted}\n')
    browser.chmod(0o755)
    with opened("--host", "0.0.0.0", "--lang", "en", BROWSER=str(browser)) as (process, text):
        for _ in range(200):
            if noted.exists() and noted.read_text():
                break
            time.sleep(0.05)
        assert noted.read_text().strip() == re.search(r"http://\S+", text)[0]
        assert "Others on the network" in process.stdout.readline()
