"""Ctrl-C: a question that is asked now and then."""

import signal
import subprocess
import sys
import threading

import pytest

from tests.training.problems import samples, small_network
from tidu.outcome import Outcome
from tidu.training import Callback
from tidu.training.interrupt import interruptible

LONG_RUN = """
import numpy as np
import tidu as td

x = np.random.default_rng(0).normal(size=(2000, 20))
net = td.Network([td.Affine(50), td.Tanh(), td.Affine(2)], 20, td.SoftmaxCrossEntropy())
t = (x[:, 0] > 0).astype(int)

class Say(td.Callback):
    def on_epoch(self, network, run, row):
        if run.epoch == 1:
            print("learning", flush=True)
    def on_end(self, network, run):
        print("told of the end", flush=True)

history = net.fit(x, t, epochs=100_000, callbacks=[Say()])
print(history.status)
print(len(history) == net.run.epoch >= 1, net.run.step > 0, history.failed)
before = net.run.epoch
print(net.fit(x, t, epochs=1).status == f"{before + 1} epochs done")
"""


def test_ctrl_c_ends_the_run_cleanly_and_a_second_fit_goes_on():
    with subprocess.Popen(
        [sys.executable, "-c", LONG_RUN], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout.readline() == "learning\n"
        run.send_signal(signal.SIGINT)
        out, _ = run.communicate(timeout=20)
    lines = out.splitlines()
    assert lines[0] == "told of the end"
    assert lines[1].startswith("Interrupted in epoch ")
    assert lines[1].endswith(" steps into it")
    assert lines[2] == "True True False"
    assert lines[-1] == "True"
    assert run.returncode == 0


@pytest.fixture(autouse=True)
def _as_in_a_terminal():
    """Ctrl-C raises, as it does unless the tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupt(Callback):
    """Presses Ctrl-C, as often as told, after the first epoch."""

    def __init__(self, times=1):
        self.times = times

    def on_epoch(self, network, run, row):
        for _ in range(self.times if run.epoch == 1 else 0):
            signal.raise_signal(signal.SIGINT)


class InterruptWithin(Callback):
    """Presses Ctrl-C after two steps of the second epoch."""

    every_steps = 1

    def on_steps(self, network, run, steps):
        if run.epoch == 1 and run.position == 2:
            signal.raise_signal(signal.SIGINT)


def test_the_epoch_broken_off_is_done_again():
    x, t = samples()
    net = small_network()
    history = net.fit(x, t, epochs=5, batch_size=10, callbacks=[InterruptWithin()])
    assert history.outcome is Outcome.INTERRUPTED
    assert history.status == "Interrupted in epoch 2, 2 steps into it"
    assert len(history) == 1
    net.fit(x, t, epochs=4, batch_size=10)
    assert history["epoch"].tolist() == [1, 2, 3, 4, 5]
    assert net.run.step == 25 + 2


def test_between_epochs_nothing_is_broken_off():
    x, t = samples()
    net = small_network()
    history = net.fit(x, t, epochs=5, batch_size=10, callbacks=[Interrupt()])
    assert history.status.startswith("Interrupted in epoch 2, ")
    assert len(history) == 1


def test_the_second_ctrl_c_acts_as_always():
    x, t = samples()
    with pytest.raises(KeyboardInterrupt):
        small_network().fit(x, t, epochs=5, callbacks=[Interrupt(times=2)])


def test_the_handler_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    with interruptible() as event:
        assert signal.getsignal(signal.SIGINT) is not before
        assert not event.is_set()
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(RuntimeError), interruptible():
        raise RuntimeError
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_fit_works_and_leaves_signals_alone():
    x, t = samples()
    before, found = signal.getsignal(signal.SIGINT), []

    class Look(Callback):
        def on_epoch(self, network, run, row):
            found.append(signal.getsignal(signal.SIGINT))

    def learn():
        found.append(small_network().fit(x, t, epochs=1, callbacks=[Look()]).status)

    thread = threading.Thread(target=learn)
    thread.start()
    thread.join()
    assert found == [before, "1 epoch done"]
