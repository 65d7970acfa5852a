"""n ranks of MPI come to what one process comes to that has all samples."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

import tidu as td
from tests.engines.ranks import CASES, learned, state
from tests.neighbours import neighbour
from tidu.engines.world import world

ROOT = Path(__file__).parents[2]
CLOSE = {"rtol": 1e-9, "atol": 1e-11}
"""float64, and some fifty steps: sums over ranks are taken in another order."""


def mpiexec(ranks, *words, cwd=ROOT):
    """Run a module of Python on some ranks."""
    neighbour("mpi4py")
    program = Path(sysconfig.get_path("scripts"), "mpiexec")
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    }
    return subprocess.run(
        [program, "-n", str(ranks), sys.executable, "-m", "mpi4py", "-m", *map(str, words)],
        cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def on_ranks(ranks, *words):
    return mpiexec(ranks, "tests.engines.ranks", *words)


def assert_same(found, wanted):
    """Two runs came to the same bits."""
    np.testing.assert_array_equal(found[0], wanted[0])
    np.testing.assert_equal(found[1], wanted[1])
    assert found[2:] == wanted[2:]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What each rank came to, by the number of ranks and the case."""
    folder = tmp_path_factory.mktemp("ranks")
    results = {}
    for ranks in (1, 2, 3):
        done = on_ranks(ranks, "all", folder / f"{ranks}")
        assert done.returncode == 0, done.stderr
        results[ranks] = pickle.loads((folder / f"{ranks}").read_bytes())
    return results


@pytest.mark.neighbours
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_ranks_come_to_what_one_process_comes_to(found, ranks, case):
    theta, memory, rows, *ended = state(learned(case, "numpy"))
    for theirs in found[ranks][case]:
        np.testing.assert_allclose(theirs[0], theta, **CLOSE)
        assert theirs[1].keys() == memory.keys()
        for name in memory:
            np.testing.assert_allclose(theirs[1][name], memory[name], **CLOSE)
        assert [row.keys() for row in theirs[2]] == [row.keys() for row in rows]
        for row, wanted in zip(theirs[2], rows, strict=True):
            np.testing.assert_allclose(list(row.values()), list(wanted.values()), **CLOSE)
        assert list(theirs[3:]) == ended


@pytest.mark.neighbours
@pytest.mark.parametrize("case", CASES)
def test_all_ranks_have_the_same_bits(found, case):
    first, *others = found[3][case]
    for other in others:
        assert_same(other, first)


@pytest.mark.neighbours
def test_a_killed_job_is_resumed_to_the_same_bits(tmp_path):
    words = ("saved", tmp_path / "never", tmp_path / "whole", "live")
    assert on_ranks(2, *words).returncode == 0
    done = on_ranks(2, "saved", tmp_path / "run", tmp_path / "resumed", "kill")
    assert done.returncode != 0
    assert not (tmp_path / "resumed").exists()
    assert on_ranks(2, "saved", tmp_path / "run", tmp_path / "resumed", "live").returncode == 0
    resumed, whole = (pickle.loads((tmp_path / name).read_bytes()) for name in ("resumed", "whole"))
    assert_same(resumed, whole)
    done = on_ranks(1, "saved", tmp_path / "run", tmp_path / "resumed", "live")
    assert done.returncode != 0
    assert "data" in done.stderr  # not the same, on another number of ranks


@pytest.mark.neighbours
@pytest.mark.parametrize("how", ["callback", "rank 1"])
def test_an_exception_in_one_rank_ends_all(how):
    done = on_ranks(2, "fails", how)
    assert done.returncode != 0
    assert "ArithmeticError: broken" in done.stderr
    assert "rank" not in done.stdout  # none came to its end


@pytest.mark.neighbours
def test_a_layer_that_needs_the_whole_batch_is_refused():
    done = on_ranks(2, "fails", "statistics")
    assert done.returncode != 0
    assert "BatchNorm1, BatchNorm(), computes with a whole batch" in done.stderr


@pytest.mark.neighbours
@pytest.mark.parametrize(
    ("how", "sentence"),
    [("nan", "on rank 1, x[3, 2] is nan: drop or correct such samples"),
     ("interrupt", "Interrupted in epoch 3")],
)  # fmt: skip
def test_all_ranks_stop_together(how, sentence):
    done = on_ranks(2, "fails", how)
    lines = sorted(done.stdout.splitlines())
    assert [line[:7] for line in lines] == ["rank 0:", "rank 1:"]
    assert lines[0][7:] == lines[1][7:]
    assert sentence in lines[0]


@pytest.mark.neighbours
def test_the_command_prints_and_writes_once(tmp_path):
    words = ("tidu", "train", "digits", "--engine", "mpi", "--epochs", "2", "--json",
             "--checkpoint", "run")  # fmt: skip
    done = mpiexec(2, *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["engine"] == "mpi"
    assert (tmp_path / result["model"]).is_file()
    net = td.load(tmp_path / result["model"])
    alone = td.recipes.plan("digits", epochs=2, engine="numpy")
    alone.run(progress=False)
    # float32, 30 steps of Adam, whose first ones are ±lr: where a gradient is near 0 they differ
    assert abs(net.theta - alone.network.theta).mean() < 1e-5
    assert result["test"]["accuracy"] == pytest.approx(alone.network.accuracy(
        alone.test.x, alone.test.t), abs=0.01)  # fmt: skip
    again = mpiexec(2, *words, cwd=tmp_path)
    assert again.returncode != 0
    assert "holds a run already" in again.stderr


def test_what_is_missing_is_named(monkeypatch):
    world.__globals__["_mpi"].cache_clear()
    monkeypatch.setitem(sys.modules, "mpi4py.MPI", None)
    with pytest.raises(td.MissingExtraError, match=r"pip install 'tidu\[mpi\]'"):
        world()
