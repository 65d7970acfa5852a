"""A second fit: the same optimizer goes on, another one starts at its own first step."""

import numpy as np
import pytest

from tests.training.problems import N, network, same_bits, samples, small_network
from tidu.formats import Checkpoint, load_run
from tidu.optimizers import SGD, Adam, AdamW, ClipByNorm, Cosine, Momentum, WarmUp
from tidu.training import Run

STEPS = 5
"""How many steps an epoch of the samples has, by tens."""
ENGINES = ["numpy", "compiled"]


def fit(net, *callbacks, epochs=2, **settings):
    x, t = samples()
    net.fit(x, t, epochs=epochs, batch_size=10, callbacks=callbacks, **settings)
    return net


TAKING_OVER = [
    SGD(Cosine(0.1, steps=2 * STEPS)),
    SGD(WarmUp(4, then=0.1)),
    Adam(0.01),
    Adam(WarmUp(4, then=0.1)),
    ClipByNorm(1.0, AdamW(Cosine(0.1, steps=2 * STEPS), weight_decay=0.1)),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", TAKING_OVER, ids=repr)
def test_another_optimizer_takes_the_steps_that_it_would_take_first(optimizer, engine):
    net = fit(small_network(), optimizer=Momentum(0.1), engine=engine, epochs=20)
    fresh = net.copy()
    fresh.run = Run(fresh.theta, fresh.state, optimizer, optimizer.init(fresh.theta), net.seed)
    fresh.run.epoch = net.run.epoch  # the same order of samples
    fit(net, optimizer=optimizer, engine=engine)
    fit(fresh, engine=engine)
    assert (net.run.step, net.run.optimizer_step) == (22 * STEPS, 2 * STEPS)
    np.testing.assert_array_equal(net.theta, fresh.theta)
    for name, vector in fresh.run.optimizer_state.items():
        np.testing.assert_array_equal(net.run.optimizer_state[name], vector)
    assert net.run.history["lr"][-2:].tolist() == [
        optimizer.rate(STEPS - 1), optimizer.rate(2 * STEPS - 1)
    ]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_a_schedule_of_a_hundred_steps_is_not_over_before_it_begins(engine):
    net = fit(small_network(), optimizer=SGD(0.1), epochs=30, engine=engine)
    before = net.theta.copy()
    fit(net, optimizer=SGD(Cosine(0.1, steps=100)), epochs=1, engine=engine)
    assert np.abs(net.theta - before).max() > 1e-4
    assert net.run.history["lr"][-1] == pytest.approx(0.1, rel=0.01)


@pytest.mark.parametrize("engine", ENGINES)
def test_adam_anew_takes_its_first_step_in_full(engine):
    net = fit(small_network(), optimizer=Adam(0.01), epochs=1, engine=engine)
    net.run.step = 10_000  # as after a long run, but not yet converged
    before = net.theta.copy()
    x, t = samples()
    net.fit(x, t, epochs=1, batch_size=N, optimizer=Adam(0.001), engine=engine)
    moved = np.abs(net.theta - before)
    np.testing.assert_allclose(moved[moved > 1e-6], 0.001, rtol=1e-3)  # ±lr, up to eps


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", TAKING_OVER, ids=repr)
def test_the_same_optimizer_goes_on(optimizer, engine):
    whole = fit(network(), optimizer=optimizer, epochs=2, engine=engine)
    parts = network()
    for _ in range(2):
        fit(parts, optimizer=optimizer, epochs=1, engine=engine)
    assert same_bits(parts, whole)
    assert parts.run.optimizer_start == 0


def test_a_run_in_which_an_optimizer_took_over_resumes_to_the_same_bits(tmp_path):
    second = {"optimizer": Adam(Cosine(0.1, steps=15)), "engine": "numpy", "epochs": 3}

    def begin():
        return fit(network(), optimizer=SGD(0.1), epochs=3, engine="numpy")

    whole = fit(begin(), **second)
    fit(begin(), Checkpoint(tmp_path, every=1, unit="steps", keep=100), **second)
    for late in tmp_path.glob("step-*.safetensors"):
        if int(late.stem.partition("-")[2]) > 22:
            late.unlink()
    assert load_run(tmp_path).run.optimizer_start == 3 * STEPS
    resumed = fit(begin(), Checkpoint(tmp_path, resume=True), **second)
    assert same_bits(resumed, whole)
    assert resumed.run.history["lr"].tolist() == whole.run.history["lr"].tolist()


def test_a_rule_can_be_given_by_its_name():
    named, made = fit(small_network(), optimizer="adam"), fit(small_network(), optimizer=Adam())
    assert named.run.optimizer == Adam()
    assert same_bits(named, made)
    assert same_bits(fit(named, optimizer="adam"), fit(made))
