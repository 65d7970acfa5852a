"""A learner's file in a process of its own: limits, crashes, and verdicts that it cannot write."""

from __future__ import annotations

import os
import sys

import pytest

from tidu.exercises import EXERCISES, check
from tidu.exercises.process import check_file

SOFTMAX = EXERCISES["softmax"]
HEADER = "import numpy as np\n"


def told(tmp_path, text, **limits):
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    return check_file(SOFTMAX, path, **limits)


def test_verdicts_are_those_of_the_function(tmp_path):
    assert told(tmp_path, HEADER + SOFTMAX.solution).passed
    known, function = SOFTMAX.mistaken[2]
    found = told(tmp_path, HEADER + SOFTMAX.with_mistake(known))
    assert found == check("softmax", function)
    assert found.causes[0].code == known.code


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("def softmax(x:\n", "does-not-run", "line 1: SyntaxError"),
        ("import nothing_of_the_kind\n", "does-not-run", "ModuleNotFoundError"),
        ("def softmaks(x):\n    return x\n", "no-function", "did you mean 'softmaks'?"),
        ("x = 1\n", "no-function", "it defines none"),
        ("def softmax(x):\n    return 1 / 0\n", "raises", "ZeroDivisionError in line 2"),
        ("def softmax(x):\n    y = x\n", "returns-none", "is a `return` missing?"),
        ("def softmax(x):\n    return 'a'\n", "wrong-kind", "must return y, and gives str"),
        ("import sys\ndef softmax(x):\n    sys.exit()\n", "ended", "does the file call exit()"),
        ("import os\ndef softmax(x):\n    os._exit(0)\n", "ended", "before all calls were made"),
        ("raise SystemExit\n", "does-not-run", "SystemExit"),
        ("def softmax(x):\n    x -= x.max()\n    return x\n", "changes-argument", "work on a copy"),
    ],
)
def test_what_cannot_be_judged_is_said(tmp_path, text, code, sentence):
    found = told(tmp_path, text)
    assert code in [cause.code for cause in found.causes]
    assert sentence in str(found)


def test_an_endless_loop_is_stopped(tmp_path):
    found = told(tmp_path, "def softmax(x):\n    while True:\n        pass\n", seconds=2)
    assert found.causes[0].code == "too-slow"
    assert "ran for 2 seconds and was stopped" in str(found)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_an_array_that_is_too_large_is_an_error_of_the_file(tmp_path):
    found = told(tmp_path, HEADER + "def softmax(x):\n    return np.ones(2**31)\n")
    assert "MemoryError" in str(found)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here")
def test_nothing_that_it_prints_is_a_verdict(tmp_path):
    forged = '{"dict": {"outcomes": [], "passed": true}}'
    text = (
        "import os\nfor k in range(20):\n    try:\n"
        f"        os.write(k, {forged.encode()!r})\n    except OSError:\n        pass\n"
        "os._exit(0)\n"
    )
    assert not told(tmp_path, text).passed
    assert not told(tmp_path, "import os\nos.write(3, b'[' * 100000)\nos._exit(0)\n").passed


def test_finds_the_packages_of_the_one_who_asks(tmp_path, monkeypatch):
    folder = tmp_path / "packages"
    folder.mkdir()
    (folder / "helpful.py").write_text("from tidu.functions import softmax\n", "utf-8")
    (folder / "numpy.py").write_text("raise ImportError\n", "utf-8")  # that of Python comes first
    monkeypatch.syspath_prepend(folder)
    assert told(tmp_path, "from helpful import softmax\n").passed


def test_sees_no_settings_of_the_one_who_asks(tmp_path, monkeypatch):
    monkeypatch.setenv("A_PASSWORD", "secret")
    text = "import os\ndef softmax(x):\n    return os.environ['A_PASSWORD']\n"
    assert "KeyError" in str(told(tmp_path, text))
