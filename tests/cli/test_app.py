"""The command as a whole: help, exit statuses, and that no mistake goes without its row."""

import inspect
import os
import subprocess
import sys

import pytest

import tidu
from tests.bad_inputs.cli import ROWS
from tests.cli.running import tidu as run
from tidu.cli.app import _sentence
from tidu.cli.check import check
from tidu.cli.evaluate import evaluate
from tidu.cli.predict import predict
from tidu.cli.train import train

COMMANDS = {"train": train, "evaluate": evaluate, "predict": predict, "check": check}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_it_does_and_has_an_example(name):
    ended = run(name, "--help")
    assert ended.status == 0
    assert inspect.getdoc(COMMANDS[name]).splitlines()[0][:30] in ended.out
    assert f"Example:  tidu {name} " in ended.out
    assert "--json" in ended.out


def test_without_a_command_the_commands_are_shown():
    for words, status in (((), 2), (("--help",), 0)):
        ended = run(*words)
        assert ended.status == status
        assert all(name in ended.out + ended.err for name in COMMANDS)


def test_version():
    assert run("--version").out == f"tidu {tidu.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_setting_has_a_row_of_bad_inputs(name):
    covered = {row.argument for row in ROWS}
    wanted = {f"tidu {name}.{setting}" for setting in inspect.signature(COMMANDS[name]).parameters}
    assert wanted <= covered, wanted - covered


def test_errors_of_the_system_are_told_with_the_file():
    assert _sentence(FileNotFoundError(2, "No such file", "a.csv")) == "a.csv: No such file"
    assert _sentence(OSError(28, "No space left")) == "No space left"
    assert _sentence(FileNotFoundError("there is no file x")) == "there is no file x"


def test_as_a_program(tmp_path):
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", "from tidu.cli import main; main()"]

    def ended(*words):
        return subprocess.run(
            [*command, *words], cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    found = ended("train", "digits", "--epochs", "1", "--hidden", "8", "--json")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("{")
    wrong = ended("evaluate", "none", "digits")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "tidu: there is no file none\n"
