"""A plan is what was asked for, before anything is learned, and runs to what it says."""

import math

import numpy as np
import pytest

import tidu as td
from tidu.datasets import Dataset, load_dataset
from tidu.layers import Affine, Rescale
from tidu.layers.blocks import ACTIVATIONS as KINDS
from tidu.recipes import plan
from tidu.recipes.networks import network_for
from tidu.recipes.planning import ACTIVATIONS

QUICK = {"hidden": (8,), "epochs": 2}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_by_its_name(activation):
    net = plan(hidden=(8, 4), activation=activation, dropout=0.1, batch_norm=True).network
    kinds = [type(layer).__name__ for layer in net.layers]
    hidden = ["Affine", "BatchNorm", KINDS[activation].__name__, "Dropout"]
    assert kinds == ["Rescale", *hidden, *hidden, "Affine"]


def test_without_hidden_layers_there_is_nothing_to_drop_or_normalize():
    net = plan(hidden=(), dropout=0.5, batch_norm=True).network
    assert net.layers == (Rescale(1 / 16), Affine(10))


def test_targets_that_do_not_vary_can_be_learned():
    net = network_for(Dataset(np.eye(4), np.full((4, 1), 7.5)), [])
    assert net.layers[-1] == Rescale(1.0, 7.5)


def test_it_shows_what_it_will_do_and_has_learned_nothing():
    planned = plan(**QUICK, early_stopping=3)
    before = planned.network.theta.copy()
    shown = repr(planned)
    for words in ("1293 rows", "144 more rows are held out to decide when to stop", "Affine(8)",
                  "Adam(lr=0.002), batches of 100"):  # fmt: skip
        assert words in shown
    assert np.array_equal(before, planned.network.theta)
    assert planned.network.run is None


@pytest.mark.parametrize(("values", "rate"), [(False, 0.04), (True, 0.07)])
def test_the_tabular_recipe_is_that_of_the_estimators(values, rate):
    x = np.random.default_rng(0).normal(size=(400, 3))
    parts = Dataset(x, x[:, :1] if values else (x[:, 0] > 0).astype(int)).split(300)
    planned = plan(parts, recipe="tabular", epochs=20)
    assert (len(planned.learn), len(planned.held_out), planned.batch_size) == (240, 60, 240)
    assert planned.optimizer == td.Adam(td.LogCosine(rate, steps=20), beta2=0.95)
    kinds = [type(layer).__name__ for layer in planned.network.layers]
    hidden = ["Rescale", "Affine", "Mish" if values else "SELU"]
    last = ["Rescale", "Affine", *(["Rescale"] if values else [])]
    assert kinds == ["Standardize", "SmoothClip", "Scale", *3 * hidden, *last]
    trained = planned.run(progress=False)
    assert (trained.scores.r2 if values else trained.accuracy) > 0.8


def test_the_full_tabular_recipe_starts_from_the_samples_that_it_learns_from():
    x = np.random.default_rng(0).normal(size=(400, 3))
    planned = plan(Dataset(x, x[:, :1]).split(300), recipe="tabular-td", epochs=30)
    start, stopping = planned.callbacks
    assert isinstance(start, td.DataDependentInit)
    assert np.array_equal(start.x, planned.learn.x)
    assert stopping.monitor == "val_loss"
    assert planned.optimizer.lr == td.LogCosine(0.2, steps=30)
    kinds = [type(layer).__name__ for layer in planned.network.layers]
    assert kinds[2:4] == ["Periodic", "Scale"]
    assert kinds[-2:] == ["Rescale", "Clamp"]
    assert planned.run(progress=False).scores.r2 > 0.8


def test_parts_of_ones_own_are_taken_as_they_are():
    parts = load_dataset("digits").split(100)
    planned = plan(parts, **QUICK)
    assert (planned.learn, planned.test) == parts


def test_a_run_gives_the_network_and_its_measure_on_the_test_part(tmp_path):
    trained = plan(**QUICK).run(progress=False)
    test = trained.test
    assert trained.history[-1]["test_loss"] == trained.loss
    assert trained.network.measure(test.x, test.t) == (trained.loss, trained.accuracy)
    assert trained.seconds > 0
    files, no_figure = trained.save(tmp_path / "new" / "folder")
    assert no_figure == ""
    assert sorted(files) == ["figure", "history", "network"]
    assert all(path.is_file() for path in files.values())
    again = td.load(files["network"])
    assert np.array_equal(again.theta, trained.network.theta)


def test_callbacks_of_ones_own_are_told():
    seen = []

    class Count(td.Callback):
        def on_epoch(self, network, run, row):
            seen.append(run.epoch)

    plan(**QUICK).run(progress=False, callbacks=[Count()])
    assert seen == [1, 2]


def test_a_loss_that_is_not_finite_is_nan():
    with pytest.warns(td.TrainingStoppedWarning):
        trained = plan(**QUICK, optimizer="sgd", lr=1e30).run(progress=False)
    assert trained.history.failed
    assert math.isnan(trained.loss)


@pytest.mark.parametrize(
    ("rows", "wanted"), [(1437, 100), (1200, 100), (600, 50), (120, 10), (30, 10)]
)
def test_few_rows_are_learned_in_smaller_batches(rows, wanted):
    train, test = load_dataset("digits")[:rows], load_dataset("digits", split="test")
    assert plan((train, test), hidden=(4,)).batch_size == wanted
    assert plan((train, test), hidden=(4,), batch_size=7).batch_size == 7


def test_few_rows_are_gone_through_more_often():
    few = Dataset(np.eye(120), np.arange(120) % 2)
    assert plan((few, few), hidden=(4,)).epochs == 200
    assert plan((few, few), hidden=(4,), epochs=3).epochs == 3
    assert plan(hidden=(4,)).epochs == 30
