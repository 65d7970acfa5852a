"""``tidu sweep``, as a user types it."""

from pathlib import Path

import pytest

import tidu as td
from tests.cli.running import tidu
from tests.clusters import two_workers
from tests.neighbours import neighbour
from tidu.recipes import Trained

QUICK = ("--lr", "0.001,0.01", "--hidden", "8", "--seeds", "2", "--epochs", "2")


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Leave the figure of the best network out, whose drawing takes longer than all else."""

    def refuse(trained, path):
        raise td.MissingExtraError("not asked for")

    monkeypatch.setattr(Trained, "draw", refuse)


def test_sweeps_and_says_where_the_best_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = tidu("sweep", "digits", *QUICK)
    assert ended.status == 0
    assert "4 networks in" in ended.out
    assert Path("tidu-out/digits-sweep/model.safetensors").is_file()
    assert tidu("evaluate", "tidu-out/digits-sweep/model.safetensors", "digits").status == 0


def test_speaks_json(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = tidu("sweep", "digits", *QUICK, "--json", "--out", "here").json
    assert result["networks"] == 4
    assert [row["lr"] for row in result["rows"]] == [0.01, 0.001]
    assert result["best"] == result["rows"][0]
    assert Path(result["files"]["network"]) == Path("here/model.safetensors")


def test_rates_that_are_none_get_a_sentence():
    ended = tidu("sweep", "digits", "--lr", "fast")
    assert ended.status == 2
    assert "`lr` must be rates such as 0.001,0.01 or a range such as 1e-4..1" in ended.err


@pytest.mark.neighbours
def test_a_cluster_finds_the_same(tmp_path):
    here = tidu("sweep", "digits", *QUICK, "--json", "--out", tmp_path / "here").json
    with two_workers() as client:
        address = client.scheduler.address
        there = tidu("sweep", "digits", *QUICK, "--json", "--out", tmp_path / "there",
                     "--dask", address).json  # fmt: skip
    for name in ("rows", "test_loss", "test_accuracy"):
        assert here[name] == there[name]


@pytest.mark.neighbours
def test_a_cluster_that_is_not_there_gets_a_sentence():
    neighbour("distributed")
    ended = tidu("sweep", "digits", "--dask", "nowhere")
    assert ended.status == 2
    assert "no dask scheduler answers at 'nowhere'" in ended.err
