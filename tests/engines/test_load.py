"""One worker may do the shares of several threads: the same bits, and taken where it is faster."""

from __future__ import annotations

import numpy as np
import pytest

import tidu as td
from tests.engines.test_compiled import BUILT_IN, OPTIMIZERS, deep, images, trained
from tidu.engines import CompiledEngine
from tidu.engines.compiled.load import MEASURED, PAUSE, Load


class Machine:
    """A machine on which a step takes so many seconds with all workers, and with one alone."""

    def __init__(self, threads=2):
        self.now, self.load = 0.0, Load(threads, clock=lambda: self.now)

    def call(self, together, alone, ran, seconds=0.05):
        """Make steps as an engine does; return how many workers made them, and how many steps."""
        workers, most = self.load.workers(), self.load.most_steps()
        rate = alone if workers == 1 else together
        steps = min(int(seconds / rate), most or 10**9)
        self.now += steps * rate
        self.load.record(workers, steps, steps * rate, steps * rate * (1 if workers == 1 else ran))
        return workers, steps

    def calls(self, n, *args):
        return [self.call(*args)[0] for _ in range(n)]


def test_all_workers_on_an_idle_machine():
    assert set(Machine().calls(50, 2e-4, 3e-4, 0.99)) == {2}


def test_one_worker_where_it_is_faster_and_looks_again_from_time_to_time():
    machine = Machine()
    counts = machine.calls(200, 7e-4, 3e-4, 0.5)
    assert counts[:2] == [2, 1]
    assert 0.05 < np.mean(np.array(counts) == 2) < 0.4
    assert machine.calls(20, 2e-4, 3e-4, 0.99)[-10:] == [2] * 10  # the others have gone


def test_a_look_is_short():
    machine = Machine()
    machine.calls(2, 7e-4, 3e-4, 0.5)
    while machine.load.workers() == 1:
        machine.call(7e-4, 3e-4, 0.5)
    _, steps = machine.call(7e-4, 3e-4, 0.5)
    assert steps * 7e-4 <= 1.5 * MEASURED


def test_all_workers_where_that_is_faster_though_they_are_disturbed():
    machine = Machine()
    counts = machine.calls(200, 2e-4, 3e-4, 0.7)
    assert counts[:3] == [2, 1, 2]
    assert np.mean(np.array(counts) == 2) > 0.6


def test_calls_too_short_to_judge_are_added_up():
    machine = Machine()
    counts = [machine.call(1e-3, 5e-4, 0.5, seconds=1e-3)[0] for _ in range(30)]
    assert counts[:9] == [2] * 9
    assert counts[-5:] == [1] * 5


def test_one_thread_is_one_worker():
    assert set(Machine(threads=1).calls(20, 1e-3, 1e-3, 0.1)) == {1}


def test_waits_before_it_looks_again():
    machine = Machine()
    machine.calls(2, 7e-4, 3e-4, 0.5)
    start = machine.now
    while machine.load.workers() == 1:
        machine.call(7e-4, 3e-4, 0.5)
    assert machine.now - start >= PAUSE - 2 * 0.05


@pytest.fixture
def workers(monkeypatch):
    """Fix the number of workers, and let small networks have many threads."""
    monkeypatch.setattr("tidu.engines.compiled.machine.WORTH_A_THREAD", 1)
    monkeypatch.setattr("tidu.engines.compiled.builder.ENOUGH_INPUTS", 16)

    def fix(n):
        monkeypatch.setattr(Load, "workers", lambda self: min(n, self.threads))

    return fix


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
@pytest.mark.parametrize("threads", [2, 3])
def test_any_number_of_workers_makes_the_same_bits(optimizer, threads, workers):
    x, t = images()
    made = set()
    for n in range(1, threads + 1):
        workers(n)
        run, steps = trained(
            CompiledEngine, deep(penalty=td.L2(1e-3)), optimizer, x, t, batch=30, threads=threads
        )
        made.add((run.theta.tobytes(), run.state.tobytes(), steps[-1].losses.tobytes()))
    assert len(made) == 1


@pytest.mark.parametrize("row", BUILT_IN, ids=lambda row: row.id)
def test_any_number_of_workers_makes_the_same_bits_for_each_layer(row, workers):
    layers = [row.layer, td.Flatten(), td.Affine(20), td.Tanh(), td.Affine(3)]
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(50, *row.input_shape)).astype(np.float32), rng.integers(3, size=50)
    made = set()
    for n in (1, 2):
        workers(n)
        net = td.Network(layers, row.input_shape, td.SoftmaxCrossEntropy(), seed=1)
        run, _ = trained(CompiledEngine, net, td.Adam(0.01), x, t, batch=25, threads=2)
        made.add(run.theta.tobytes())
    assert len(made) == 1


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_step_is_taken_back_whole_whoever_makes_it(n, workers):
    """An update that overflows leaves theta, moments and state as they were."""
    workers(n)
    x, t = images()
    net = deep()
    net.theta[:] *= np.float32(1e18)
    before = net.theta.copy()
    run, steps = trained(
        CompiledEngine, net, td.Momentum(1e25), x, t, batch=30, threads=3, epochs=1
    )
    assert steps[0].bad is not None
    if run.step == 0:
        assert np.array_equal(run.theta, before)
    assert np.isfinite(run.theta).all()
