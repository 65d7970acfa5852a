"""What networks predict at once is what each predicts alone, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

import tidu as td
from tests.tables import Square
from tests.training.problems import samples, small_network
from tidu.engines.compiled import parallel
from tidu.errors import NonFiniteError
from tidu.training import predicting


def test_predictions_are_those_of_each():
    x, t = samples()
    nets = [small_network(seed=s) for s in range(3)]
    td.fit_many(nets, x, t, epochs=2)
    np.testing.assert_array_equal(td.predict_many(nets, x), [net.predict(x) for net in nets])
    parts = [x[:2], x[:5], x]
    for net, part, found in zip(nets, parts, td.predict_many(nets, parts, proba=True), strict=True):
        np.testing.assert_array_equal(found, net.predict_proba(part))


def trained(count, layers, d=40, **settings):
    """Return networks of some layers that went a step."""
    nets = [
        td.Network([*layers, td.Affine(3)], d, "softmax-cross-entropy", seed=seed, **settings)
        for seed in range(count)
    ]
    td.fit_many(nets, np.ones((3, d)), [0, 1, 2], epochs=1)
    return nets


LAYERS = {
    "narrow": [td.Affine(8), td.Tanh()],
    "wide": [td.Affine(300), td.ReLU(), td.Affine(300), td.ReLU()],
    "of all kinds": [td.Rescale(0.5), td.Affine(30), td.BatchNorm(), td.Dropout(), td.SiLU()],
    "standardized": [td.Standardize((1.0,) * 40, (2.0,) * 40), td.Affine(30), td.ReLU()],
    "of one's own": [td.Affine(8), Square()],
}
INPUTS = {
    "float32": lambda x: x.astype(np.float32),
    "float64": lambda x: x,
    "bytes": lambda x: (40 * abs(x)).astype(np.uint8),
    "columns first": np.asfortranarray,
    "sparse": lambda x: scipy.sparse.csr_matrix(np.where(x > 1, x, 0)),
}


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("inputs", INPUTS)
def test_no_bit_depends_on_who_predicts(layers, inputs):
    nets = trained(5, LAYERS[layers])
    x = INPUTS[inputs](np.random.default_rng(0).normal(size=(3001, 40)))
    for n in (0, 1, 65, 3001):  # up to several threads for one network, and packed weights
        wanted = [net.predict_proba(x[:n]) for net in nets]
        for threads in (1, 2, 3, 8):
            found = td.predict_many(nets, x[:n], proba=True, threads=threads)
            np.testing.assert_array_equal(found, wanted)


def test_networks_of_several_kinds():
    nets = trained(2, LAYERS["narrow"]) + trained(2, LAYERS["wide"], dtype="float64")
    nets[3].loss_function = td.SoftmaxCrossEntropy(label_smoothing=0.1)
    x = np.random.default_rng(0).normal(size=(2000, 40))
    wanted = [net.predict(x) for net in nets]
    np.testing.assert_array_equal(td.predict_many(nets, x, threads=2), wanted)


@pytest.mark.parametrize(
    ("count", "n", "engine", "workers"),
    [(6, 4000, "auto", 2), (6, 10, "auto", 1), (1, 4000, "auto", 1), (6, 4000, "numpy", 1)],
)
def test_threads_work_where_there_is_enough_to_do(count, n, engine, workers, monkeypatch):
    seen = []

    def run(work, threads, abandon):
        seen.append(threads)
        return parallel.run_parallel(work, threads, abandon)

    monkeypatch.setattr(predicting, "run_parallel", run)
    nets = trained(count, LAYERS["narrow"])
    td.predict_many(nets, np.ones((n, 40)), engine=engine, threads=2)
    assert seen == [workers]


@pytest.mark.parametrize("threads", [1, 2])
def test_one_that_is_not_finite_is_named_by_its_error(threads):
    nets = trained(6, LAYERS["narrow"])
    nets[3]["b1"] = np.full(8, np.nan)
    with pytest.raises(NonFiniteError, match="parameter b1"):
        td.predict_many(nets, np.ones((4000, 40)), threads=threads)
