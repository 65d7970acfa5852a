"""Averages of the weights: closed forms, both engines, resumed runs."""

import numpy as np
import pytest

from tests.training.problems import network, same_bits, samples
from tidu.errors import TrainingStoppedWarning
from tidu.formats import Checkpoint
from tidu.optimizers import SGD, Adam
from tidu.training import Callback, WeightAverage

EPOCHS = 6


class Keeper(Callback):
    """Keeps the vectors of every epoch."""

    def __init__(self):
        self.kept = []

    def on_epoch(self, network, run, row):
        self.kept.append((run.theta.copy(), run.state.copy()))


def fit(*callbacks, epochs=EPOCHS, **settings):
    x, t = samples()
    net = network()
    given = {"optimizer": Adam(0.01), "batch_size": 10} | settings
    net.fit(x, t, epochs=epochs, callbacks=callbacks, **given)
    return net


WEIGHTS = [  # settings, how much each epoch counts
    ({}, [1, 1, 1, 1, 1, 1]),
    ({"start": 4}, [0, 0, 0, 1, 1, 1]),
    ({"start": 6}, [0, 0, 0, 0, 0, 1]),
    ({"decay": 0.5}, [1, 2, 4, 8, 16, 32]),
    ({"decay": 0.5, "start": 3}, [0, 0, 1, 2, 4, 8]),
    ({"decay": 0.0}, [0, 0, 0, 0, 0, 1]),
]


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize(("settings", "weights"), WEIGHTS)
def test_the_network_is_the_weighted_mean_of_the_epochs(settings, weights, engine):
    keeper = Keeper()
    net = fit(keeper, WeightAverage(**settings), engine=engine)
    for found, each in zip((net.theta, net.state), zip(*keeper.kept, strict=True), strict=True):
        wanted = np.average(np.array(each, float), axis=0, weights=weights)
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)  # float32
    counted = sum(weight > 0 for weight in weights) if settings != {"decay": 0.0} else EPOCHS
    assert net.run.history.status == f"6 epochs done; took the average of {counted} epochs"


def test_a_run_that_is_too_short_keeps_its_last_network():
    plain, averaged = fit(), fit(WeightAverage(start=7))
    assert same_bits(plain, averaged)
    assert averaged.run.history.status == "6 epochs done"


def test_the_run_itself_is_not_changed():
    plain, keeper = Keeper(), Keeper()
    fit(plain)
    fit(keeper, WeightAverage())
    for a, b in zip(plain.kept, keeper.kept, strict=True):
        np.testing.assert_array_equal(a[0], b[0])


def test_a_run_that_was_cut_off_ends_in_the_same_average(tmp_path):
    class Cut(Callback):
        def on_epoch(self, network, run, row):
            if run.epoch == 4:
                raise KeyboardInterrupt

    whole = fit(WeightAverage(start=2))
    with pytest.raises(KeyboardInterrupt):
        fit(Checkpoint(tmp_path), WeightAverage(start=2), Cut())
    for _ in range(2):  # a finished run ends as it did
        again = fit(Checkpoint(tmp_path, resume=True), WeightAverage(start=2))
        assert same_bits(again, whole)


def test_a_second_run_counts_its_own_epochs():
    net, x, t = fit(), *samples()
    keeper = Keeper()
    net.fit(x, t, epochs=3, batch_size=10, callbacks=[keeper, WeightAverage(start=2)])
    wanted = np.mean([theta for theta, _ in keeper.kept[1:]], axis=0)
    np.testing.assert_allclose(net.theta, wanted, rtol=1e-5, atol=1e-6)  # float32


def test_a_run_that_failed_keeps_its_last_good_network():
    net, (x, t) = network(), samples()
    x[:, 0] *= 1e30
    with pytest.warns(TrainingStoppedWarning):
        net.fit(x, t, epochs=3, optimizer=SGD(1e20), batch_size=10, callbacks=[WeightAverage()])
    assert np.isfinite(net.theta).all()
    assert "average" not in net.run.history.status


class StepKeeper(Callback):
    """Keeps the weights after every step."""

    every_steps = 1

    def __init__(self):
        self.kept = []

    def on_steps(self, network, run, steps):
        self.kept.append(run.theta.copy())


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize(("every", "start", "decay"), [(1, 1, 0.9), (4, 1, None), (3, 3, 0.5)])
def test_steps_count_where_they_are_asked_for(engine, every, start, decay):
    keeper = StepKeeper()
    average = WeightAverage(start, decay, every_steps=every)
    net = fit(keeper, average, engine=engine, epochs=4)
    steps, per_epoch = len(keeper.kept), len(keeper.kept) // 4
    counted = [k for k in range(every, steps + 1, every) if k > (start - 1) * per_epoch]
    weights = [1.0 if decay is None else decay**-i for i in range(len(counted))]
    wanted = np.average([keeper.kept[k - 1] for k in counted], axis=0, weights=weights)
    np.testing.assert_allclose(net.theta, wanted, rtol=1e-5, atol=1e-6)  # float32
    told = f"4 epochs done; took the average of {len(counted)} networks"
    assert net.run.history.status == told
