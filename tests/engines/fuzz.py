"""Random networks on guarded memory against the NumPy engine: ``python -m ... FIRST LAST``.

Each number is a case of its own: a network, data in some form, a batch size, threads, an optimizer.
The number is printed before the case runs, so that of a process that was ended one knows which.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import scipy.sparse

import tidu as td
from tests.engines.guarded import GuardedBuilder, GuardedMachine, guarded
from tidu.engines import CompiledEngine, NumpyEngine, all_scores, scoring
from tidu.engines.compiled import builder, engine, machine, program
from tidu.training import Run

ACTIVATIONS = (
    td.Identity(), td.Sigmoid(), td.Tanh(), td.ReLU(), td.LeakyReLU(0.2), td.ELU(0.8), td.GELU(),
    td.SiLU(), td.Softplus(), td.SELU(), td.Mish(), td.Rescale(0.5, 0.1), td.Softmax(),
    td.SmoothClip(), td.Scale(), td.BatchNorm(), td.Dropout(0.3), td.Parametric(td.SELU()),
    td.Parametric(td.Mish()), td.Parametric(td.LeakyReLU(0.2)),
    td.Dropout(td.FlatCosine(0.4, steps=3)),
)  # fmt: skip
OPTIMIZERS = (
    td.SGD(0.02), td.Momentum(0.01), td.Nesterov(0.01), td.AdaGrad(0.01), td.RMSprop(0.002),
    td.Adam(0.002), td.AdamW(0.002, weight_decay=0.1), td.Lion(0.002, weight_decay=td.Cosine(1, 3)),
    td.ClipByNorm(0.5, td.SGD(0.05)), td.ClipByValue(0.1, td.Adam(0.002)), td.SGD(1e30),
)  # fmt: skip
PENALTIES = (None, td.L1(1e-3), td.L2(1e-2), td.ElasticNet(1e-3, 1e-2))
FORMS = (
    "float32", "float64", "uint8", "bool", "int16", "columns first", "every second", "read-only",
    "sparse", "memory-mapped",
)  # fmt: skip
# Losses of three steps are equal to some roundings, which small batch variances multiply.
TOLERANCE = {"float32": 3e-3, "float64": 1e-7}
DIVERGED = 1e20
"""From such a loss on, a step multiplies the rounding of sums in another order by as much."""


def pick(rng, choices):
    return choices[int(rng.integers(len(choices)))]


def network(rng, dtype):
    """Return a network, and targets for so many samples."""
    width = int(pick(rng, (1, 2, 3, 7, 8, 9, 16, 17, 33, 50, 64, 70)))
    shape = pick(rng, ((width,), (width,), (2, width)))
    layers = [] if len(shape) == 1 else [td.Flatten()]
    if rng.random() < 0.3:
        layers.insert(0, td.Rescale(0.1, pick(rng, (0.0, 0.5))))
    for _ in range(int(rng.integers(0, 4))):
        units = int(pick(rng, (1, 2, 5, 8, 15, 16, 24, 31, 50, 100, 260)))
        layers += [td.Affine(units, bias=bool(rng.random() < 0.8)), pick(rng, ACTIVATIONS)]
        if rng.random() < 0.2 and units > 1:
            layers.append(of_columns(rng, units))
            continue
        if rng.random() < 0.2:
            layers.append(td.Residual(td.Chain([pick(rng, ACTIVATIONS[:10]), td.Affine(units)])))
    k = int(rng.integers(1, 12))
    last = [
        [],
        [td.Standardize((0.1,) * k, (0.5,) * k, inverse=True), td.Clamp((-1,) * k, (1,) * k)],
    ]
    weights = rng.uniform(0.5, 2, k).tolist() if rng.random() < 0.3 else None
    loss, targets = pick(rng, (
        (td.SumSquaredError(), lambda n: rng.normal(size=(n, k))),
        (td.MeanSquaredError(), lambda n: rng.normal(size=(n, k)).astype(dtype)),
        (td.SigmoidCrossEntropy(), lambda n: rng.random((n, k))),
        (td.Poisson(), lambda n: rng.poisson(2, (n, k))),
        (td.SoftmaxCrossEntropy(pick(rng, (0.0, 0.1)), weights),
         lambda n: rng.integers(0, k, n).astype(pick(rng, ("uint8", "int16", "int32", "int64")))),
        (td.SoftmaxCrossEntropy(0.0, weights), lambda n: rng.dirichlet(np.ones(k), n)),
    ))  # fmt: skip
    net = td.Network(
        [*layers, td.Affine(k), *pick(rng, last)], shape, loss,
        penalty=pick(rng, PENALTIES), dtype=dtype, seed=int(rng.integers(100)),
    )  # fmt: skip
    if rng.random() < 0.2:
        net.freeze(pick(rng, net.layout.entries).name)
    if rng.random() < 0.2:
        net.set_rate_factors({pick(rng, net.layout.entries).name: 3.0})
    if rng.random() < 0.2:
        net.set_decay({pick(rng, net.layout.entries).name: bool(rng.random() < 0.5)})
    return net, targets


def of_columns(rng, d):
    """Return a layer for some of d columns."""
    if rng.random() < 0.5:
        chosen = np.flatnonzero(rng.random(d) < 0.4).tolist() or [d - 1]
        frequencies, outputs = (int(rng.integers(1, 20)) for _ in range(2))
        return td.Periodic(frequencies, outputs=outputs, columns=chosen)
    cuts = np.unique(rng.integers(0, d + 1, 4)).tolist()
    groups = [*pairwise(cuts)][:: int(rng.integers(1, 3))] or [(0, d)]
    return td.Embedding(groups, size=int(rng.integers(1, 10)))


def stored(rng, x, before):
    """Return samples in some form, guarded where they are handed on as they are."""
    form = pick(rng, FORMS)
    if form == "sparse" and x.ndim == 2:
        rows = scipy.sparse.csr_array(x * (rng.random(x.shape) < 0.3))
        rows.data, rows.indices, rows.indptr = (
            guarded(part, before) for part in (rows.data, rows.indices, rows.indptr)
        )
        return rows
    if form == "memory-mapped":
        path = Path(tempfile.mkdtemp()) / "x"
        x.astype(np.float32).tofile(path)
        return np.memmap(path, np.float32, "r", shape=x.shape)
    if form == "every second":
        return np.repeat(x, 2, axis=-1)[..., ::2]
    if form == "columns first":
        return np.asfortranarray(x)
    x = guarded((x * 3).astype(form if form in FORMS[:5] else np.float64), before)
    x.flags.writeable = form != "read-only"
    return x


def train(kind, net, optimizer, arguments, b, threads):
    """Return the run, and what its steps gave."""
    run = Run(net.theta, net.state, optimizer, optimizer.init(net.theta), seed=3)
    return run, kind(net, optimizer, b, threads).run(run, **arguments)


def one(number):
    """Run one case; an AssertionError says what differs."""
    rng = np.random.default_rng(number)
    GuardedMachine.before = bool(number % 2)
    builder.ENOUGH_INPUTS = int(rng.integers(1, 20))
    scoring.ENOUGH_TO_PACK = int(pick(rng, (1, 500)))
    blocks = np.random.default_rng([number, 1])
    program.FEWEST_IN_BLOCKS = int(pick(blocks, (1, 1000)))
    program.WIDEST_IN_BLOCKS = (int(pick(blocks, (64, 300))),) * 2
    dtype, threads = pick(rng, ("float32", "float64")), int(rng.integers(1, 5))
    net, targets = network(rng, dtype)
    n, b = int(rng.integers(2, 60)), int(rng.integers(1, 40))
    x = stored(rng, rng.normal(size=(n, *net.input_shape)), GuardedMachine.before)
    weights = rng.uniform(0.1, 2, n).astype(pick(rng, (dtype, "float64")))
    order = rng.permutation(n)
    arguments = {
        "x": x, "t": guarded(targets(n), GuardedMachine.before), "order": order,
        "k": min(3, -(-n // b)), "weights": pick(rng, (None, guarded(weights))),
    }  # fmt: skip
    optimizer, other = pick(rng, OPTIMIZERS), net.copy()
    kinds = {type(layer) for layer in net.layers}
    if td.BatchNorm in kinds and 2 in (b, n % b):
        # Two samples become ±1, whatever they are: their gradient is rounding, of which rules that
        # divide by the size of the gradient make whole steps.
        optimizer = td.SGD(0.02)
    if td.Periodic in kinds:
        optimizer = optimizer.with_rate(min(optimizer.rate(0), 0.05))  # cos 1e30 is any number
    with np.errstate(all="ignore"):
        run, found = train(CompiledEngine, net, optimizer, arguments, b, threads)
        expected_run, expected = train(NumpyEngine, other, optimizer, arguments, b, threads)
    assert found.bad == expected.bad, (found.why, expected.why)
    tolerance = TOLERANCE[dtype]
    known = np.logical_and.accumulate(~(np.abs(expected.losses) > DIVERGED))
    np.testing.assert_allclose(
        found.losses[known], expected.losses[known], rtol=tolerance, atol=tolerance
    )
    np.testing.assert_allclose(found.weights, expected.weights, rtol=1e-5)
    assert run.step == expected_run.step
    for vector in (net.theta, net.state, *run.optimizer_state.values()):
        assert np.isfinite(vector).all()
    if all(np.isfinite(net.forward(net.batch(x))).ravel()):
        scores = [all_scores(other, other.theta, other.state, other.samples(x), name)
                  for name in ("compiled", "numpy")]  # fmt: skip
        scale = max(1.0, float(np.abs(scores[1]).max()))
        np.testing.assert_allclose(*scores, rtol=0, atol=tolerance * scale)


def main(first, last):
    machine.WORTH_A_THREAD = 1
    machine.thread_limit = lambda threads: threads or 3  # for predictions, more than there are
    engine.Machine = scoring.Machine = GuardedMachine
    program.ProgramBuilder = GuardedBuilder
    for number in range(first, last):
        print(number, flush=True)
        one(number)
    print("done")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
