"""A sweep trains what single plans would, ranks by rows held out, and keeps the best."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tidu as td
from tidu.recipes import plan, sweep
from tidu.recipes.sweeping import hidden_of, rates_of


@pytest.fixture(scope="module")
def found():
    return sweep(
        "digits", lr="0.0003,0.01,1e37", hidden="8,12x6", seeds=2, epochs=4, optimizer="sgd",
        progress=False,
    )  # fmt: skip


def test_each_network_is_that_of_a_plan(found):
    for i, (hidden, lr, seed) in enumerate(found.settings):
        if lr > 1:
            continue
        alone = plan(
            "digits", hidden=hidden_of(hidden)[hidden], dropout=0.0, optimizer="sgd", lr=lr,
            epochs=4, early_stopping=5, seed=0, threads=1,
        )  # fmt: skip
        alone.network.seed = seed
        alone.network.initialize()
        alone.run(progress=False)
        np.testing.assert_array_equal(found.networks[i].theta, alone.network.theta)


def test_rows_are_ranked_by_their_mean_over_the_seeds(found):
    assert [row.loss for row in found.rows] == sorted(row.loss for row in found.rows)
    assert {(row.hidden, row.lr) for row in found.rows} == {
        (hidden, lr) for hidden, lr, _ in found.settings
    }
    first = found.rows[0]
    own = [
        min(history["val_loss"])
        for history, (hidden, lr, _) in zip(found.histories, found.settings, strict=True)
        if (hidden, lr) == (first.hidden, first.lr)
    ]
    assert first.loss == pytest.approx(np.mean(own))
    assert first.spread == pytest.approx(np.std(own))
    assert min(found.best.history["val_loss"]) == min(own)


def test_what_fails_is_last_and_counted(found):
    assert [row.failed for row in found.rows[-2:]] == [2, 2]
    assert all(math.isinf(row.loss) and row.lr == 1e37 for row in found.rows[-2:])


def test_files_hold_the_best_network_and_all_rows(found, tmp_path):
    files, _ = found.save(tmp_path)
    best = td.load(files["network"])
    np.testing.assert_array_equal(best.theta, found.best.network.theta)
    lines = files["sweep"].read_text("utf-8").splitlines()
    assert lines[0] == "hidden,lr,loss,spread,accuracy,epochs,failed"
    assert len(lines) == 1 + len(found.rows)


def test_rates_are_spaced_evenly_in_their_logarithms():
    assert rates_of("1e-4..1") == [1e-4, 3.16e-4, 1e-3, 3.16e-3, 0.01, 0.0316, 0.1, 0.316, 1.0]
    assert rates_of("0.5") == [0.5]
