"""Ctrl-C at any moment: one sentence, exit status 130, and what was learned is kept."""

import os
import signal
import subprocess
import sys

import pytest

import tidu as td
from tests.cli.running import tidu
from tidu.experiments import experiment
from tidu.experiments.result import Result
from tidu.recipes import Plan

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")


@pytest.fixture(autouse=True)
def ctrl_c_is_heard():
    """Have Ctrl-C raise, also where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


TRAIN = ("train", "digits", "--epochs", "1000000", "--hidden", "8", "--out", "out")


def interrupted(folder, words, *, after):
    """Run a command, press Ctrl-C when a line with a word is on stderr, and return how it ended."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tidu_command", *words],
        cwd=folder,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = ""
    while after not in said:
        line = program.stderr.readline()
        assert line, said
        said += line
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=120)
    assert "Traceback" not in said + err, said + err
    return program.returncode, out, said + err


def test_in_the_midst_of_training_the_network_is_kept(tmp_path):
    status, out, _ = interrupted(tmp_path, TRAIN, after="%")
    assert status == 130
    assert "nterrupted in epoch" in out
    net = td.load(tmp_path / "out" / "model.safetensors")
    test = td.datasets.load_digits("test")
    assert f"test accuracy {100 * net.accuracy(test.x, test.t):.2f} %" in out


PRESS_AT_IMPORT = """
import signal, sys
class Press:
    def find_spec(self, name, *others):
        if name == "tidu.layers":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Press())
import tidu_command
tidu_command.main()
"""


def test_while_it_is_imported(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", PRESS_AT_IMPORT, *TRAIN],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "tidu: interrupted\n"


def test_before_the_first_step_nothing_is_saved(tmp_path, monkeypatch):
    def press(planned, **given):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Plan, "run", press)
    (tmp_path / "there").mkdir()
    ended = tidu("train", "digits", "--out", "there/a/b", cwd=tmp_path)
    assert (ended.status, ended.err) == (130, "tidu: interrupted; nothing was saved\n")
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_in_the_first_epoch_the_steps_so_far_are_kept(tmp_path, monkeypatch):
    class Press(td.Callback):
        every = 3

        def on_steps(self, network, run, steps):
            signal.raise_signal(signal.SIGINT)

    run = Plan.run
    monkeypatch.setattr(Plan, "run", lambda planned, **given: run(planned, callbacks=[Press()]))
    ended = tidu("train", "digits", "--json", cwd=tmp_path)
    assert ended.status == 130
    assert ended.json["outcome"] == "interrupted"
    assert ended.json["history"] == []
    assert ended.json["figure"] is None
    assert td.load(tmp_path / ended.json["model"]).layout.size == ended.json["parameters"]


def test_while_files_are_written_all_of_them_are(tmp_path, monkeypatch):
    from tidu.recipes import Trained

    draw = Trained.draw

    def press(trained, path):
        signal.raise_signal(signal.SIGINT)
        draw(trained, path)

    monkeypatch.setattr(Trained, "draw", press)
    ended = tidu("train", "digits", "--epochs", "1", "--hidden", "8", "--json", cwd=tmp_path)
    assert ended.status == 130
    assert (tmp_path / ended.json["figure"]).exists()


def test_an_experiment_of_many_trainings_ends_at_once(tmp_path, monkeypatch):
    trained = []

    @experiment("slope", title="Two trainings")
    def two() -> Result:
        """Train twice, and press Ctrl-C in the first."""

        class Press(td.Callback):
            def on_epoch(self, network, run, row):
                signal.raise_signal(signal.SIGINT)

        for _ in range(2):
            net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy())
            net.fit([[1, 2, 3]], [0], callbacks=[Press()], progress=False)
            trained.append(net)
        raise AssertionError("it went on")

    from tidu.experiments import EXPERIMENTS

    monkeypatch.setattr(EXPERIMENTS["slope"], "function", two.function)
    monkeypatch.setattr(EXPERIMENTS["slope"], "arguments", {})
    ended = tidu("show", "slope", cwd=tmp_path)
    assert (ended.status, ended.out, ended.err) == (130, "", "tidu: interrupted\n")
    assert trained == []
    assert list(tmp_path.iterdir()) == []
