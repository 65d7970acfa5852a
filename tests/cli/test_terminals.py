"""What is written survives terminals of other encodings and of few columns; shells can complete."""

import contextlib
import io
import json
import os
import subprocess
import sys

import pytest

from tests.cli.conftest import write_pets
from tests.cli.running import Ended, tidu
from tidu.cli import main
from tidu.recipes.planning import ACTIVATIONS

QUICK = ("--epochs", "1", "--hidden", "4")
COMMANDS = {
    "help": ("--help",),
    "train help": ("train", "--help"),
    "train": ("train", "pets.csv", *QUICK),
    "show": ("show", "slope"),
    "list": ("show",),
    "mistake": ("train", "猫.csv"),
}


def run(folder, words, encoding="utf-8"):
    """Run a command that writes to a terminal of an encoding."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main([str(word) for word in words])
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode(encoding))
    return Ended(ended.value.code or 0, *texts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a table whose classes have names that few encodings hold."""
    found = tmp_path_factory.mktemp("terminals")
    write_pets(found / "pets.csv", 60)
    text = (found / "pets.csv").read_text("utf-8").replace("cat", "猫 λ")
    (found / "pets.csv").write_text(text, encoding="utf-8")
    return found


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize("name", COMMANDS)
def test_it_is_written_in_any_encoding(folder, encoding, name):
    ended = run(folder, COMMANDS[name], encoding)
    assert ended.status == (2 if name == "mistake" else 0)
    assert ended.err if name == "mistake" else ended.out


@pytest.mark.parametrize("name", COMMANDS)
def test_it_fits_into_few_columns(folder, name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    ended = run(folder, COMMANDS[name])
    assert ended.status == (2 if name == "mistake" else 0)
    if "help" in name:
        assert max(map(len, ended.out.splitlines())) <= 60
        assert "…" not in ended.out


def test_json_loses_no_letter(folder):
    words = ("train", "pets.csv", *QUICK, "--json", "--out", "猫")
    model = json.loads(run(folder, words, "ascii").out)["model"]
    assert model == "猫/model.safetensors"
    ended = run(folder, ("evaluate", model, "pets.csv", "--json"), "cp1252")
    assert "猫 λ" in [row["class"] for row in json.loads(ended.out)["classes"]]


def test_in_the_locale_c(folder):
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ended = subprocess.run(
        [sys.executable, "-m", "tidu_command", "train", "pets.csv", *QUICK],
        cwd=folder,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False), ended.stderr
    assert b"Try next" in ended.stdout


@pytest.mark.parametrize("words", [("train",), ("show",), ("show", "slope"), ("check",), ()])
def test_flags_stand_without_a_type(words):
    assert "bool" not in tidu(*words, "--help").out


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("tidu tr", ["train"]),
        ("tidu show lear", ["learning-rate"]),
        ("tidu train --act", ["--activation"]),
        ("tidu train --activation s", sorted(name for name in ACTIVATIONS if name[0] == "s")),
        ("tidu train --optimizer ada", ["adagrad", "adam", "adamw"]),
        ("tidu train di", ["digits"]),
        ("tidu train pe", ["pets.csv"]),
        ("tidu show step-size --methods central,r", ["central,richardson"]),
    ],
)
def test_a_shell_completes(folder, line, wanted, monkeypatch):
    monkeypatch.setenv("_TIDU_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
    ended = run(folder, ())
    assert sorted(ended.out.split()) == wanted
    assert ended.err == ""


def test_a_shell_is_taught_by_an_option():
    shown = tidu("--help").out
    assert "--install-completion" in shown
    assert "--show-completion" in shown
