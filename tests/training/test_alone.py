"""A network by itself in calls of many epochs: the bits are those of one step at a time."""

from unittest import mock

import numpy as np
import pytest

import tidu as td
from tests.training.problems import (
    network,
    regression,
    same_bits,
    samples,
    step_by_step,
)
from tidu.engines.compiled import alone, machine, pieces
from tidu.errors import TrainingStoppedWarning
from tidu.native import why_no_kernels
from tidu.optimizers import OPTIMIZERS

pytestmark = pytest.mark.skipif(bool(why_no_kernels()), reason=why_no_kernels() or "-")


def rows_of(net):
    return [{name: v for name, v in row.items() if name != "seconds"} for row in net.run.history]


def both_ways(make, x, t, **settings):
    """Fit a network in calls of epochs, and one step by step; return it with the calls made."""
    net, other = make(), make()
    made = []

    def counted(*args):
        advance = alone.advance_alone(*args)
        return advance and (lambda run, k: made.append(k) or advance(run, k))

    with mock.patch("tidu.training.threaded.advance_alone", counted):
        net.fit(x, t, **settings)
    with step_by_step():
        other.fit(x, t, **settings)
    assert same_bits(net, other)
    assert rows_of(net) == rows_of(other)
    assert net.run.history.status == other.run.history.status
    return net, made


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("rule", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [47, 100])
def test_a_batch_of_all_samples(rule, batch_size, threads):
    x, t = samples()
    with mock.patch.object(machine, "WORTH_A_THREAD", 1):
        weights = np.linspace(0.5, 2, len(x))
        _, made = both_ways(network, x, t, optimizer=rule, epochs=30, batch_size=batch_size,
                            sample_weight=weights, threads=threads)  # fmt: skip
    assert made == ([30] if threads == 1 or batch_size == len(x) else [])


@pytest.mark.parametrize("batch_size", [1, 10, 46, 47])
@pytest.mark.parametrize("stored", ["uint8", "float64", "float32"])
def test_any_batches_on_one_thread(batch_size, stored):
    x, t = samples()
    x = (10 * abs(x)).astype(stored)
    _, made = both_ways(regression, x, t[:, None].astype(np.float32), optimizer="adam", epochs=20,
                        batch_size=batch_size)  # fmt: skip
    assert made == [20 * -(-len(x) // batch_size)]


def test_epochs_that_something_watches_are_one_call_each():
    x, t = samples()
    calls = [td.EarlyStopping("val_loss", patience=3)]
    net, made = both_ways(network, x, t, optimizer=td.Adam(0.1), epochs=200, batch_size=20,
                          validation=samples(1), callbacks=calls)  # fmt: skip
    assert made == [3] * net.run.epoch
    assert net.run.epoch < 200
    assert "early" in net.run.history.status


def test_numbers_that_are_not_finite_end_the_run_where_they_are():
    x, t = samples()
    with pytest.warns(TrainingStoppedWarning):
        net, _ = both_ways(regression, x, t[:, None].astype(np.float32), epochs=60, batch_size=9,
                           optimizer=td.SGD(30.0))  # fmt: skip
    assert 0 < net.run.step < 60 * 6


def test_samples_that_would_have_to_be_copied_are_taken_a_few_at_a_time():
    x, t = samples()
    x = x.astype(np.float16)  # no form for kernels
    with mock.patch.object(pieces, "COPIED_AT_ONCE", 100):
        _, made = both_ways(network, x, t, epochs=3, batch_size=10)
    assert made == []
