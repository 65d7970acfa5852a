"""A run that goes forward and back shows the same numbers at each step."""

import numpy as np
import pytest

import tidu as td
from tests.languages import check_says_the_same, in_both
from tidu.lab import measured, rewind
from tidu.lab.playground import Playground
from tidu.lab.rewind import Rewindable

RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(50, 2)).astype(np.float32), RNG.integers(2, size=50)


def begun(optimizer=None, batch_size=8, seed=0):
    layers = [td.Affine(5), td.BatchNorm(), td.Tanh(), td.Dropout(0.3), td.Affine(2)]
    net = td.Network(layers, 2, td.SoftmaxCrossEntropy(), seed=seed)
    return Rewindable(net, optimizer or td.Adam(0.01), X, T, batch_size)


def same_bits(a, b):
    return all(x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True))


def numbers(run):
    vectors = run.run.optimizer_state.values()
    return [run.network.theta.copy(), run.network.state.copy(), *(v.copy() for v in vectors)]


@pytest.mark.parametrize("optimizer", [td.SGD(0.1), td.Momentum(0.1), td.Adam(0.01)])
def test_back_and_forth_gives_the_same_bits(optimizer):
    straight = {}
    run = begun(optimizer)
    for step in range(60):
        run.go_to(step)
        straight[step] = numbers(run)
    run = begun(optimizer)
    for step in (10, 59, 58, 3, 0, 41, 16, 15, 17, 59):
        run.go_to(step)
        assert run.step == step
        assert same_bits(numbers(run), straight[step]), step


def test_it_is_the_run_of_fit():
    run = begun()
    run.go_to(21)  # three epochs of seven batches
    net = begun().network.copy()
    net.initialize()
    net.fit(X, T, optimizer=td.Adam(0.01), epochs=3, batch_size=8, threads=1, progress=False)
    assert run.run.epoch == 3
    assert same_bits([run.network.theta, run.network.state], [net.theta, net.state])


def test_copies_are_thinned_out_and_each_step_is_still_found(monkeypatch):
    monkeypatch.setattr(rewind, "COPIES", 4)
    run, fresh = begun(), begun()
    run.go_to(300)
    assert len(run._copies) <= 5
    for step in (299, 100, 1):
        run.go_to(step)
        fresh = begun()
        fresh.go_to(step)
        assert same_bits(numbers(run), numbers(fresh))


def why_it_stops():
    run = begun(td.SGD(1e30))
    with np.errstate(all="ignore"):
        run.go_to(500)
    return run.stopped


def test_a_curve_is_thinned_out_and_each_step_is_still_measured(monkeypatch):
    monkeypatch.setattr(measured, "CURVE", 6)
    part = Playground()
    part.ask("build", {"settings": {}})
    for step in np.random.default_rng(0).integers(60, size=80).tolist():
        head, arrays = part.ask("go", {"step": step})
        assert head["runs"][0]["step"] == step
        assert len(head["runs"][0]["measures"]) == 4
        assert len(arrays["curve0"]) <= 7


def test_a_jump_draws_the_curve_that_small_steps_draw(monkeypatch):
    monkeypatch.setattr(measured, "AMPLE", 10.0)
    monkeypatch.setattr(measured, "SECONDS", 20.0)
    _, arrays = Playground().ask("build", {"settings": {}, "step": 400})
    steps, losses = arrays["curve0"][:, :2].T
    assert steps.tolist() == list(range(0, 401, 10))
    walked = Playground()
    walked.ask("build", {"settings": {}})
    for step, loss in zip(steps, losses, strict=True):
        head, _ = walked.ask("go", {"step": int(step)})
        assert head["runs"][0]["measures"][0] == loss


def test_why_it_stops_is_the_same_in_chinese():
    english, chinese = in_both(why_it_stops)
    assert "; the learning rate 1e+30 may be too high: try 1e+29" in english
    check_says_the_same(english, chinese)


def test_it_stops_before_what_is_not_finite_and_goes_back():
    run = begun(td.SGD(1e30))
    with np.errstate(all="ignore"):
        run.go_to(500)
    assert run.step < 500
    assert run.stopped
    assert np.isfinite(run.network.theta).all()
    run.go_to(0)
    assert same_bits(numbers(run), numbers(begun(td.SGD(1e30))))
