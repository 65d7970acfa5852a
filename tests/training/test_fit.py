"""A run: what it depends on, how it goes on, and how it ends when numbers go wrong."""

import math
import sys
import warnings

import numpy as np
import pytest

from tests.training.problems import N, network, regression, same_bits, samples, small_network
from tidu.engines import ENGINES
from tidu.errors import TrainingStoppedWarning
from tidu.layers import Affine, BatchNorm, ReLU, Rescale
from tidu.losses import MeanSquaredError, SoftmaxCrossEntropy, SumSquaredError
from tidu.network import Network
from tidu.optimizers import OPTIMIZERS, SGD, Adam, Cosine, Momentum
from tidu.outcome import Outcome
from tidu.penalties import L2
from tidu.training import Callback, EarlyStopping
from tidu.training.fit import fit

each_rule = pytest.mark.parametrize("rule", [kind(0.05) for kind in OPTIMIZERS.values()], ids=repr)


def learnt(*epochs, net=None, start=0, **settings):
    """A network after calls of fit with so many epochs each; ``start`` is its own seed."""
    x, t = samples()
    net = net or network(seed=start)
    for count in epochs:
        net.fit(x, t, epochs=count, **({"batch_size": 10, "optimizer": Adam(0.01)} | settings))
    return net


# -- what a run depends on ------------------------------------------------------------------------


@each_rule
def test_one_seed_gives_the_same_bits(rule):
    assert same_bits(learnt(3, optimizer=rule), learnt(3, optimizer=rule))


def test_seeds_of_network_and_of_run_both_count():
    thetas = {learnt(2, start=a, seed=b).theta.tobytes() for a in (0, 1) for b in (0, 1, 9)}
    assert len(thetas) == 6
    assert same_bits(learnt(2, start=1), learnt(2, start=1, seed=1))


@each_rule
def test_two_fits_are_one_longer_fit(rule):
    assert same_bits(learnt(2, 1, 3, optimizer=rule), learnt(6, optimizer=rule))


def test_a_second_fit_takes_optimizer_and_seed_of_the_first():
    x, t = samples()
    net = learnt(2, seed=3)
    net.fit(x, t, epochs=2, batch_size=10)
    assert same_bits(net, learnt(4, seed=3))


def test_the_history_of_a_second_fit_goes_on():
    net = learnt(2, 3)
    history = net.run.history
    assert history["epoch"].tolist() == [1, 2, 3, 4, 5]
    assert history.status == "5 epochs done"
    assert np.array_equal(history["loss"], learnt(5).run.history["loss"])


def test_restart_begins_anew():
    net = learnt(3, optimizer=Momentum(0.3))
    x, t = samples()
    net["W1"] = 0 * net["W1"]
    history = net.fit(x, t, optimizer=Adam(0.01), epochs=2, batch_size=10, restart=True)
    assert same_bits(net, learnt(2))
    assert len(history) == 2


def test_another_optimizer_starts_with_a_state_of_its_own_and_the_run_goes_on():
    x, t = samples()
    net = learnt(2, optimizer=Momentum(0.1))
    net.fit(x, t, optimizer=Momentum(0.1), epochs=1, batch_size=10)
    assert same_bits(net, learnt(3, optimizer=Momentum(0.1)))
    kept = net.run.optimizer_state["v"].copy()
    net.fit(x, t, optimizer=Momentum(0.2), epochs=1, batch_size=10)
    assert net.run.optimizer == Momentum(0.2)
    assert (net.run.epoch, net.run.step) == (4, 20)
    other = learnt(3, optimizer=Momentum(0.1))
    other.run.optimizer_state["v"][...] = 0
    other.run.optimizer = Momentum(0.2)
    other.fit(x, t, epochs=1, batch_size=10)
    assert same_bits(net, other)
    assert kept.any()


def test_a_network_set_back_by_hand_learns_from_there():
    x, t = samples()
    net, fresh = learnt(2, optimizer=SGD(0.1)), network()
    net.initialize()
    assert np.array_equal(net.theta, fresh.theta)
    net.fit(x, t, epochs=1, batch_size=10)
    assert net.run.theta is net.theta
    assert not np.array_equal(net.theta, fresh.theta)
    net.theta = fresh.theta.copy()
    net.fit(x, t, epochs=1, batch_size=10)
    assert not np.array_equal(net.theta, fresh.theta)


def test_a_copy_learns_on_its_own():
    net = learnt(2)
    other, theta = net.copy(), net.theta.copy()
    learnt(2, net=other)
    assert other.run.epoch == 2
    assert np.array_equal(net.theta, theta)


@pytest.mark.parametrize("seconds", [0, 1e9])
def test_the_time_between_events_changes_nothing(seconds, monkeypatch):
    monkeypatch.setattr(sys.modules["tidu.training.loop"], "EVENT_INTERVAL", seconds)
    assert same_bits(learnt(3), learnt(3))
    looked = learnt(3)
    monkeypatch.undo()
    assert same_bits(looked, learnt(3))


FORMS = {
    "lists": lambda x, t: (x.tolist(), t.tolist()),
    "float64": lambda x, t: (x.astype(np.float64), t),
    "Fortran order": lambda x, t: (np.asfortranarray(x), t),
    "every second": lambda x, t: (np.repeat(x, 2, axis=0)[::2], np.repeat(t, 2)[::2]),
    "one-hot": lambda x, t: (x, np.eye(2)[t]),
    "small integers": lambda x, t: (x, t.astype(np.uint8)),
    "read-only": lambda x, t: (_locked(x), _locked(t)),
}


def _locked(array):
    array = array.copy()
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_the_data_does_not_matter(form):
    x, t = FORMS[form](*samples())
    net = network()
    net.fit(x, t, epochs=2, batch_size=10, optimizer=Adam(0.01))
    assert same_bits(net, learnt(2))


def test_memory_maps_and_bytes_learn_as_floats(tmp_path):
    x = np.random.default_rng(0).integers(256, size=(N, 3), dtype=np.uint8)
    mapped = np.memmap(tmp_path / "x", np.uint8, "w+", shape=x.shape)
    mapped[:] = x
    t, ends = samples()[1], []
    for inputs in (x, mapped, x.astype(np.float32), x.astype(np.int64)):
        net = Network([Rescale(1 / 255), Affine(2)], 3, SoftmaxCrossEntropy())
        net.fit(inputs, t, validation=(inputs, t), epochs=2, batch_size=10)
        ends.append(net.theta.tobytes())
    assert len(set(ends)) == 1


def test_no_argument_is_changed():
    x, t = samples()
    weights = np.ones(N)
    before = x.copy(), t.copy()
    small_network().fit(x, t, sample_weight=weights, validation=(x, t), epochs=2)
    assert np.array_equal(x, before[0])
    assert np.array_equal(t, before[1])
    assert (weights == 1).all()


# -- what a history says --------------------------------------------------------------------------


def test_loss_and_accuracy_are_weighted_means_over_the_epoch():
    x, t = samples()
    net = small_network(penalty=L2(0.1))
    weights = np.random.default_rng(2).uniform(0, 2, N)
    history = net.fit(x, t, sample_weight=weights, epochs=1, batch_size=10, optimizer=SGD(0.0))
    # at a learning rate of 0, running means are measurements; float32
    assert history["loss"][0] == pytest.approx(net.loss(x, t, sample_weight=weights), rel=1e-5)
    assert history["accuracy"][0] == pytest.approx(
        net.accuracy(x, t, sample_weight=weights), rel=1e-5
    )


def test_class_weights_count_as_when_measuring():
    x, t = samples()
    net = Network([Affine(2)], 3, SoftmaxCrossEntropy(class_weights=[1, 5]))
    history = net.fit(x, t, epochs=1, batch_size=10, optimizer=SGD(0.0))
    # float32
    assert (history["loss"][0], history["accuracy"][0]) == pytest.approx(net.measure(x, t), 1e-5)


def test_validation_measures_after_each_epoch():
    x, t = samples(seed=8)
    net = learnt(3, validation=(x, t))
    last = net.run.history[-1]
    assert last["val_loss"] == net.loss(x, t)
    assert last["val_accuracy"] == net.accuracy(x, t)
    assert net.run.history.columns == (
        "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "lr", "seconds"
    )  # fmt: skip
    assert same_bits(net, learnt(3))


def test_a_regression_has_no_accuracy():
    x, _ = samples()
    history = regression().fit(x, x[:, :1], epochs=1, validation=(x, x[:, 0]))
    assert history.columns == ("epoch", "loss", "val_loss", "lr", "seconds")


def test_squared_errors_of_one_hot_targets_have_accuracy():
    x, t = samples()
    net = Network([Affine(2)], 3, SumSquaredError())
    assert "accuracy" in net.fit(x, np.eye(2)[t], epochs=1).columns


def test_the_learning_rate_is_that_of_the_last_step():
    schedule = Cosine(0.1, steps=10)
    history = learnt(2, optimizer=SGD(schedule)).run.history
    assert history["lr"].tolist() == [schedule(4), schedule(9)]


def test_engine_and_seconds_are_told():
    history = learnt(2).run.history
    assert history.engine in ENGINES
    assert (history["seconds"] >= 0).all()


def test_the_default_optimizer_is_sgd():
    net = small_network()
    net.fit(*samples(), epochs=1)
    assert net.run.optimizer == SGD(0.1)


# -- numbers that are not finite ------------------------------------------------------------------


def wrong_learning_rate():
    x, _ = samples()
    advice = "the learning rate 50 may be too high: try 5"
    return regression(), (x, x[:, 0]), {"optimizer": SGD(50.0)}, advice


def inputs_not_scaled():
    x, _ = samples()
    x = 1000 * np.abs(x)
    return (
        Network([Affine(4), Affine(1)], 3, MeanSquaredError()),
        (x, x[:, 0]),
        {},
        "put Rescale(0.0004",
    )


def inputs_scaled_by_the_network():
    x, _ = samples()
    x = np.abs(100 * x)
    net = Network([Rescale(0.01), Affine(4), ReLU(), Affine(1)], 3, MeanSquaredError())
    return net, (x, x[:, 0]), {"optimizer": SGD(50.0)}, "the learning rate 50 may be too high"


def inputs_normalized_by_the_network():
    x, _ = samples()
    x = np.abs(100 * x)
    net = Network([BatchNorm(), Affine(4), ReLU(), Affine(1)], 3, MeanSquaredError())
    return net, (x, x[:, 0]), {"optimizer": SGD(50.0)}, "the learning rate 50 may be too high"


def nan_in_a_row():
    x, t = samples()
    x[17, 1] = np.nan
    return small_network(), (x, t), {}, "x[17, 1] is nan: drop or correct such samples"


def infinity_in_a_batch():
    x, t = samples()
    x[4, 2] = -np.inf
    return small_network(), ([(x[:3], t[:3]), (x[3:], t[3:])],), {}, "x[1, 2] is -inf: drop"


def parameter_spoilt():
    net = small_network()
    net["W2"] = np.full((4, 2), np.nan)
    return net, samples(), {}, "the parameter W2 holds NaN"


FAILURES = [wrong_learning_rate, inputs_not_scaled, inputs_scaled_by_the_network,
            inputs_normalized_by_the_network, nan_in_a_row, infinity_in_a_batch,
            parameter_spoilt]  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES, ids=lambda f: f.__name__)
def test_numbers_that_are_not_finite_end_the_run_with_a_sentence(failure):
    net, data, settings, advice = failure()
    with pytest.warns(TrainingStoppedWarning) as caught:
        history = net.fit(*data, epochs=50, **({"batch_size": 10} | settings))
    (warning,) = caught
    sentence = str(warning.message)
    assert history.status == sentence
    assert history.failed
    assert history.outcome is Outcome.NOT_FINITE
    assert sentence.startswith(
        f"Stopped before step {net.run.step + 1} (epoch {net.run.epoch + 1})"
    )
    assert advice in sentence
    assert warning.filename == __file__
    if failure is not parameter_spoilt:
        assert np.isfinite(net.theta).all()
        assert np.isfinite(net.state).all()


def test_the_layer_is_named():
    net, data, settings, _ = wrong_learning_rate()
    with pytest.warns(TrainingStoppedWarning, match=r"the output of Affine2, Affine\(1\)"):
        net.fit(*data, batch_size=10, **settings)


def test_parameters_are_those_before_the_bad_step():
    net, data, settings, _ = wrong_learning_rate()
    other = net.copy()
    with pytest.warns(TrainingStoppedWarning):
        net.fit(*data, batch_size=10, **settings)

    class StopThere(Callback):
        every_steps = 1

        def on_steps(self, network, run, steps):
            return "there" if run.step == net.run.step else None

    other.fit(*data, batch_size=10, callbacks=[StopThere()], **settings)
    assert np.array_equal(net.theta, other.theta)


def test_a_run_that_failed_can_go_on_with_a_smaller_rate():
    net, data, settings, _ = wrong_learning_rate()
    with pytest.warns(TrainingStoppedWarning):
        net.fit(*data, batch_size=10, epochs=5, **settings)
    net.initialize()
    history = net.fit(*data, batch_size=10, epochs=5, optimizer=SGD(0.01))
    assert not history.failed
    assert history.outcome is Outcome.DONE
    assert history.status == f"{net.run.epoch} epochs done"


@pytest.mark.parametrize("callbacks", [(), (EarlyStopping(),)])
def test_validation_that_is_not_finite_ends_the_run_with_a_sentence(callbacks):
    x, t = samples()
    held = x.copy()
    held[7, 0] = np.nan
    with pytest.warns(
        TrainingStoppedWarning, match="after epoch 1: on the validation data, .*7, 0"
    ):
        history = small_network().fit(x, t, validation=(held, t), epochs=3, callbacks=callbacks)
    assert history.failed
    assert len(history) == 1
    assert math.isnan(history["val_loss"][0])


def test_a_validation_loss_that_overflows_is_no_silent_infinity():
    x, _ = samples()
    held = x.copy()
    held[7] = 1e30
    with pytest.warns(TrainingStoppedWarning, match="on the validation data, the loss is inf"):
        history = regression().fit(x, x[:, 0], validation=(held, x[:, 0]), epochs=3)
    assert history.failed


def test_a_run_that_ends_well_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not learnt(2).run.history.failed


def test_fit_is_a_function_too():
    x, t = samples()
    net = network()
    fit(net, x, t, optimizer=Adam(0.01), epochs=2, batch_size=10)
    assert same_bits(net, learnt(2))
