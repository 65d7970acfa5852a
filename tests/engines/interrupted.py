"""A program that is interrupted again and again: ``python interrupted.py TRIES SEED``.

An alarm raises an exception at a random moment of `fit` or `predict` on two threads. After each the
network must be finite and usable; a thread that waits for ever is for the caller's clock to find.
"""

from __future__ import annotations

import random
import signal
import sys
import time

import numpy as np

import tidu as td
from tidu.engines.compiled import machine, parallel

ENOUGH = 0.9
"""Accuracy that the network still reaches when nobody interrupts it any more."""


class AlarmError(Exception):
    """What the signal handler raises."""


def alarm(*_):
    raise AlarmError


def data():
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(4, 20))
    t = rng.integers(0, 4, 600)
    return (centres[t] + 0.3 * rng.normal(size=(600, 20))).astype(np.float32), t


def network():
    layers = [td.Affine(30), td.BatchNorm(), td.ReLU(), td.Affine(4)]
    return td.Network(layers, 20, td.SoftmaxCrossEntropy())


def seconds(work):
    work()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(tries, seed):
    machine.WORTH_A_THREAD = 1  # so that a small network takes two threads
    rng, (x, t), net = random.Random(seed), data(), network()

    def fit():
        net.fit(x, t, epochs=1, batch_size=20, optimizer=td.Adam(), threads=2, engine="compiled")

    def predict():
        net.predict_proba(x, engine="compiled")

    work = {fit: seconds(fit), predict: seconds(predict)}
    signal.signal(signal.SIGALRM, alarm)
    hits = 0
    for i in range(tries):
        call = (fit, predict)[i % 2]
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, max(1e-6, rng.uniform(0, 0.7 * work[call])))
                call()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except AlarmError:
            hits += 1
        assert np.isfinite(net.theta).all()
        assert np.isfinite(net.state).all()
        assert all(np.isfinite(v).all() for v in net.run.optimizer_state.values())
    net.fit(x, t, epochs=20, batch_size=20, optimizer=td.Adam(0.01), threads=2, engine="compiled")
    assert net.accuracy(x, t) > ENOUGH
    assert len(parallel._WORKERS._idle) == 1
    print(hits)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
