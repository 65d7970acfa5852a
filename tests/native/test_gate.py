"""The gate for memory: nothing reaches a kernel that is not what the kernel takes it for."""

from __future__ import annotations

import numpy as np
import pytest

import tidu as td
from tidu.engines import CompiledEngine, NumpyEngine
from tidu.engines.compiled.argument_block import ArgumentBlock
from tidu.engines.compiled.kernels.arguments import ALWAYS, ARRAY, ARRAYS, NUMBER, SIZE, TRAINING
from tidu.native import address_of
from tidu.training import Run

REFUSED = {
    "another dtype": (np.zeros(6, np.float64), "got a float64 array"),
    "another byte order": (np.zeros(6, ">f4"), "got a >f4 array"),
    "another size": (np.zeros(5, np.float32), "array of 6 numbers, got a float32 array of shape"),
    "every second number": (np.zeros(12, np.float32)[::2], "that is not C-contiguous"),
    "columns first": (np.zeros((2, 3), np.float32, order="F"), "that is not C-contiguous"),
    "one number six times": (np.broadcast_to(np.float32(1), (6,)), "not C-contiguous"),
    "in the middle of a number": (np.zeros(25, np.uint8)[1:].view(np.float32), "not aligned"),
    "read-only": (np.frombuffer(bytes(24), np.float32), "that is read-only"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refuses_memory_that_is_not_what_it_must_be(kind):
    array, sentence = REFUSED[kind]
    with pytest.raises(td.InputError, match="`v` must be a C-contiguous writable") as caught:
        address_of("v", array, "float32", 6, written=True)
    assert sentence in str(caught.value)


def test_lets_through_what_fits():
    array = np.zeros((2, 3), np.float32)
    assert address_of("v", array, "float32", 6, written=True) == array.ctypes.data
    array.flags.writeable = False
    assert address_of("v", array, "float32", 6) == array.ctypes.data


def test_a_block_holds_the_address_and_the_size_of_each_array():
    a, b = np.zeros(3), np.zeros((2, 3), np.int64)
    block = ArgumentBlock(np.dtype("float64"), training=False)
    block.put("theta", a, 3)
    block.put("ranges", b, 6)
    block.number("steps", 4)
    words = block.words
    assert words[2 * ARRAY.THETA : 2 * ARRAY.THETA + 2].tolist() == [a.ctypes.data, 3]
    assert words[2 * ARRAY.RANGES : 2 * ARRAY.RANGES + 2].tolist() == [b.ctypes.data, 6]
    assert words[NUMBER.STEPS] == 4
    assert np.count_nonzero(words) == 5
    assert len(words) == SIZE
    assert block.address == words.ctypes.data


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", ARRAYS)
def test_a_block_refuses_read_only_memory_for_what_kernels_write(name, training):
    kind = ARRAYS[name]
    array = np.zeros(3, np.float32 if kind.dtype == "real" else kind.dtype)
    array.flags.writeable = False
    block = ArgumentBlock(np.dtype("float32"), training=training)
    if kind.written == ALWAYS or (kind.written == TRAINING and training):
        with pytest.raises(td.InputError, match=f"`{name}` must be .* that is read-only"):
            block.put(name, array, 3)
    else:
        block.put(name, array, 3)


X = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
T = np.arange(50) % 3


def network(**settings):
    layers = [td.Affine(6), td.BatchNorm(), td.ReLU(), td.Affine(3)]
    return td.Network(layers, 8, td.SoftmaxCrossEntropy(**settings))


def start(kind, optimizer=None):
    """Return an engine, a run for it, and the arguments of four good steps."""
    net, optimizer = network(), optimizer or td.Adam()
    run = Run(net.theta, net.state, optimizer, optimizer.init(net.theta), seed=0)
    return kind(net, optimizer, 10), run, {"x": X, "t": T, "order": np.arange(50), "k": 4}


ENGINES = pytest.mark.parametrize("kind", [CompiledEngine, NumpyEngine])
RUNS = {
    "optimizer state of another size": (
        lambda run: run.optimizer_state.update(m=np.zeros(3, np.float32)),
        "must hold m of shape \\(87,\\), v of shape \\(87,\\) for Adam.*got m of shape \\(3,\\)",
    ),
    "optimizer state of another name": (
        lambda run: run.optimizer_state.pop("v"),
        "must hold m of shape .*, v of shape .*, got m of shape",
    ),
    "theta that is read-only": (
        lambda run: run.theta.setflags(write=False),
        "`run.theta` is read-only",
    ),
    "theta of another shape": (
        lambda run: setattr(run.theta, "shape", (1, -1)),
        "`run.theta` must be float32 numbers of shape",
    ),
    "state of another size": (
        lambda run: run.adopt(run.theta, np.zeros(3, np.float32)),
        "`run.state` must be float32 numbers of shape \\(18,\\), got",
    ),
    "theta of another dtype": (
        lambda run: run.adopt(run.theta.astype(float), run.state),
        "`run.theta` must be float32 numbers",
    ),
}


@ENGINES
@pytest.mark.parametrize("case", RUNS)
@pytest.mark.filterwarnings("ignore:Setting the shape on a NumPy array:DeprecationWarning")
def test_an_engine_refuses_a_run_that_does_not_fit(kind, case):
    change, sentence = RUNS[case]
    engine, run, arguments = start(kind)
    change(run)
    with pytest.raises(td.InputError, match=sentence):
        engine.run(run, **arguments)


ARGUMENTS = {
    "an order beyond the data": ({"order": np.array([0, 50])}, "from 0 to 49"),
    "an order before the data": ({"order": np.array([0, -1])}, "from 0 to 49"),
    "more steps than the order": ({"k": 6}, "too few for 6 steps of 10"),
    "too few targets": ({"t": T[:40]}, "`t` has 40 entries for 50 samples"),
    "too few weights": ({"weights": np.ones(3)}, "`sample_weight` has 3 entries for 50"),
    "samples of another shape": ({"x": X[:, :7]}, "takes \\(N, 8\\)"),
}


@ENGINES
@pytest.mark.parametrize("case", ARGUMENTS)
def test_an_engine_refuses_data_that_do_not_fit(kind, case):
    change, sentence = ARGUMENTS[case]
    engine, run, arguments = start(kind)
    before = run.theta.copy()
    with pytest.raises(td.InputError, match=sentence):
        engine.run(run, **arguments | change)
    assert np.array_equal(run.theta, before)
    assert run.step == 0


def test_class_weights_of_another_number_are_refused():
    net = network(class_weights=[1.0, 2.0])
    with pytest.raises(td.ShapeError, match="`class_weights` has 2 numbers for 3 classes"):
        net.fit(X, T, epochs=1)
    optimizer = td.SGD()
    run = Run(net.theta, net.state, optimizer, {}, seed=0)
    with pytest.raises(td.InputError, match=r"`class_weights` must be .* array of 3 numbers"):
        CompiledEngine(net, optimizer, 10).run(run, X, T, np.arange(50), 1)


def broken(**changes):
    sparse = pytest.importorskip("scipy.sparse")
    x = sparse.csr_array(X)
    for name, (i, value) in changes.items():
        getattr(x, name)[i] = value
    return x


@pytest.mark.parametrize("engine", ["compiled", "numpy"])
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"indices": (7, 10**6)}, "indices must be < 8"),
        ({"indices": (7, -1)}, "indices must be >= 0"),
        ({"indptr": (3, 10**6)}, "index pointer|indptr must be"),
    ],
)
def test_a_sparse_matrix_that_points_outside_itself_is_refused(engine, change, sentence):
    net = network()
    for use in (
        lambda: net.fit(broken(**change), T, epochs=1, engine=engine),
        lambda: net.predict(broken(**change), engine=engine),
    ):
        with pytest.raises(
            td.InputError, match=f"`x` is a sparse matrix that is broken: {sentence}"
        ):
            use()


def test_vectors_are_copied_in():
    net, values = network(), np.linspace(-1, 1, 87)
    view, array = net["W1"], net.theta
    net.theta = values
    assert net.theta is array
    assert net.theta.dtype == np.float32
    np.testing.assert_array_equal(net.theta, values.astype(np.float32))
    np.testing.assert_array_equal(view.ravel(), net.theta[:48])
    values[:] = 0
    assert net.theta[0] == -1
    net.theta = net.theta[::-1]
    assert net.theta[0] == 1
    net.state = np.zeros(18, int)
    assert not net.state.any()


@pytest.mark.parametrize("engine", ["compiled", "numpy"])
def test_a_callback_that_replaces_theta_sets_the_network(engine):
    class Halve(td.Callback):
        def on_epoch(self, network, run, row):
            run.theta = run.theta * 0.5
            run.state = np.array(run.state, np.float64)

    net = network()
    net.fit(X, T, epochs=2, engine=engine, callbacks=[Halve()], optimizer=td.Adam())
    assert net.theta is net.run.theta
    assert np.isfinite(net.theta).all()
    again = network()
    again.fit(X, T, epochs=1, engine=engine, optimizer=td.Adam())
    again.theta *= 0.5
    again.fit(X, T, epochs=1, engine=engine, optimizer=td.Adam())
    np.testing.assert_array_equal(net.theta, again.theta * np.float32(0.5))


def test_a_copy_shares_nothing():
    net = network()
    other = net.copy()
    other.theta = np.zeros(87)
    assert net.theta.any()
    assert not np.shares_memory(net.theta, other.theta)
