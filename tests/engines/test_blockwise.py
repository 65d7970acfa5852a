"""Steps made block by block: which are, and that they are the specification's."""

from __future__ import annotations

import numpy as np
import pytest

import tidu as td
from tests.engines.test_compiled import BUILT_IN, DTYPES, LOSSES, OPTIMIZERS, compare, trained
from tests.tables import ACTIVATIONS, PENALTIES, paired
from tidu.engines import CompiledEngine
from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.program import training_program

ELEMENTWISE = [row.layer for row in BUILT_IN if row.layer in ACTIVATIONS]
LANEWISE = [
    row
    for row in LOSSES
    if not isinstance(row.loss, td.Poisson) and getattr(row.loss, "spread", None) is None
]
N, INPUTS, OUTPUTS = 331, 5, 3
"""More than three blocks, and a last one that is not full."""


def network(activation, loss, dtype="float32", **settings):
    layers = [
        td.Rescale(0.5, 0.1), td.Affine(9), activation, td.Affine(13, bias=False), td.Tanh(),
        td.Residual(td.Chain([td.Affine(13), activation])), td.Affine(OUTPUTS),
    ]  # fmt: skip
    return td.Network(layers, INPUTS, loss, dtype=dtype, seed=1, **settings)


def data(row, dtype="float32"):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(N, INPUTS)).astype(dtype)
    return x, row.targets(rng, N, OUTPUTS), rng.uniform(0.2, 2, N).astype(dtype)


def in_blocks(net, batch, source=op.IN_WORK):
    rows = training_program(net, td.SGD(), batch, source, 1).rows
    return rows[0][0] == op.BLOCKS.CODE


CASES = list(paired(
    [(activation, row) for activation in ELEMENTWISE for row in LANEWISE],
    OPTIMIZERS, PENALTIES, DTYPES, (1, 2, 3), (False, True), (331, 40),
))  # fmt: skip


def name_of(case):
    (activation, row), *rest = case
    return "-".join([f"{activation!r}", row.id, *map(repr, rest)])


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_is_the_specification(case, monkeypatch):
    (activation, row), optimizer, penalty, dtype, threads, weighted, batch = case
    monkeypatch.setattr("tidu.engines.compiled.machine.WORTH_A_THREAD", 1)
    x, t, w = data(row, dtype)

    def make():
        return network(activation, row.loss, dtype, penalty=penalty)

    assert in_blocks(make(), batch)
    settings = {"weights": w if weighted else None, "batch": batch, "threads": threads, "epochs": 2}
    compare(make, optimizer, x, t, dtype, **settings)


@pytest.mark.parametrize("threads", [1, 2])
def test_learns_what_the_way_of_whole_batches_learns(threads, monkeypatch):
    monkeypatch.setattr("tidu.engines.compiled.machine.WORTH_A_THREAD", 1)
    row = LANEWISE[3]
    x, t, _ = data(row)
    thetas = []
    for fewest in (1, N + 1):
        monkeypatch.setattr("tidu.engines.compiled.program.FEWEST_IN_BLOCKS", fewest)
        net = network(td.Tanh(), row.loss)
        assert in_blocks(net, N) == (fewest == 1)
        net.fit(x, t, optimizer=td.SGD(0.1), epochs=20, batch_size=N, threads=threads, seed=1)
        thetas.append(net.theta)
    np.testing.assert_allclose(*thetas, rtol=1e-4, atol=1e-6)


def test_threads_without_samples_add_nothing(monkeypatch):
    monkeypatch.setattr("tidu.engines.compiled.machine.WORTH_A_THREAD", 1)
    monkeypatch.setattr("tidu.engines.compiled.program.FEWEST_IN_BLOCKS", 1)
    x, t, w = data(LANEWISE[2])
    for n in (1, 2, 9):
        compare(
            lambda: network(td.ReLU(), LANEWISE[2].loss), td.SGD(0.1), x[:n], t[:n], "float32",
            weights=w[:n], batch=n, threads=3,
        )  # fmt: skip


def test_the_same_bits_every_time(monkeypatch):
    monkeypatch.setattr("tidu.engines.compiled.machine.WORTH_A_THREAD", 1)
    x, t, _ = data(LANEWISE[1])
    runs = [
        trained(
            CompiledEngine, network(td.Tanh(), LANEWISE[1].loss), td.Adam(), x, t, batch=150,
            threads=2,
        )[0]
        for _ in range(3)
    ]  # fmt: skip
    assert len({run.theta.tobytes() for run in runs}) == 1


@pytest.mark.parametrize("kind", ["uint8", "bool", "float32", "float64"])
def test_takes_samples_as_they_are_stored(kind):
    x, t, _ = data(LANEWISE[2])
    x = (100 * x).astype(kind) if kind != "bool" else x > 0
    compare(lambda: network(td.ReLU(), LANEWISE[2].loss), td.SGD(1e-4), x, t, "float32", batch=100)


@pytest.mark.parametrize("kind", ["uint8", "int16", "int32", "int64"])
def test_takes_classes_as_any_integers(kind):
    x, t, _ = data(LANEWISE[2])
    compare(
        lambda: network(td.ReLU(), LANEWISE[2].loss), td.SGD(0.1), x, t.astype(kind), "float32",
        batch=100,
    )  # fmt: skip


@pytest.mark.parametrize("weighted", [False, True])
def test_a_class_out_of_range_is_the_specifications_error(weighted):
    x, t, w = data(LANEWISE[2])
    t[200] = OUTPUTS
    with pytest.raises(td.InputError, match=f"class {OUTPUTS}"):
        trained(
            CompiledEngine, network(td.ReLU(), LANEWISE[2].loss), td.SGD(0.1), x, t,
            w if weighted else None, batch=N,
        )  # fmt: skip


def test_a_step_that_is_not_finite_is_left_to_the_specification():
    x, t, _ = data(LANEWISE[1])
    x[250, 2] = np.nan
    run, (steps,) = trained(
        CompiledEngine, network(td.Tanh(), LANEWISE[1].loss), td.Adam(), x, t, epochs=1, batch=N
    )
    assert steps.bad == 0
    assert "nan" in steps.why
    assert np.isfinite(run.theta).all()


@pytest.mark.parametrize(
    ("layers", "input_shape"),
    [
        ([td.Affine(100), td.ReLU()], 5),
        ([td.Affine(20), td.ReLU()], 100),
        ([td.Affine(20), td.BatchNorm(), td.ReLU()], 5),
        ([td.Affine(20), td.Dropout(0.2)], 5),
        ([td.Affine(20), td.Softmax()], 5),
    ],
    ids=["wide", "many inputs", "normalized", "noisy", "softmax"],
)
def test_other_networks_are_taken_whole(layers, input_shape):
    net = td.Network([*layers, td.Affine(3)], input_shape, td.SoftmaxCrossEntropy())
    assert not in_blocks(net, 100)


@pytest.mark.parametrize("loss", [td.Poisson(), td.MeanSquaredError(spread=(1.0, 2.0, 3.0))])
def test_other_losses_are_taken_whole(loss):
    assert not in_blocks(network(td.ReLU(), loss), 100)


def test_sparse_samples_and_small_batches_are_taken_whole():
    net = network(td.ReLU(), td.SoftmaxCrossEntropy())
    assert in_blocks(net, 100)
    assert not in_blocks(net, 100, op.SPARSE_INPUTS)
    assert not in_blocks(net, 1)


@pytest.mark.parametrize("row", LANEWISE[:4], ids=lambda row: row.id)
def test_many_networks_have_the_bits_of_one(row):
    x, t, w = data(row)
    alone, together = ([network(td.Tanh(), row.loss) for _ in range(3)] for _ in range(2))
    optimizers = [td.Adam(0.01), td.SGD(0.1), td.RMSprop(0.01)]
    settings = {"epochs": 3, "batch_size": 32, "sample_weight": w}
    td.fit_many(together, x, t, optimizer=optimizers, **settings)
    for net, other, optimizer in zip(alone, together, optimizers, strict=True):
        assert in_blocks(net, 32)
        net.fit(x, t, optimizer=optimizer, threads=1, **settings)
        assert net.theta.tobytes() == other.theta.tobytes()
