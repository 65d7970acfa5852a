"""What a network learns from: values, gradients, links, weights, and targets that do not fit."""

from __future__ import annotations

import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.neighbours import neighbour
from tests.tables import LOSSES, OUTPUTS, is_strict, strict
from tidu import functions
from tidu.errors import InputError, ShapeError
from tidu.losses import LOSSES as BY_NAME
from tidu.losses import as_array
from tidu.numeric import gradient

every_loss = pytest.mark.parametrize("row", LOSSES, ids=lambda row: row.id)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])
ROW = {row.id: row for row in LOSSES}
seeds = st.integers(0, 10**6)
F64 = np.dtype(np.float64)


def batch(row, n, seed, dtype=F64, k=OUTPUTS):
    """Return scores and encoded targets."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 2, (n, k)).astype(dtype)
    return scores, row.loss.encode(row.targets(rng, n, k), scores.shape, np.dtype(dtype))


# -- values and gradients --------------------------------------------------------------------


@every_loss
@given(n=st.integers(0, 4), seed=seeds)
def test_values_agree_with_the_textbook(row, n, seed):
    scores, t = batch(row, n, seed)
    expected = [row.textbook(s, u) for s, u in zip(scores, t, strict=True)]
    # The textbook's form loses digits where probabilities are near 1; scores stay below 10 or so.
    assert_allclose(row.loss.values(scores, t), expected, rtol=1e-11, atol=1e-12)


@every_loss
@given(n=st.integers(0, 4), seed=seeds)
def test_the_gradient_agrees_with_differences(row, n, seed):
    scores, t = batch(row, n, seed)
    witness = gradient(lambda s: row.loss.values(s, t).sum(), scores)
    # Rounding: eps · value / h = 6e-11 times a loss of at most some tens.
    assert_allclose(row.loss.gradient(scores, t), witness, rtol=1e-7, atol=1e-8)


@every_loss
@both_dtypes
@pytest.mark.parametrize("n", [0, 1, 3])
def test_shapes_and_dtypes_are_kept_and_nothing_is_changed(row, dtype, n):
    scores, t = batch(row, n, 0, dtype)
    for array in (scores, t):
        array.setflags(write=False)
    assert row.loss.values(scores, t).shape == (n,)
    assert row.loss.gradient(scores, t).shape == scores.shape
    assert row.loss.predict_proba(scores).shape == scores.shape
    for outcome in (
        row.loss.values(scores, t),
        row.loss.gradient(scores, t),
        row.loss.predict_proba(scores),
        t,
    ):
        assert outcome.dtype == dtype


@every_loss
def test_runs_on_another_array_library(row):
    scores, t = batch(row, 3, 1)
    s2, t2 = strict(scores), strict(t)
    for method in ("values", "gradient"):
        theirs = getattr(row.loss, method)(s2, t2)
        assert is_strict(theirs)
        ours = getattr(row.loss, method)(scores, t)
        assert_allclose(np.asarray(theirs), ours, rtol=1e-14, atol=1e-15)
    for method in ("predict", "predict_proba"):
        theirs = getattr(row.loss, method)(s2)
        assert_allclose(np.asarray(theirs), getattr(row.loss, method)(scores), rtol=1e-14)
    correct = row.loss.correct(scores, t)
    if correct is not None:
        assert_array_equal(np.asarray(row.loss.correct(s2, t2)), correct)
    if row.loss.weights(t) is not None:
        assert_allclose(np.asarray(row.loss.weights(t2)), row.loss.weights(t))
    raw = row.targets(np.random.default_rng(1), 3, OUTPUTS)
    encoded = row.loss.encode(strict(raw), s2.shape, array_api_strict.float64)
    assert_array_equal(np.asarray(encoded), row.loss.encode(raw, s2.shape, F64))


@every_loss
def test_repr_makes_the_same_loss(row):
    assert eval(repr(row.loss), vars(td)) == row.loss
    assert BY_NAME[type(row.loss).__name__] is type(row.loss)


# -- over the whole range --------------------------------------------------------------------

CROSS_ENTROPIES = [
    td.SoftmaxCrossEntropy(),
    td.SoftmaxCrossEntropy(label_smoothing=0.1),
    td.SigmoidCrossEntropy(),
]


@pytest.mark.parametrize("loss", CROSS_ENTROPIES, ids=repr)
@pytest.mark.parametrize("size", [0, 1e-300, 1, 40, 1e3, 1e300, 8e307])
def test_cross_entropies_are_finite_for_any_scores_without_a_warning(loss, size):
    signs = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    scores = size * np.repeat(signs, 2, axis=0)
    t = np.tile(np.eye(2), (4, 1))
    assert np.isfinite(loss.values(scores, t)).all()
    assert (loss.values(scores, t) >= 0).all()
    assert (np.abs(loss.gradient(scores, t)) <= 1).all()


@pytest.mark.parametrize("size", [1e3, 8e307])
def test_far_out_the_loss_is_the_distance_from_being_right(size):
    scores, right, wrong = np.array([[size, -size]]), np.eye(2)[[0]], np.eye(2)[[1]]
    loss = td.SoftmaxCrossEntropy()
    assert_array_equal(loss.values(scores, right), [0])
    assert_array_equal(loss.values(scores, wrong), [2 * size])
    assert_array_equal(loss.gradient(scores, right), [[0, 0]])
    assert_array_equal(loss.gradient(scores, wrong), [[1, -1]])
    answers = td.SigmoidCrossEntropy()
    assert_array_equal(answers.values(scores, right), [0])
    assert_array_equal(answers.values(scores, wrong), [2 * size])
    assert_array_equal(answers.gradient(scores, wrong), [[1, -1]])


def test_beyond_the_range_the_loss_is_the_largest_number():
    scores = np.array([[1.7e308, -1.7e308]])
    assert td.SoftmaxCrossEntropy().values(scores, np.eye(2)[[1]]) == np.finfo(float).max


def test_small_losses_keep_their_digits():
    # −log softmax of (0, −40) is log(1 + e^−40) = 4e-18: the textbook's form gives 0.
    for loss, scores in (
        (td.SoftmaxCrossEntropy(), [[0.0, -40.0]]),
        (td.SigmoidCrossEntropy(), [[40.0]]),
    ):
        t = np.eye(len(scores[0]))[[0]]
        found = loss.values(np.array(scores), t)
        if isinstance(loss, td.SigmoidCrossEntropy):
            assert_allclose(found, np.log1p(np.exp(-40.0)), rtol=1e-14)
        else:
            assert_allclose(found, np.log1p(np.exp(-40.0)), atol=np.finfo(float).eps)


def test_far_out_a_count_costs_as_much_as_it_is_wrong():
    loss = td.Poisson()
    far = loss.values(np.full((3, 1), -1e300), np.array([[0.0], [1.0], [1e5]]))
    assert_allclose(far, [0, 1e300, 1e305], rtol=1e-15)
    # t d² / 2 for a small d = s − log t, of which e^s − t − t d has no digit
    d = 1e-7
    found = loss.values(np.array([[np.log(1e9) + d]]), np.array([[1e9]]))
    assert_allclose(found, 1e9 * d * d / 2, rtol=1e-6)


@pytest.mark.neighbours
def test_counts_cost_what_other_libraries_say():
    metrics, torch = neighbour("sklearn.metrics"), neighbour("torch")
    scores, t = batch(ROW["Poisson()"], 50, 0, k=1)
    loss = td.Poisson()
    deviance = metrics.mean_poisson_deviance(t[:, 0], loss.predict(scores)[:, 0])
    assert_allclose(loss.values(scores, t).mean(), deviance / 2, rtol=1e-12)
    theirs = torch.tensor(scores, requires_grad=True)
    total = torch.nn.PoissonNLLLoss(reduction="sum")(theirs, torch.tensor(t))
    of_targets = np.sum(t[t > 0] * np.log(t[t > 0])) - t.sum()
    assert_allclose(loss.values(scores, t).sum(), total.item() + of_targets, rtol=1e-12)
    total.backward()
    assert_allclose(loss.gradient(scores, t), theirs.grad.numpy(), rtol=1e-12)


@pytest.mark.neighbours
def test_a_layer_learns_what_a_poisson_regression_of_scikit_learn_does():
    linear = neighbour("sklearn.linear_model")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    t = rng.poisson(np.exp(0.5 + x @ [0.3, -0.5, 0.0]))
    theirs = linear.PoissonRegressor(alpha=0.1, tol=1e-10, max_iter=1000).fit(x, t)
    net = td.Network([td.Affine(1)], 3, "poisson", penalty=td.L2(0.1), dtype="float64")
    net.fit(x, t, optimizer=td.SGD(0.3), epochs=300, batch_size=200, progress=False)
    assert_allclose(net["W1"][:, 0], theirs.coef_, atol=1e-6)
    assert_allclose(net["b1"], theirs.intercept_, atol=1e-6)


# -- targets ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("c", [2, 10, 1000])
def test_probabilities_may_be_off_by_rounding(c, dtype):
    t = np.random.default_rng(0).dirichlet(np.ones(c), size=20).astype(dtype)
    for wanted in ("float32", "float64"):
        found = td.SoftmaxCrossEntropy().encode(t, t.shape, np.dtype(wanted))
        assert_allclose(found, t)


@given(st.integers(1, 5), st.integers(2, 5), seeds)
def test_labels_one_hot_rows_and_certain_probabilities_are_the_same(n, c, seed):
    rng = np.random.default_rng(seed)
    labels, loss = rng.integers(0, c, n), td.SoftmaxCrossEntropy()
    rows = loss.encode(labels, (n, c), F64)
    assert_array_equal(rows, np.eye(c)[labels])
    for same in (np.eye(c)[labels], np.eye(c, dtype=bool)[labels], rows.astype(np.float32)):
        assert_array_equal(loss.encode(same, (n, c), F64), rows)
    for dtype in (np.uint8, np.int16, np.uint64):
        assert_array_equal(loss.encode(labels.astype(dtype), (n, c), F64), rows)


@pytest.mark.parametrize("loss", [td.SumSquaredError(), td.SigmoidCrossEntropy()], ids=repr)
def test_one_output_takes_a_plain_list_of_targets(loss):
    t = np.array([0, 1, 1])
    assert_array_equal(loss.encode(t, (3, 1), F64), [[0], [1], [1]])


@pytest.mark.parametrize("loss", [td.SumSquaredError(), td.MeanSquaredError()], ids=repr)
def test_squared_errors_take_images(loss):
    y, t = np.ones((2, 3, 4)), np.zeros((2, 3, 4))
    assert loss.encode(t, y.shape, F64).shape == y.shape
    expected = 6 if isinstance(loss, td.SumSquaredError) else 1
    assert_allclose(loss.values(y, t), [expected] * 2)


REFUSED = [
    (
        td.SoftmaxCrossEntropy(),
        [0, 3],
        (2, 3),
        "`t` holds class 3, but there are 3 classes: 0 to 2",
    ),
    (td.SoftmaxCrossEntropy(), [0, -1], (2, 3), "`t` holds class -1, but there are 3 classes"),
    (td.SoftmaxCrossEntropy(), [0.0, 1.0], (2, 3), "t.astype(int)"),
    (td.SoftmaxCrossEntropy(), [[0], [1]], (2, 3), "must be (2,) (the class of each sample)"),
    (td.SoftmaxCrossEntropy(), [[0.5, 0.1]], (1, 2), "non-negative and sum to 1"),
    (td.SoftmaxCrossEntropy(), [[1.5, -0.5]], (1, 2), "non-negative and sum to 1"),
    (td.SoftmaxCrossEntropy(), [[0.5, 0.3, 0.2009]], (1, 3), "sum to 1, one sums to 1.0009"),
    (td.SoftmaxCrossEntropy(), np.float32([[0.5, 0.499]]), (1, 2), "one sums to 0.999"),
    (td.SoftmaxCrossEntropy(), [[np.nan, 1.0]], (1, 2), "non-negative and sum to 1"),
    (td.SoftmaxCrossEntropy(class_weights=[1, 2]), [0], (1, 3), "has 2 numbers for 3 classes"),
    (td.SumSquaredError(), [0, 1], (2, 3), "for class labels use SoftmaxCrossEntropy"),
    (td.SumSquaredError(), [[0, 1]], (2, 2), "`t` has shape (1, 2), the network's outputs have"),
    (td.MeanSquaredError(), [[np.nan]], (1, 1), "`t` holds NaN or infinite targets"),
    (td.MeanSquaredError(), [[np.inf]], (1, 1), "drop or correct those samples"),
    (td.Poisson(), [[1.0], [-2.0]], (2, 1), "`t` holds -2, and Poisson needs counts, 0 or above"),
    (td.Poisson(), [[np.nan]], (1, 1), "`t` holds NaN or infinite targets"),
    (td.Poisson(), [0, 1], (2, 2), "Poisson needs them to be the same"),
    (td.SigmoidCrossEntropy(), [[0.0, 2.0]], (1, 2), "must lie between 0 and 1"),
    (td.SigmoidCrossEntropy(), [[np.nan]], (1, 1), "must lie between 0 and 1"),
    (td.SigmoidCrossEntropy(), [0, 1], (2, 3), "a 0, a 1 or a probability for each of them"),
]


@pytest.mark.parametrize(("loss", "t", "shape", "sentence"), REFUSED)
def test_targets_that_do_not_fit(loss, t, shape, sentence):
    with pytest.raises((InputError, ShapeError)) as caught:
        loss.encode(np.array(t), shape, F64)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("t", [["cat", "dog"], np.array(["cat", "dog"]), None, [1j]], ids=repr)
def test_targets_that_are_no_numbers(t):
    with pytest.raises(TypeError, match=r"`t` must hold numbers, got .*np\.unique"):
        as_array(t)


def test_targets_of_unequal_rows():
    with pytest.raises(ShapeError, match="`t` is a list of rows that differ in length"):
        as_array([[1, 0], [1]])


def test_targets_of_another_library_stay_there():
    t = array_api_strict.asarray([1])
    assert as_array(t) is t


# -- weights and smoothing -------------------------------------------------------------------


@given(st.integers(1, 6), seeds)
def test_class_weights_as_pytorch_documents_them(n, seed):
    # The mean over a batch is Σ wₜₙ ℓₙ / Σ wₜₙ, the weight of a sample being that of its class.
    rng = np.random.default_rng(seed)
    weights, labels = rng.uniform(0.1, 3, 3), rng.integers(0, 3, n)
    net = td.Network(
        [td.Identity()], 3, td.SoftmaxCrossEntropy(class_weights=weights), dtype="float64"
    )
    scores = rng.normal(size=(n, 3))
    terms = [-weights[c] * functions.log_softmax(s)[c] for s, c in zip(scores, labels, strict=True)]
    assert_allclose(net.loss(scores, labels), sum(terms) / weights[labels].sum(), rtol=1e-13)


def test_a_sample_between_classes_has_a_weight_between_theirs():
    loss = td.SoftmaxCrossEntropy(class_weights=(1, 3))
    assert_allclose(loss.weights(np.array([[1.0, 0.0], [0.5, 0.5]])), [1, 2])
    assert td.SoftmaxCrossEntropy().weights(np.eye(2)) is None
    assert td.MeanSquaredError().weights(np.eye(2)) is None


def test_label_smoothing():
    scores, t = np.array([[2.0, 0.0, -1.0]]), np.eye(3)[[0]]
    smoothed = td.SoftmaxCrossEntropy(label_smoothing=0.3)
    plain = td.SoftmaxCrossEntropy()
    assert_allclose(smoothed.values(scores, t), plain.values(scores, [[0.8, 0.1, 0.1]]))
    assert_allclose(smoothed.gradient(scores, t), plain.gradient(scores, [[0.8, 0.1, 0.1]]))
    assert_array_equal(smoothed.correct(scores, t), [True])
    indifferent = td.SoftmaxCrossEntropy(label_smoothing=1.0)
    assert_allclose(indifferent.values(np.zeros((1, 3)), t), np.log(3))


# -- predictions -----------------------------------------------------------------------------


def test_links():
    scores = np.array([[0.0, 2.0, -1.0]])
    softmax, sigmoid, identity = (
        td.SoftmaxCrossEntropy(),
        td.SigmoidCrossEntropy(),
        td.MeanSquaredError(),
    )
    assert_array_equal(softmax.predict_proba(scores), functions.softmax(scores))
    assert_array_equal(sigmoid.predict_proba(scores), functions.sigmoid(scores))
    assert identity.predict_proba(scores) is scores
    assert_array_equal(softmax.predict(scores), [1])
    assert_array_equal(sigmoid.predict(scores), [[0, 1, 0]])
    assert_array_equal(identity.predict(scores), scores)
    assert_array_equal(sigmoid.predict(scores.T), [0, 1, 0])
    assert [loss.link for loss in (softmax, sigmoid, identity)] == [
        "softmax",
        "sigmoid",
        "identity",
    ]


def test_correct_samples():
    scores = np.array([[1.0, -2.0], [1.0, 2.0]])
    one_hot = np.array([[1.0, 0.0], [1.0, 0.0]])
    assert_array_equal(td.SoftmaxCrossEntropy().correct(scores, one_hot), [True, False])
    assert_array_equal(td.SumSquaredError().correct(scores, one_hot), [True, False])
    assert_array_equal(td.SigmoidCrossEntropy().correct(scores, one_hot), [True, False])
    assert td.SumSquaredError().correct(scores, one_hot + 0.5) is None
    assert td.SumSquaredError().correct(scores[:, :1], one_hot[:, :1]) is None


def test_the_base_is_a_contract():
    loss = td.Loss()
    scores = np.ones((1, 2))
    for call in (
        lambda: loss.encode(scores, scores.shape, F64),
        lambda: loss.values(scores, scores),
        lambda: loss.gradient(scores, scores),
    ):
        with pytest.raises(NotImplementedError):
            call()
    assert loss.predict(scores) is loss.predict_proba(scores) is scores
    assert loss.weights(scores) is loss.correct(scores, scores) is None
