"""What is taken away: the program makes the run again, to the bit; the file is the network."""

import base64
import runpy
import subprocess
import sys

import numpy as np
import pytest

import tidu as td
from tidu.lab.playground import INPUTS, Playground

DRAWN = tuple(np.random.default_rng(0).normal(size=120).round(2).tolist())
OWN = tuple(v for i in range(60) for v in (*DRAWN[2 * i : 2 * i + 2], i % 3))

RUNS = [
    ({}, 33),
    ({}, 0),
    ({"data": "spiral", "inputs": INPUTS, "classes": 3, "optimizer": "momentum"}, 22),
    ({"data": "xor", "versus": "sgd", "schedule": "cosine", "activation": "relu"}, 25),
    ({"data": "moons", "batch_norm": True, "dropout": 0.2, "batch_size": 19}, 30),
    ({"data": "hills", "l1": 0.001, "l2": 0.01, "hidden": ()}, 21),
    ({"data": "digits", "loss": "sigmoid-cross-entropy", "initializer": "xavier"}, 12),
    ({"data": "circle", "loss": "mean-squared-error", "schedule": "one-cycle"}, 12),
    ({"data": "own", "own": OWN, "classes": 3, "batch_size": 7, "schedule": "step-decay"}, 40),
    ({"data": "plane", "schedule": "exponential", "test": 0.9, "seed": 5}, 40),
]


def gone(settings, step):
    part = Playground()
    head, _ = part.ask("build", {"settings": settings})
    while head["runs"][-1]["step"] < step:
        head, _ = part.ask("go", {"step": step})
    return part


@pytest.mark.parametrize(("settings", "step"), RUNS)
def test_the_script_makes_the_same_run_to_the_bit(settings, step, tmp_path, capsys):
    part = gone(settings, step)
    answer, _ = part.ask("script", {})
    path = tmp_path / "run.py"
    path.write_text(answer["code"], encoding="utf-8")
    made = runpy.run_path(str(path))
    assert capsys.readouterr().out == answer["prints"]
    for name, run in zip(("net", "other"), part.runs, strict=False):
        net = run.run.network
        assert made[name].theta.tobytes() == net.theta.tobytes()
        assert made[name].state.tobytes() == net.state.tobytes()
    assert max(map(len, answer["code"].splitlines())) <= 100
    assert "\n" * 4 not in answer["code"]


def test_the_script_runs_by_itself(tmp_path):
    answer, _ = gone({"data": "spiral"}, 15).ask("script", {})
    path = tmp_path / "run.py"
    path.write_text(answer["code"], encoding="utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert done.stdout == answer["prints"]


def test_another_run_prints_something_else():
    prints = {gone({"seed": seed}, step).ask("script", {})[0]["prints"]
              for seed, step in ((0, 5), (0, 6), (1, 5))}  # fmt: skip
    assert len(prints) == 3


def test_the_model_file_is_the_network(tmp_path):
    part = gone({"versus": "sgd"}, 20)
    for number, run in enumerate(part.runs):
        answer, _ = part.ask("model", {"run": number})
        path = tmp_path / answer["name"]
        path.write_bytes(base64.b64decode(answer["file"]))
        assert (td.load(path).theta == run.run.network.theta).all()
    with pytest.raises(td.TiduError, match="`run` must be less than 2, got 2"):
        part.ask("model", {"run": 2})
