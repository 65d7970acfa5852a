"""A network: layers and a loss over two vectors, everything it is asked for, and its gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.tables import LAYERS, LOSSES, OUTPUTS, PENALTIES, off_kinks
from tidu.engines.scoring import CHUNK
from tidu.errors import InputError, NonFiniteError, ShapeError

both_ways = pytest.mark.parametrize("training", [True, False], ids=["training", "predicting"])


def small(**settings):
    """Return a network with everything in it, in float64 unless told otherwise."""
    layers = [
        td.Affine(4),
        td.BatchNorm(),
        td.Tanh(),
        td.Dropout(0.4),
        td.Chain([td.Affine(4), td.Sigmoid()]),
        td.Affine(3),
    ]
    settings = {"dtype": "float64", "loss": td.SoftmaxCrossEntropy(), "seed": 1} | settings
    return td.Network(layers, input_shape=5, **settings)


def data(n=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 5)), rng.integers(0, 3, n)


# -- backprop against differences ------------------------------------------------------------


@settings(max_examples=max(3, settings().max_examples // 10))  # of a thousand combinations each
@pytest.mark.parametrize("loss_row", LOSSES, ids=lambda row: row.id)
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
@given(
    n=st.integers(1, 3),
    seed=st.integers(0, 10**6),
    training=st.booleans(),
    weighted=st.booleans(),
    frozen=st.booleans(),
)
def test_backprop_agrees_with_differences_for_every_layer_loss_and_penalty(
    row, loss_row, n, seed, training, weighted, frozen
):
    rng = np.random.default_rng(seed)
    layers = [row.layer, td.Flatten(), td.Affine(OUTPUTS)]
    x, t = off_kinks(rng, (n, *row.input_shape)), loss_row.targets(rng, n, OUTPUTS)
    w = rng.uniform(0.1, 2, n) if weighted else None
    theta = None
    for penalty in PENALTIES:
        net = td.Network(layers, row.input_shape, loss_row.loss, penalty=penalty, dtype="float64")
        theta = off_kinks(rng, net.theta.shape) if theta is None else theta  # |w| has a kink at 0
        net.theta[:] = theta
        net.state[:] = 1.5
        if frozen:
            net.freeze(next(iter(net.layout)))
        backprop, numeric = (
            net.gradient(x, t, method, sample_weight=w, training=training, seed=seed).vector
            for method in ("backprop", "numeric")
        )
        # Differences round at eps · loss / h = 6e-11 · loss, and err by h² f‴/6; where a batch is
        # normalized, f‴ grows as the cube of 1 / spread, and values may lie 0.05 apart.
        scale = max(1.0, float(np.abs(numeric).max()))
        assert_allclose(backprop, numeric, rtol=0, atol=1e-6 * scale)


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
@both_ways
def test_backprop_agrees_with_differences_in_the_middle_of_a_network(penalty, training):
    for seed in range(5):
        net = small(penalty=penalty, seed=seed)
        x, t = data(8, seed)
        backprop = net.gradient(x, t, training=training, seed=seed)
        numeric = net.gradient(x, t, "numeric", training=training, seed=seed)
        for name in net.layout:
            assert_allclose(backprop[name], numeric[name], atol=1e-8, err_msg=name)


def test_the_gradient_by_the_input():
    net = small()
    x, t = data()
    targets = net.targets(t, len(x))

    def loss(x):
        return net.evaluate(net.theta, net.state, x, targets, training=False).total

    found = net.evaluate(
        net.theta, net.state, x, targets, training=False, gradient=True, need_dx=True
    )
    assert_allclose(found.dx, td.gradient(loss, x), atol=1e-9)


def test_a_float32_network_is_differenced_in_float64():
    net = small(dtype="float32")
    x, t = data()
    numeric = net.gradient(x, t, "numeric")
    assert numeric.vector.dtype == np.float64
    assert net.dtype == np.float32
    # float32 rounds at 6e-8 of numbers of about 1, some tens of times over
    assert_allclose(net.gradient(x, t).vector, numeric.vector, atol=3e-6)


def test_nothing_changes_while_a_gradient_is_taken():
    net = small(penalty=td.L2(0.1))
    x, t = data()
    theta, state = net.theta.copy(), net.state.copy()
    w = np.ones(len(x))
    for array in (x, t, w, net.theta, net.state):
        array.setflags(write=False)
    for method in ("backprop", "numeric"):
        net.gradient(x, t, method, sample_weight=w)
    for training in (True, False):
        net.loss(x, t, sample_weight=w, training=training)
        net.forward(x, training=training)
        net.trace(x, training=training)
    net.accuracy(x, t, sample_weight=w)
    net.predict(x)
    net.predict_proba(x)
    assert_array_equal(net.theta, theta)
    assert_array_equal(net.state, state)


# -- the two vectors -------------------------------------------------------------------------


def test_names_are_views_of_one_vector():
    net = small()
    assert list(net.layout) == ["W1", "b1", "gamma1", "beta1", "W2", "b2", "W3", "b3"]
    assert list(net.state_layout) == ["running_mean1", "running_var1", "running_weight1"]
    assert net.theta.shape == (net.layout.size,)
    for name in net.layout:
        assert np.shares_memory(net[name], net.theta)
    for name in net.state_layout:
        assert np.shares_memory(net[name], net.state)
    net.theta[:] = 7
    assert (net["W2"] == 7).all()
    net["W1"][0, 0] = 3
    assert net.theta[0] == 3


def test_assigning_copies():
    net = small()
    given = np.ones((5, 4))
    net["W1"] = given
    given[:] = 5
    assert (net["W1"] == 1).all()
    net["b1"] += 2
    assert (net.theta[net.layout["b1"].slice] == 2).all()
    net["running_mean1"] = [1, 2, 3, 4]
    assert_array_equal(net.state[:4], [1, 2, 3, 4])


def test_assigning_what_does_not_fit():
    with pytest.raises(
        ShapeError, match=r"`W1` has shape \(5, 4\), got a float64 array of shape \(4, 5\)"
    ):
        small()["W1"] = np.ones((4, 5))


def test_unknown_names_are_helped():
    net = small()
    with pytest.raises(KeyError, match=r"there is no parameter 'w1'; did you mean 'W1'\?"):
        net["w1"]
    with pytest.raises(KeyError, match="running_mean1"):
        net.freeze("running_mean1")


def test_freezing_keeps_a_parameter_while_the_others_learn():
    net = small()
    x, t = data(20)
    net.freeze("W1", "b2")
    kept = {name: net[name].copy() for name in net.layout}
    net.fit(x, t, optimizer=td.SGD(0.5), epochs=2, batch_size=10, progress=False)
    unchanged = {name for name in net.layout if np.array_equal(net[name], kept[name])}
    assert unchanged == {"W1", "b2"}
    assert "W1 (5, 4) frozen" in repr(net)
    net.unfreeze("W1", "b2")
    assert net.layout.mask().all()
    assert "frozen" not in repr(net)


def test_a_penalty_falls_on_trainable_weights_alone():
    net, bare = small(penalty=td.L2(0.5)), small()
    x, t = data()
    weights = [net[name] for name in ("W1", "W2", "W3")]
    expected = 0.25 * sum((W**2).sum() for W in weights)
    assert_allclose(net.loss(x, t) - bare.loss(x, t), expected)
    net.freeze("W2")
    expected -= 0.25 * (weights[1] ** 2).sum()
    assert_allclose(net.loss(x, t) - bare.loss(x, t), expected)
    extra = net.gradient(x, t).vector - bare.gradient(x, t).vector
    assert_allclose(extra[net.layout["W1"].slice], 0.5 * net["W1"].ravel())
    others = np.ones(len(extra), bool)
    for name in ("W1", "W3"):
        others[net.layout[name].slice] = False
    assert_array_equal(extra[others], 0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_copies_share_nothing(dtype):
    net = small()
    net.fit(*data(), epochs=1, progress=False)
    for other in (net.copy(), net.astype(dtype)):
        assert_allclose(other.theta, net.theta, rtol=1e-6)
        assert not np.shares_memory(other.theta, net.theta)
        assert not np.shares_memory(other.state, net.state)
        assert other.run is None
        assert net.run is not None
        other.theta[:] = 0
        other.state[:] = 0
        other.freeze("W1")
        assert net["W1"].any()
        assert net["running_var1"].any()
        assert net.layout["W1"].trainable
    assert net.astype(dtype).dtype == net.astype(dtype).theta.dtype == dtype
    assert net.copy().theta.tobytes() == net.theta.tobytes()


# -- seeds -----------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits():
    assert small(seed=4).theta.tobytes() == small(seed=4).theta.tobytes()
    assert (small(seed=4).theta != small(seed=5).theta).any()


def test_initial_values_depend_on_the_dtype_by_rounding_alone():
    assert_array_equal(small(dtype="float32").theta, small().theta.astype(np.float32))


def test_initialize_starts_anew():
    net = small()
    theta, state = net.theta.copy(), net.state.copy()
    net.fit(*data(), epochs=1, progress=False)
    net.initialize()
    assert_array_equal(net.theta, theta)
    assert_array_equal(net.state, state)
    assert_array_equal(net["running_var1"], 1)


def test_noise_follows_the_seed():
    net = small()
    x, t = data()
    for call in (
        lambda seed: net.loss(x, t, training=True, seed=seed),
        lambda seed: net.gradient(x, t, seed=seed).vector.tobytes(),
        lambda seed: net.forward(x, training=True, seed=seed).tobytes(),
    ):
        assert call(3) == call(3)
        assert call(3) != call(4)


# -- predicting ------------------------------------------------------------------------------


def test_what_a_network_predicts():
    net = small()
    x, t = data(50)
    scores = net.forward(x)
    probabilities = net.predict_proba(x)
    assert_allclose(probabilities.sum(axis=1), 1)
    assert_array_equal(net.predict(x), scores.argmax(axis=1))
    assert_allclose(net.accuracy(x, t), np.mean(scores.argmax(axis=1) == t))
    assert_allclose(net.loss(x, t), -np.log(probabilities[range(50), t]).mean())
    loss, accuracy = net.measure(x, t)
    assert (loss, accuracy) == (net.loss(x, t), net.accuracy(x, t))


def test_predicting_in_pieces_gives_what_one_piece_gives():
    net = small(dtype="float32")
    x, _ = data(2 * CHUNK + 7)
    # Matrix products of other heights may add up in another order: float32 rounds at 6e-8.
    assert_allclose(
        net.predict_proba(x), net.loss_function.predict_proba(net.forward(x)), rtol=2e-6
    )
    assert_array_equal(net.predict(x), net.forward(x).argmax(axis=1))


def test_the_trace_names_every_layer():
    net = small()
    x, _ = data()
    trace = net.trace(x)
    assert list(trace) == [
        "x",
        "Affine1",
        "BatchNorm1",
        "Tanh1",
        "Dropout1",
        "Chain1.Affine1",
        "Chain1.Sigmoid1",
        "Chain1",
        "Affine2",
    ]
    assert_array_equal(trace["x"], x)
    assert_allclose(trace["Affine1"], x @ net["W1"] + net["b1"])
    assert_array_equal(trace["Chain1.Sigmoid1"], trace["Chain1"])
    assert_array_equal(trace["Affine2"], net.forward(x))
    trained = net.trace(x, training=True, seed=2)
    assert_array_equal(trained["Affine2"], net.forward(x, training=True, seed=2))
    assert (trained["Dropout1"] == 0).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, np.float32, bool])
def test_numbers_of_any_kind_go_in(dtype):
    net = small()
    x = (np.arange(15).reshape(3, 5) % 2).astype(dtype)
    assert_array_equal(net.predict_proba(x), net.predict_proba(x.astype(float)))
    assert_array_equal(net.gradient(x, [0, 1, 2]).vector, net.gradient(x * 1.0, [0, 1, 2]).vector)
    assert_array_equal(net.predict(x.tolist()), net.predict(x))


def test_an_empty_batch():
    net = small()
    x, t = np.zeros((0, 5)), np.zeros(0, int)
    assert net.predict(x).shape == (0,)
    assert net.predict_proba(x).shape == net.forward(x).shape == (0, 3)
    assert net.trace(x)["Affine2"].shape == (0, 3)
    for call in (net.loss, net.accuracy):
        with pytest.raises(InputError, match="there is no mean loss: the batch is empty"):
            call(x, t)
    with pytest.raises(InputError, match="BatchNorm cannot learn from an empty batch"):
        net.gradient(x, t)
    plain = td.Network([td.Affine(3)], 5, td.SoftmaxCrossEntropy())
    with pytest.raises(InputError, match="the batch is empty"):
        plain.gradient(x, t)


def test_a_batch_of_one():
    net = small()
    x, t = data(1)
    assert math.isfinite(net.loss(x, t))
    assert np.isfinite(net.gradient(x, t).vector).all()


# -- sample weights --------------------------------------------------------------------------


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4).filter(any))
def test_a_weight_of_two_is_a_sample_that_comes_twice(weights):
    net = small()
    x, t = data(4)
    repeated = np.repeat(np.arange(4), weights)
    x2, t2 = x[repeated], t[repeated]
    assert_allclose(net.loss(x, t, sample_weight=weights), net.loss(x2, t2))
    assert_allclose(net.accuracy(x, t, sample_weight=weights), net.accuracy(x2, t2))
    weighted = net.gradient(x, t, sample_weight=weights, training=False)
    plain = net.gradient(x2, t2, training=False)
    assert_allclose(weighted.vector, plain.vector, atol=1e-14)


def test_weights_of_samples_and_classes_multiply():
    x, t = data()
    w, of_class = np.arange(1.0, 7.0), np.array([1.0, 2.0, 3.0])
    net = small(loss=td.SoftmaxCrossEntropy(class_weights=of_class))
    assert_allclose(
        net.loss(x, t, sample_weight=w), small().loss(x, t, sample_weight=w * of_class[t])
    )


def test_no_weight_at_all():
    with pytest.raises(InputError, match="all of its samples have weight 0"):
        small().loss(*data(2), sample_weight=[0, 0])


# -- what is not finite ----------------------------------------------------------------------


CALLS = {
    "predict": lambda net, x, t: net.predict(x),
    "predict_proba": lambda net, x, t: net.predict_proba(x),
    "loss": lambda net, x, t: net.loss(x, t),
    "accuracy": lambda net, x, t: net.accuracy(x, t),
    "loss while training": lambda net, x, t: net.loss(x, t, training=True),
    "gradient": lambda net, x, t: net.gradient(x, t),
    "numeric gradient": lambda net, x, t: net.gradient(x, t, "numeric"),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@every_call
def test_a_nan_in_the_input_is_named(call):
    x, t = data()
    x[4, 2] = np.nan
    with pytest.raises(NonFiniteError, match=r"the input holds nan at \(4, 2\): drop or correct"):
        call(small(), x, t)


@every_call
def test_a_nan_in_a_parameter_is_named(call):
    net = small()
    net["b2"][1] = np.nan
    with pytest.raises(NonFiniteError, match="the parameter b2 holds NaN or infinite values"):
        call(net, *data())


def test_the_place_of_a_nan_is_that_in_the_whole_input():
    x, _ = data(CHUNK + 10)
    x[CHUNK + 3, 1] = np.nan
    with pytest.raises(NonFiniteError, match=rf"nan at \({CHUNK + 3}, 1\)"):
        small().predict(x)


def test_the_layer_where_numbers_grow_too_large_is_named():
    net = td.Network([td.Affine(2), td.Affine(2)], 2, td.SoftmaxCrossEntropy())
    net["W1"], net["W2"] = np.full((2, 2), 1e30), np.full((2, 2), 1e30)
    with (
        np.errstate(all="ignore"),
        pytest.raises(NonFiniteError, match=r"the output of Affine2, Affine\(2\), is the first"),
    ):
        net.predict(np.ones((1, 2)))


# -- how it is shown, and what it refuses ----------------------------------------------------


def test_shown_as_a_table():
    net = td.Network(
        [td.Flatten(), td.Affine(50), td.BatchNorm(), td.ReLU(), td.Affine(10, bias=False)],
        input_shape=(28, 28),
        loss=td.SoftmaxCrossEntropy(),
        penalty=td.L2(1e-4),
    )
    net.freeze("b1")
    assert repr(net) == (
        "layer                   output  multiply-adds  parameters\n"
        "----------------------------------------------------------------------------\n"
        "(input)                 28×28\n"
        "Flatten()               784\n"
        "Affine(50)              50             39,200  W1 (784, 50), b1 (50,) frozen\n"
        "BatchNorm()             50                     gamma1 (50,), beta1 (50,)\n"
        "ReLU()                  50\n"
        "Affine(10, bias=False)  10                500  W2 (50, 10)\n"
        "----------------------------------------------------------------------------\n"
        "39,850 parameters, 39,700 multiply-adds a sample, float32, SoftmaxCrossEntropy() + "
        "L2(0.0001)"
    )


def test_a_network_of_no_layers_is_its_loss():
    net = td.Network([], 3, td.MeanSquaredError())
    assert_allclose(net.loss([[1.0, 2.0, 3.0]], [[0.0, 2.0, 3.0]]), 1 / 3)
    assert net.gradient(np.ones((1, 3)), np.ones((1, 3))).vector.shape == (0,)


@pytest.mark.parametrize("shape", [3, (3,), [3], np.int64(3), np.array([3])], ids=repr)
def test_an_input_shape_by_any_spelling(shape):
    assert td.Network([td.Affine(2)], shape, td.MeanSquaredError()).input_shape == (3,)


def test_a_misfit_is_found_when_the_network_is_built():
    with pytest.raises(ShapeError) as caught:
        td.Network([td.ReLU(), td.Affine(3)], (8, 8), td.SoftmaxCrossEntropy())
    message = "layer 2, Affine(3), after layer 1, ReLU(): takes rows of numbers"
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("last", "loss"),
    [
        (td.Softmax(), td.SoftmaxCrossEntropy()),
        (td.Chain([td.Chain([td.Softmax()])]), td.SoftmaxCrossEntropy()),
        (td.Sigmoid(), td.SigmoidCrossEntropy()),
    ],
    ids=repr,
)
def test_a_link_that_would_be_applied_twice(last, loss):
    with pytest.raises(InputError, match="leave the last layer out"):
        td.Network([td.Affine(3), last], 2, loss)
    td.Network([td.Affine(3), last], 2, td.SumSquaredError())


def test_a_single_sample_is_pointed_to_a_batch():
    with pytest.raises(ShapeError, match=r"takes \(N, 5\): for a single sample, give x\[None\]"):
        small().predict(np.ones(5))
    with pytest.raises(ShapeError, match=r"`x` has shape \(\); this network takes \(N, 5\)"):
        small().predict(3.0)


def test_a_misshapen_batch_is_shown_whole():
    with pytest.raises(ShapeError, match=r"`x` has shape \(5000, 7\); this network takes \(N, 5\)"):
        small().predict(np.ones((5000, 7)))


def test_no_accuracy_without_classes():
    net = td.Network([td.Affine(1)], 2, td.MeanSquaredError())
    with pytest.raises(InputError, match="has no classes, so there is no accuracy"):
        net.accuracy(np.ones((2, 2)), [0.5, 1.5])


def test_names_of_classes():
    assert small(classes=["a", "b", "c"]).classes == ("a", "b", "c")
    assert small(classes=range(3)).classes == ("0", "1", "2")
    assert small().classes is None
    answers = td.Network([td.Affine(1)], 2, td.SigmoidCrossEntropy(), classes=["no", "yes"])
    assert answers.classes == ("no", "yes")


def test_its_layers_and_shapes():
    net = small()
    assert net.layers[0] == td.Affine(4)
    assert (net.input_shape, net.output_shape) == ((5,), (3,))
    assert net.run is None
