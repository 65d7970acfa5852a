"""The compiled engine against the NumPy engine, its specification, over every part there is."""

from __future__ import annotations

import itertools
import tracemalloc
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.sparse

import tidu as td
from tests.tables import ACTIVATIONS, LAYERS, LOSSES, OUTPUTS, PENALTIES, LossRow, paired, with_form
from tidu.engines import CompiledEngine, NumpyEngine
from tidu.engines.compiled.supported import obstacle
from tidu.errors import InputError
from tidu.layers.base import Layer
from tidu.training import Run

N, BATCH, EPOCHS = 23, 5, 4
"""Four epochs of five steps each, the last of three samples."""

DTYPES = ("float32", "float64")
# With rates at which every case learns: one that overshoots multiplies roundings instead.
OPTIMIZERS = (
    td.SGD(0.02),
    td.SGD(td.Cosine(0.03, 20)),
    td.Momentum(0.003),
    td.Nesterov(td.WarmUp(7, 0.003)),
    td.AdaGrad(0.05),
    td.RMSprop(0.005),
    td.Adam(0.01),
    td.Adam(td.StepDecay(0.02, every=3), beta1=0.8),
    td.AdamW(0.01, weight_decay=0.3),
    td.AdamW(0.01, weight_decay=td.FlatCosine(0.3, steps=18)),
    td.Lion(0.003, weight_decay=0.3),
    td.Lion(0.003, weight_decay=td.Cosine(0.3, steps=18)),
    td.ClipByNorm(0.1, td.SGD(0.3)),
    td.ClipByValue(0.05, td.ClipByNorm(0.1, td.Momentum(0.1))),
)
BUILT_IN = with_form("compiled")

# Losses are equal to a few roundings of their dtype; 20 steps let them grow little.
LOSS_TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
# A rule that divides by the size of the gradient (Adam) hands the rounding of a gradient near 0 on
# to a parameter with the size of a step; the loss does not see it.
THETA_TOLERANCE = {"float32": 3e-5, "float64": 1e-11}


@dataclass(frozen=True)
class Case:
    layers: tuple[Layer, ...]
    input_shape: tuple[int, ...]
    loss: LossRow
    penalty: object
    optimizer: object
    dtype: str

    @property
    def id(self) -> str:
        inner = ", ".join(map(repr, self.layers))
        return f"{inner}-{self.loss.id}-{self.penalty}-{self.optimizer!r}-{self.dtype}"

    def network(self) -> td.Network:
        layers = [*self.layers, td.Flatten(), td.Affine(OUTPUTS)]
        if self.loss.loss.link == "exp":  # of scores as they come it would overshoot
            layers.append(td.Rescale(0.1))
        return td.Network(
            layers, self.input_shape, self.loss.loss, penalty=self.penalty, dtype=self.dtype, seed=3
        )

    def data(self):
        rng = np.random.default_rng(4)
        x = rng.normal(size=(N, *self.input_shape)).astype(self.dtype)
        return x, self.loss.targets(rng, N, OUTPUTS)


def trained(kind, net, optimizer, x, t, weights=None, epochs=EPOCHS, batch=BATCH, threads=None):
    """Return the run after some epochs, and the outcome of each step."""
    run = Run(net.theta, net.state, optimizer, optimizer.init(net.theta), seed=7)
    engine = kind(net, optimizer, batch, threads)
    n, steps = x.shape[0], []
    for epoch in range(epochs):
        order = np.random.default_rng(epoch).permutation(n)
        steps.append(engine.run(run, x, t, order, -(-n // batch), weights))
    return run, steps


def compare(make, optimizer, x, t, dtype, **settings):
    """Train both ways, and hold the compiled engine to the specification."""
    (a, wanted), (b, found) = (
        trained(kind, make(), optimizer, x, t, **settings) for kind in (NumpyEngine, CompiledEngine)
    )
    for want, got in zip(wanted, found, strict=True):
        assert (want.bad, want.why) == (got.bad, got.why)
        np.testing.assert_allclose(got.losses, want.losses, rtol=LOSS_TOLERANCE[dtype], atol=1e-12)
        np.testing.assert_allclose(got.correct, want.correct, rtol=1e-6)
        np.testing.assert_allclose(got.weights, want.weights, rtol=1e-6)
    tolerance = THETA_TOLERANCE[dtype]
    np.testing.assert_allclose(b.theta, a.theta, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(b.state, a.state, rtol=tolerance, atol=tolerance)
    assert (a.step, list(a.optimizer_state)) == (b.step, list(b.optimizer_state))
    for name, vector in a.optimizer_state.items():
        np.testing.assert_allclose(b.optimizer_state[name], vector, rtol=1e-3, atol=tolerance)
    return b, found


def hidden(row):
    """Return layers around one, so that it is neither the first nor the last to learn."""
    if len(row.input_shape) > 1:
        return (row.layer,), row.input_shape
    return (td.Affine(row.input_shape[0], bias=False), row.layer), (3,)


PAIRS = [
    *(
        Case(*hidden(row), loss, penalty, optimizer, dtype)
        for (row, loss, dtype), penalty, optimizer in paired(
            itertools.product(BUILT_IN, LOSSES, DTYPES), PENALTIES, OPTIMIZERS
        )
    ),
    *(
        Case((td.Affine(4), activation), (3,), loss, penalty, optimizer, dtype)
        for (penalty, optimizer, dtype), activation, loss in paired(
            itertools.product(PENALTIES, OPTIMIZERS, DTYPES),
            (row.layer for row in BUILT_IN if row.layer in ACTIVATIONS),
            LOSSES,
        )
    ),
]


@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_a_layer_has_a_compiled_form_or_is_named(row):
    layers, input_shape = hidden(row)
    why = obstacle(td.Network(layers, input_shape, td.SumSquaredError()))
    has = "compiled" in row.forms
    assert why == "" if has else why == f"the layer {row.layer!r} has no compiled form"


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case.id)
def test_is_the_specification(case):
    compare(case.network, case.optimizer, *case.data(), case.dtype)


@pytest.mark.exhaustive
@pytest.mark.parametrize("row", BUILT_IN, ids=lambda row: row.id)
def test_is_the_specification_in_every_combination(row):
    for rest in itertools.product(LOSSES, PENALTIES, OPTIMIZERS, DTYPES):
        case = Case(*hidden(row), *rest)
        compare(case.network, case.optimizer, *case.data(), case.dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("weighted", [False, True])
def test_standardized_inputs_are_those_of_the_specification(dtype, weighted):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(101, 5)) * [1, 10, 100, 1e-3, 0] + [0, 1, 2000, 0, 3]
    t = rng.integers(0, 3, 101)
    w = rng.uniform(0.2, 2, 101).astype(dtype) if weighted else None

    def make():
        layers = [td.Standardize.of(x), td.Affine(20), td.ReLU(), td.Affine(3)]
        return td.Network(layers, 5, td.SoftmaxCrossEntropy(), dtype=dtype)

    for held in (x, x.astype(dtype), np.asfortranarray(x), x.astype(int)):
        compare(make, td.Adam(0.01), held, t, dtype, batch=30, weights=w)
    net = make()
    net.fit(x, t, epochs=2, engine="compiled", progress=False)
    plain = net.scores(net.theta, net.state, net.batch(x), None, False)
    np.testing.assert_allclose(net.forward(x), plain, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(net.predict(x), plain.argmax(axis=1))


@dataclass(frozen=True)
class Cube(Layer):
    """y = x³, an activation of one's own."""

    scope = "element"

    def forward(self, x):
        return x**3, (x,)

    def backward(self, dy, saved):
        (x,) = saved
        return 3 * x**2 * dy


@pytest.mark.parametrize("activation", [Cube(), td.Identity()], ids=repr)
def test_a_parametric_layer_is_left_to_numpy_if_its_activation_is(activation):
    net = td.Network([td.Affine(2), td.Parametric(activation)], 5, td.MeanSquaredError())
    with pytest.raises(InputError, match=r"Parametric\(.*has no compiled form"):
        CompiledEngine(net, td.SGD(), 10)


def deep(dtype="float32", frozen=(), factors=(), decay=(), **settings):
    layers = [
        td.Rescale(1 / 255), td.Affine(40, bias=False), td.BatchNorm(), td.ReLU(), td.Dropout(0.3),
        td.Residual(td.Chain([td.Affine(40), td.Tanh(), td.Dropout(0.1)])), td.Affine(300),
        td.GELU(), td.Affine(10),
    ]  # fmt: skip
    net = td.Network(layers, 64, td.SoftmaxCrossEntropy(), dtype=dtype, seed=1, **settings)
    net.freeze(*frozen)
    net.set_rate_factors(dict(factors))
    net.set_decay(dict(decay))
    return net


def images(n=101, dtype=np.uint8):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (n, 64)).astype(dtype), rng.integers(0, 10, n)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_is_the_specification_for_a_deep_network_on_any_number_of_threads(
    dtype, threads, weighted, monkeypatch
):
    monkeypatch.setattr("tidu.engines.compiled.machine.WORTH_A_THREAD", 1)
    monkeypatch.setattr("tidu.engines.compiled.builder.ENOUGH_INPUTS", 16)
    x, t = images()
    w = np.random.default_rng(1).uniform(0.2, 2, len(x)).astype(dtype) if weighted else None
    settings = {"weights": w, "batch": 30, "threads": threads, "epochs": 3}
    compare(lambda: deep(dtype, penalty=td.L2(1e-3)), td.SGD(0.1), x, t, dtype, **settings)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("optimizer", [td.AdamW(0.01), td.Momentum(td.Cosine(0.1, 50))], ids=repr)
def test_rate_factors_and_decay_are_those_of_the_specification(optimizer, threads, monkeypatch):
    monkeypatch.setattr("tidu.engines.compiled.machine.WORTH_A_THREAD", 1)
    x, t = images()
    factors = {"W1": 0.5, "gamma1": 6.0, "W3": 0.1, "b3": 0.1, "b2": 2.0}
    decay = {"W2": False, "gamma1": True, "b2": True}
    compare(
        lambda: deep("float64", frozen=["b3"], factors=factors, decay=decay),
        optimizer, x, t, "float64",
        batch=30, threads=threads, epochs=3,
    )  # fmt: skip


@pytest.mark.parametrize("frozen", [("W1",), ("b2", "gamma1", "W3"), ("W1", "b1", "W2", "b2")])
@pytest.mark.parametrize("optimizer", [td.AdamW(0.01), td.ClipByNorm(0.1, td.SGD(0.1))], ids=repr)
def test_frozen_parameters_never_move(frozen, optimizer):
    x, t = images()
    before = deep("float64")
    run, _ = compare(lambda: deep("float64", frozen), optimizer, x, t, "float64", batch=20)
    for name in frozen:
        place = before.layout[name].slice
        assert np.array_equal(run.theta[place], before.theta[place])


STORED = {
    "uint8": lambda x: x,
    "bool": lambda x: x > 100,
    "int16": lambda x: x.astype(np.int16) - 100,
    "int64": lambda x: x.astype(np.int64),
    "float32": lambda x: x.astype(np.float32),
    "float64": lambda x: x.astype(np.float64),
    "big-endian": lambda x: x.astype(">f8"),
    "every second column": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "columns first": np.asfortranarray,
    "read only": lambda x: np.broadcast_to(x, x.shape),
}


@pytest.mark.parametrize("form", STORED)
def test_takes_samples_in_whatever_form_they_are_stored(form):
    x, t = images()
    x = STORED[form](x)
    before = x.copy()
    compare(lambda: deep("float32"), td.SGD(0.1), x, t, "float32", batch=20)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("kind", ["uint8", "int8", "int16", "uint16", "int32", "int64", "uint64"])
def test_takes_classes_as_any_integers(kind):
    x, t = images()
    compare(lambda: deep("float64"), td.SGD(0.1), x, t.astype(kind), "float64", batch=20)


def test_memory_mapped_samples_stay_on_disk(tmp_path):
    x, t = images()
    x.tofile(tmp_path / "x")
    mapped = np.memmap(tmp_path / "x", np.uint8, "r", shape=x.shape)
    compare(lambda: deep("float32"), td.SGD(0.1), mapped, t, "float32", batch=20)


@pytest.mark.parametrize("wrong", [-1, 10, 300])
def test_a_class_out_of_range_is_the_specifications_error(wrong):
    x, t = images()
    t[3] = wrong
    with pytest.raises(td.InputError, match=f"class {wrong}"):
        trained(CompiledEngine, deep(), td.SGD(0.1), x, t)


def test_weights_that_are_all_0_are_the_specifications_error():
    x, t = images()
    with pytest.raises(td.InputError, match="weight 0"):
        trained(CompiledEngine, deep(), td.SGD(0.1), x, t, np.zeros(len(x)))


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_bits_every_time(threads, monkeypatch):
    monkeypatch.setattr("tidu.engines.compiled.machine.WORTH_A_THREAD", 1)
    x, t = images()
    runs = [
        trained(CompiledEngine, deep(), td.Adam(), x, t, batch=20, threads=threads)[0]
        for _ in range(3)
    ]
    assert len({run.theta.tobytes() for run in runs}) == 1


def test_steps_in_one_go_are_those_one_by_one():
    x, t = images()
    order = np.arange(len(x))
    ends = []
    for size in (6, 1, 2):
        net, rule = deep(), td.Adam()
        run = Run(net.theta, net.state, rule, rule.init(net.theta), seed=7)
        engine = CompiledEngine(net, rule, 20, 1)
        for start in range(0, 6, size):
            engine.run(run, x, t, order[20 * start :], min(size, 6 - start))
        ends.append(run.theta.tobytes())
    assert len(set(ends)) == 1


SPARSE_NETS = {
    "affine first": (td.Affine(7), td.Tanh()),
    "scaled": (td.Rescale(0.5), td.Affine(7), td.ReLU()),
    "shifted, so dense": (td.Rescale(0.5, 0.1), td.Affine(300), td.ReLU()),
    "activation first": (td.Tanh(), td.Affine(7)),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SPARSE_NETS)
def test_sparse_samples_are_those_of_the_dense_array(name, dtype):
    sparse = pytest.importorskip("scipy.sparse")
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(53, 20)) * (rng.random((53, 20)) < 0.2), rng.integers(0, 3, 53)

    def make():
        layers = [*SPARSE_NETS[name], td.Affine(3)]
        return td.Network(layers, 20, td.SoftmaxCrossEntropy(), dtype=dtype)

    for rows in (sparse.csr_array(x), sparse.coo_array(x).tocsc(), sparse.csr_matrix(x)):
        compare(make, td.SGD(0.1), rows.tocsr(), t, dtype, batch=10)
        a, b = make(), make()
        a.fit(rows, t, epochs=2, batch_size=10, validation=(rows, t))
        b.fit(x, t, epochs=2, batch_size=10, engine="numpy")
        np.testing.assert_allclose(a.theta, b.theta, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(a.predict_proba(rows), b.predict_proba(rows), rtol=1e-4)


def test_a_step_allocates_nothing_that_grows_with_the_batch_or_the_network():
    x, t = images(2000)
    net, rule = deep(), td.Adam()
    run = Run(net.theta, net.state, rule, rule.init(net.theta), seed=7)
    engine = CompiledEngine(net, rule, 200)
    order = np.arange(2000)
    engine.run(run, x, t, order, 2)
    tracemalloc.start()
    engine.run(run, x, t, order, 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Ten rows of loss, correct, weight, pace and noise, and Python's own; one activation of one
    # batch would be 32 kB, and the images as floats 512 kB.
    assert peak < 16_000


@pytest.mark.parametrize("engine", ["auto", "compiled", "numpy"])
@pytest.mark.parametrize("trained", [True, False])
def test_scores_are_those_of_the_specification(trained, engine):
    x, t = images(2500)
    net = deep()
    net.fit(x, t, epochs=1)
    assert net.run.history.engine == "compiled"
    seen = net if trained else net.copy()
    for form in (x, x.astype(np.int32), x[::2], x[:0], x[:1], scipy.sparse.csr_array(x)):
        part = net.batch(form)
        scores = net.scores(net.theta, net.state, part, None, False)
        expected = net.loss_function.predict_proba(scores)
        found = seen.predict_proba(form, engine=engine)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    seen.theta.flags.writeable = False  # as where it was unpickled from a memory map
    right = np.mean(seen.predict(x, engine=engine) == t)
    np.testing.assert_allclose(seen.accuracy(x, t, engine=engine), right)
    values = seen.loss_function.values(seen.forward(x), seen.targets(t, len(t)))
    assert seen.loss(x, t, engine=engine) == pytest.approx(values.mean(), rel=1e-5)


def test_what_a_run_measures_comes_from_its_own_engine():
    x, t = images(300)
    net = deep()
    net.fit(x, t, epochs=1, engine="compiled", seed=1)  # the kernels are in memory from here on

    class Compare(td.Callback):
        def on_epoch(self, network, run, row):
            scores = network.scores(network.theta, network.state, network.batch(x), None, False)
            np.testing.assert_array_equal(
                network.predict_proba(x), network.loss_function.predict_proba(scores)
            )

    net.fit(x, t, epochs=1, engine="numpy", callbacks=[Compare()])


def test_a_score_that_is_not_finite_is_named_with_its_sample():
    x, t = images(1500, np.float32)
    net = deep()
    net.fit(x, t, epochs=1)
    x[1300, 3] = np.nan
    with pytest.raises(td.NonFiniteError, match=r"nan at \(1300, 3\)"):
        net.predict(x)


PARTS = {
    "layer": lambda layer: td.Network([layer], 3, td.SumSquaredError()),
    "optimizer": lambda layer: td.Network([td.Affine(3)], 3, td.SumSquaredError()),
}


class Mine(td.SGD):
    """An optimizer of a user's own, a built-in one by inheritance."""


def test_a_part_without_a_compiled_form_is_named():
    from tests.tables import Square

    for what, net, optimizer in (
        ("the layer Square() has", PARTS["layer"](td.Chain([Square()])), td.SGD()),
        ("the optimizer Mine(lr=0.1) has", PARTS["optimizer"](None), td.ClipByNorm(1, Mine())),
    ):
        assert what in obstacle(net, optimizer)
        with pytest.raises(td.InputError, match="no compiled form"):
            CompiledEngine(net, optimizer, 5)
