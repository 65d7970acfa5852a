"""``tidu train``, as a user types it."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

import tidu as td
from tests.cli.conftest import write_pets
from tests.cli.running import tidu
from tidu.cli.flags import given_settings
from tidu.cli.train import SETTINGS
from tidu.datasets import load_dataset
from tidu.layers import Rescale, Standardize
from tidu.optimizers import OPTIMIZERS
from tidu.recipes import Trained, plan

QUICK = ("--epochs", "2", "--hidden", "8")


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the figure out, whose drawing takes longer than the training."""

    def refuse(trained, path):
        raise td.MissingExtraError("not asked for")

    monkeypatch.setattr(Trained, "draw", refuse)


def test_digits_end_to_end(digits):
    folder, ended = digits
    assert ended.status == 0
    assert all("compiling" in line for line in ended.err.splitlines())  # the first time
    result = ended.json
    assert set(result) == {"data", "outcome", "status", "seconds", "engine", "test", "advice",
                           "parameters", "model", "history_csv", "figure", "history"}  # fmt: skip
    assert result["data"] == "digits"
    assert result["status"] == f"{len(result['history'])} epochs done"
    assert result["test"]["samples"] == 360
    assert result["test"]["accuracy"] >= 0.97
    assert result["history"][-1]["test_accuracy"] == result["test"]["accuracy"]
    out = folder / "tidu-out" / "digits"
    assert {path.name for path in out.iterdir()} == {
        "model.safetensors", "history.csv", "report.png"
    }  # fmt: skip
    assert (folder / result["figure"]).read_bytes().startswith(b"\x89PNG")
    with (folder / result["history_csv"]).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == [row["loss"] for row in result["history"]]


def test_the_saved_network_is_the_one_that_was_measured(digits):
    folder, ended = digits
    net, test = td.load(folder / ended.json["model"]), load_dataset("digits", split="test")
    assert net.accuracy(test.x, test.t) == ended.json["test"]["accuracy"]
    assert net.classes == tuple("0123456789")
    assert net.layout.size == ended.json["parameters"]


@pytest.mark.usefixtures("undrawn")
def test_for_people_it_says_what_it_does_and_what_to_try_next(tmp_path):
    ended = tidu("train", "digits", *QUICK, cwd=tmp_path)
    assert ended.status == 0
    for words in ("<Dataset digits: 1437 rows", "Affine(8)", "Adam(lr=0.002), batches of 100",
                  "2 epochs done in", "test accuracy ", "on 360 samples", "Try next:",
                  "tidu evaluate tidu-out/digits/model.safetensors digits"):  # fmt: skip
        assert words in ended.out
    head, *rows = ended.err.splitlines()
    assert head.split()[:2] == ["epoch", "loss"]
    assert len(rows) == 2


@pytest.mark.usefixtures("undrawn")
def test_the_same_seed_gives_the_same_network(tmp_path):
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        tidu("train", "digits", *QUICK, "--seed", seed, "--out", name, cwd=tmp_path)
    a, b, c = ((tmp_path / name / "model.safetensors").read_bytes() for name in "abc")
    assert a == b != c


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_by_its_name(tmp_path, optimizer):
    words = ("train", "digits", *QUICK, "--optimizer", optimizer, "--json")
    assert tidu(*words, cwd=tmp_path).status == 0
    rate = tidu(*words, "--lr", "0.25", cwd=tmp_path).json["history"][-1]["lr"]
    assert rate == 0.25


@pytest.mark.usefixtures("undrawn")
def test_penalties_come_from_l1_and_l2(tmp_path):
    wanted = {"--l1": td.L1(0.01), "--l2": td.L2(0.01)}
    for flags in (["--l1"], ["--l2"], ["--l1", "--l2"]):
        words = [word for flag in flags for word in (flag, "0.01")]
        tidu("train", "digits", *QUICK, *words, "--out", "o", "--force", cwd=tmp_path)
        penalty = td.load(tmp_path / "o" / "model.safetensors").penalty
        both = td.ElasticNet(l1=0.01, l2=0.01)
        assert penalty == (both if len(flags) == 2 else wanted[flags[0]])


@pytest.mark.usefixtures("undrawn")
def test_no_hidden_layer_is_softmax_regression(tmp_path):
    tidu("train", "digits", "--epochs", "1", "--hidden", "", "--out", "o", cwd=tmp_path)
    assert len(td.load(tmp_path / "o" / "model.safetensors").layers) == 2


@pytest.mark.usefixtures("undrawn")
def test_early_stopping_holds_out_and_keeps_the_best(tmp_path):
    words = ("train", "digits", "--hidden", "8", "--lr", "0.5", "--early-stopping", "1", "--json")
    result = tidu(*words, cwd=tmp_path).json
    assert result["status"].startswith("Stopped early after epoch ")
    losses = [row["val_loss"] for row in result["history"]]
    net = td.load(tmp_path / result["model"])
    held_out = load_dataset("digits").split(0.9)[1]
    assert net.loss(held_out.x, held_out.t) == min(losses)
    assert result["test"]["samples"] == 360
    assert not any(name.startswith("test_") for name in result["history"][0])


def test_a_table_with_named_classes(pets):
    folder, ended = pets
    assert ended.status == 0
    assert ended.json["test"]["accuracy"] >= 0.9
    net = td.load(folder / ended.json["model"])
    assert net.classes == ("cat", "dog", "mouse")
    assert isinstance(net.layers[0], Standardize)
    assert net.predict_proba([[0.03, 9.0]]).argmax() == 2


@pytest.mark.usefixtures("undrawn")
def test_a_table_of_values_is_a_regression(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.uniform(10, 100, (200, 2))
    np.savetxt(tmp_path / "prices.csv", np.c_[x, 1000.5 + x @ [20, -3]], "%.5f", ",")
    ended = tidu("train", "prices.csv", "--epochs", "100", "--batch-size", "20", cwd=tmp_path)
    assert ended.status == 0
    assert "accuracy" not in ended.out
    net = td.load(tmp_path / "tidu-out" / "prices" / "model.safetensors")
    wanted = 1000.5 + x @ [20, -3]
    # a tenth of the targets' spread; without a scale at the end it would not leave 0
    assert np.sqrt(np.mean((net.predict(x)[:, 0] - wanted) ** 2)) < 0.1 * wanted.std()
    assert net.classes is None


SIZES = [(np.uint8, Rescale), (np.float32, Standardize)]


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("dtype", "first"), SIZES)
def test_arrays_of_pictures_are_scaled_and_other_columns_normalized(tmp_path, dtype, first):
    rng = np.random.default_rng(0)
    x = rng.integers(255, size=(60, 4, 4)).astype(dtype)
    np.savez(tmp_path / "a.npz", x=x, t=rng.integers(3, size=60))
    ended = tidu("train", "a.npz", *QUICK, "--json", cwd=tmp_path)
    assert ended.status == 0
    assert isinstance(td.load(tmp_path / ended.json["model"]).layers[0], first)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_run_that_fails_ends_with_status_1_and_says_why(tmp_path, as_json):
    words = ["train", "digits", *QUICK, "--optimizer", "sgd", "--lr", "1e30"]
    ended = tidu(*words, *(["--json"] if as_json else []), cwd=tmp_path)
    assert ended.status == 1
    assert "Stopped before step" in ended.out
    assert "the learning rate 1e+30 may be too high" in ended.out
    assert "Warning" not in ended.err
    if as_json:
        assert ended.json["test"] == {"samples": 360, "loss": None, "accuracy": None}


def test_without_matplotlib_the_rest_is_done(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    ended = tidu("train", "digits", *QUICK, cwd=tmp_path)
    assert ended.status == 0
    assert "pip install 'tidu[plots]'" in ended.out
    assert (tmp_path / "tidu-out" / "digits" / "model.safetensors").exists()


def test_json_is_all_that_is_on_stdout(digits):
    _, ended = digits
    assert json.loads(ended.out)
    assert ended.out.startswith("{\n")
    assert ended.out.endswith("}\n")


def test_pets_can_be_written(tmp_path):
    write_pets(tmp_path / "few.csv", 5)
    assert len(load_dataset(tmp_path / "few.csv", "all")) == 5


@pytest.mark.usefixtures("undrawn")
def test_a_second_run_does_not_overwrite_the_first(tmp_path):
    words = ("train", "digits", *QUICK, "--out", "o", "--json")
    first = tidu(*words, cwd=tmp_path).json["model"]
    before = (tmp_path / first).read_bytes()
    assert first == "o/model.safetensors"
    for n in (2, 3):
        assert tidu(*words, "--seed", n, cwd=tmp_path).json["model"] == f"o-{n}/model.safetensors"
    assert (tmp_path / first).read_bytes() == before
    ended = tidu("train", "digits", *QUICK, "--out", "o", cwd=tmp_path)
    assert "o holds an earlier result, which is kept; --force overwrites it" in ended.out
    assert tidu(*words, "--seed", "2", "--force", cwd=tmp_path).json["model"] == first
    assert (tmp_path / first).read_bytes() != before


def test_the_line_of_the_readme_is_the_network_of_the_course(tmp_path):
    readme = Path(__file__).parents[2] / "README.md"
    (line,) = re.findall(r"^tidu train mnist (--hidden 50 .*)$", readme.read_text("utf-8"), re.M)
    settings = given_settings(SETTINGS, {
        name.removeprefix("--").replace("-", "_"): value
        for name, value in zip(*[iter(line.split())] * 2, strict=True)
    })  # fmt: skip
    planned = plan(**settings | {"epochs": 1})
    assert planned.network.layers[1:] == (td.Affine(50), td.Sigmoid(), td.Affine(10))
    assert (planned.optimizer, planned.batch_size) == (td.SGD(0.5), 100)


def test_a_rare_class_that_is_missed_is_named(tmp_path, undrawn):
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(1000, 3)), (np.arange(1000) % 20 == 0).astype(int)
    np.savez(tmp_path / "a.npz", x=x, t=t)
    command = ("train", "a.npz", "--epochs", "30", "--hidden", "8")
    ended = tidu(*command, cwd=tmp_path)
    assert "note: class '1' is 5 % of the samples, and the network finds 0 of these 10" in ended.out
    assert "--balanced of tidu train" in ended.out
    balanced = tidu(*command, "--balanced", "--json", cwd=tmp_path)
    assert balanced.json["advice"] == ""
