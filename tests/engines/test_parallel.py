"""Threads that work in parallel: exceptions in one are raised, and no two callers share a pool."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")

import tidu as td
from tidu.engines.compiled.parallel import run_parallel
from tidu.engines.compiled.pool import Pool


def test_each_thread_has_its_number_and_the_first_answers():
    seen = [0] * 4

    def work(i):
        seen[i] += 1
        return 10 * i

    for _ in range(3):
        assert run_parallel(work, 4) == 0
    assert seen == [3] * 4


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_what_goes_wrong_in_any_thread_is_raised_and_the_next_call_works(bad):
    def work(i):
        if i == bad:
            raise ValueError(f"thread {i}")

    for _ in range(2):
        with pytest.raises(ValueError, match=f"thread {bad}"):
            run_parallel(work, 3)
    assert run_parallel(lambda i: i, 3) == 0


def test_callers_that_wait_for_their_own_threads_do_not_wait_for_each_other():
    """Two callers of three threads at once, each of whose threads waits for the other two."""
    done = []

    def caller(number):
        for _ in range(20):
            barrier = threading.Barrier(3, timeout=20)
            run_parallel(lambda i, b=barrier: b.wait(), 3)
        done.append(number)

    callers = [threading.Thread(target=caller, args=(i,)) for i in range(4)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    assert sorted(done) == [0, 1, 2, 3]


def test_threads_that_wait_for_one_that_failed_are_released():
    """The first thread never reaches the barrier: those that wait there must be told."""
    barrier = threading.Barrier(3, timeout=60)

    def work(i):
        if i == 0:
            raise ValueError("on the way")
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait()

    with pytest.raises(ValueError, match="on the way"):
        run_parallel(work, 3, barrier.abort)
    assert barrier.broken
    assert run_parallel(lambda i: i, 3) == 0


def test_what_an_exception_interrupted_is_not_lent_again():
    things = Pool()
    with pytest.raises(ValueError, match="half"), things.borrow("a", list) as first:
        raise ValueError("half done")
    with things.borrow("a", list) as second:
        assert second is not first


def test_what_fails_to_be_made_is_not_kept():
    things = Pool()

    def fails():
        raise OSError("cannot")

    for _ in range(2):
        with pytest.raises(OSError, match="cannot"), things.borrow("a", fails):
            pass
    with things.borrow("a", list) as thing:
        assert thing == []


def trained() -> tuple[td.Network, np.ndarray]:
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(4000, 64)).astype(np.float32), rng.integers(0, 10, 4000)
    net = td.Network([td.Affine(100), td.ReLU(), td.Affine(10)], 64, td.SoftmaxCrossEntropy())
    net.fit(x, t, epochs=1, engine="compiled", progress=False)
    return net, x


def test_many_threads_predict_at_once():
    net, x = trained()
    expected = net.predict_proba(x)
    wrong = []

    def predict():
        for _ in range(10):
            for rows in (slice(0, 4000), slice(0, 1), slice(17, 300)):
                if not np.allclose(net.predict_proba(x[rows]), expected[rows], atol=1e-6):
                    wrong.append(rows)

    threads = [threading.Thread(target=predict) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong


def test_predictions_follow_the_parameters():
    net, x = trained()
    before = net.predict_proba(x)
    net["b2"][:] += np.arange(10)
    after = net.predict_proba(x)
    wanted = before * np.exp(np.arange(10))
    np.testing.assert_allclose(after, wanted / wanted.sum(1, keepdims=True), rtol=1e-4, atol=1e-7)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork processes")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # of JAX, where a test imported it
def test_a_forked_process_trains_and_predicts():
    net, x = trained()
    expected = net.predict(x)
    child = os.fork()
    if child == 0:
        again, _ = trained()
        same = (net.predict(x) == expected).all() and (again.predict(x) == expected).all()
        os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0


INTERRUPTIONS = [
    pytest.param(30, 0),
    pytest.param(30, 1),
    *(pytest.param(100, seed, marks=pytest.mark.exhaustive) for seed in range(2, 12)),
]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarms")
@pytest.mark.parametrize(("tries", "seed"), INTERRUPTIONS)
def test_exceptions_of_signal_handlers_leave_no_thread_waiting(tries, seed):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.engines.interrupted", str(tries), str(seed)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "TIDU_THREADS": "2"},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > tries / 5
