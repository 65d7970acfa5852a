"""Predictions depend on the network and on what is asked, not on what the process did before."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tidu as td
from tidu.engines import all_scores
from tidu.engines.choice import choose_for_scores

pytest.importorskip("numba")


def data(n=300):
    rng = np.random.default_rng(5)
    return rng.normal(size=(n, 30)).astype(np.float32), rng.integers(0, 4, n)


def network():
    layers = [td.Affine(33), td.GELU(), td.Affine(4)]
    return td.Network(layers, 30, td.SoftmaxCrossEntropy(), seed=2)


def bits(net):
    """Return a digest of all predictions of a network."""
    x, t = data()
    arrays = (net.predict_proba(x), net.predict_proba(x[:1]), net.predict(x), net.measure(x, t))
    return hashlib.sha256(b"".join(np.asarray(a).tobytes() for a in arrays)).hexdigest()


def train_another():
    """Bring the kernels into memory, by a network that has nothing to do with the others."""
    net = td.Network([td.Affine(5), td.Tanh(), td.Affine(4)], 30, td.SoftmaxCrossEntropy(), seed=9)
    net.fit(*data(), epochs=1, engine="compiled", progress=False)
    net.predict(data()[0])


NETWORKS = {
    "never trained": lambda: network(),
    "trained by NumPy": lambda: trained("numpy"),
    "trained by kernels": lambda: trained("compiled"),
    "a copy of one trained by kernels": lambda: trained("compiled").copy(),
}


def trained(engine):
    net = network()
    net.fit(*data(), epochs=2, engine=engine, threads=1, progress=False)
    return net


@pytest.mark.parametrize("kind", NETWORKS)
def test_the_same_bits_in_a_fresh_process_and_after_training_another_network(kind):
    code = (
        "import sys; from tests.engines.test_history_free import NETWORKS, bits; "
        "print(bits(NETWORKS[sys.argv[1]]()))"
    )
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(Path(td.__file__).parents[1]), str(root)])
    fresh = subprocess.run(
        [sys.executable, "-c", code, kind], check=True, capture_output=True, text=True, cwd=root,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    net = NETWORKS[kind]()
    before = bits(net)
    train_another()
    assert bits(net) == before == fresh.stdout.strip()


@pytest.mark.parametrize(
    ("kind", "engine"), list(zip(NETWORKS, ("numpy", "numpy", "compiled", "numpy"), strict=True))
)
def test_the_engine_is_that_of_the_run_and_numpy_without_one(kind, engine):
    net = NETWORKS[kind]()
    x = data()[0]
    scores = all_scores(net, net.theta, net.state, x, engine)
    np.testing.assert_array_equal(net.predict_proba(x), net.loss_function.predict_proba(scores))


def test_what_a_run_measures_comes_from_its_own_engine():
    class Compare(td.Callback):
        def on_epoch(self, network, run, row):
            x, t = data()
            assert row["val_loss"] == network.measure(x, t, engine=run.history.engine)[0]

    train_another()
    for engine in ("numpy", "compiled", "numpy"):
        network().fit(*data(), epochs=1, engine=engine, validation=data(), callbacks=[Compare()])


def test_without_kernels_it_is_numpy_whoever_trained(monkeypatch):
    net = network()
    monkeypatch.setattr("tidu.engines.choice.why_no_kernels", lambda: "none are built")
    assert choose_for_scores("auto", net, trained_by="compiled") == "numpy"
