"""Causes that need a part of their own; those of the corpus are in test_check.py."""

import numpy as np
import pytest

import tidu as td
from tests.checking.corpus import MUTANTS
from tidu.checking import check_gradient
from tidu.checking.causes import CAUSES

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]])


def total(x):
    return np.sum(A * x)


@pytest.mark.parametrize(
    ("f", "dx", "sentence"),
    [
        (lambda x: 2.0, A, "f does not change at all when x moves"),
        (total, A.reshape(-1).reshape((2, 3), order="F"), "was it reshaped after a transpose?"),
        (total, A.T.reshape(2, 3), "was it reshaped after a transpose?"),
        (total, A[::-1], "in reverse order along axis 0"),
        (total, np.roll(A, -1, axis=1), "shifted by one along axis 1"),
        (total, np.where(A == 5, 0, A), "zero at x[1, 1] alone, where the slope is not"),
        (total, A + (A > 4), "off at 2 of 6 slopes (first at x[1, 1]), and right elsewhere"),
        (total, 3 * A, "3 × the numeric one everywhere: not divided by 3"),
        (total, A / 3, "divided by 3 (the batch size?) once too often?"),
    ],
)
def test_the_first_sentence(f, dx, sentence):
    report = check_gradient(f, np.ones((2, 3)), dx)
    assert report.verdict == "wrong"
    assert sentence in report.why[0]


def test_a_right_gradient_is_left_alone():
    report = check_gradient(total, np.ones((2, 3)), A)
    assert report.why == []
    assert all(cause.__doc__ for cause in CAUSES)


def test_a_forgotten_mask_of_relu_is_named():
    f = lambda x: np.sum(A * np.maximum(x, 0))  # noqa: E731
    x = np.array([[1.0, -2.0, 3.0], [-1.0, 2.0, 1.0]])
    report = check_gradient(f, x, A)
    assert report.verdict == "wrong"
    assert report.why == [
        "your gradient of x is not zero at 2 of 6 slopes (first at x[0, 1]), where the slope is, "
        "and right elsewhere: a mask (of ReLU, dropout, a maximum) that backward does not apply?"
    ]


def test_a_number_has_no_index():
    assert "of x is 2 × the numeric one here" in check_gradient(np.sum, 1.0, 2.0).why[0]


def test_right_elsewhere_is_not_claimed_where_nothing_was_seen():
    f = lambda x: np.sum(np.sqrt(x))  # noqa: E731
    report = check_gradient(f, [0.0, 1.0, 4.0], [1.0, 0.5, 0.5])
    assert "elsewhere" not in report.why[0]


TOLD = {
    "BatchNorm: missing term of the mean": "the error of your gradient of x is the same along",
    "BatchNorm: missing term of the variance": "is a multiple of x̂ = (x - mean) / std along axis 0",
    "BatchNorm: as if mean and variance were constants": "is a constant and a multiple of x̂",
    "BatchNorm: m − 1 in place of m": "n - 1 in place of n",
    "BatchNorm: sums not divided by m": "is a constant and a multiple of x̂",
    "Softmax: the diagonal alone": "the diagonal of softmax's Jacobian alone",
    "Softmax: sum over the batch": "each column: does a sum or a mean of softmax's Jacobian",
    "Residual: way around forgotten": "your gradient of x lacks dy: is a path by which x reaches f",
    "Rescale: scale forgotten": "is 3.333 × the numeric one everywhere",
}


@pytest.mark.parametrize("name", TOLD)
def test_what_a_layer_lacks_is_named(name):
    report = td.check_layer(*MUTANTS[name])
    assert TOLD[name] in report.why[0]


C = np.random.default_rng(0).normal(size=(5, 4))
X = np.random.default_rng(1).normal(size=(5, 4))


def _softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _normalized(x, axis=0):
    return (x - x.mean(axis=axis, keepdims=True)) / x.std(axis=axis, keepdims=True)


def _slope(x, dy, axis=0, spare=0):
    y, n = _normalized(x, axis), x.shape[axis] - spare
    sums = dy.sum(axis=axis, keepdims=True), (dy * y).sum(axis=axis, keepdims=True)
    return (dy - (sums[0] + y * sums[1]) / n) / x.std(axis=axis, keepdims=True)


GAMMA = np.array([0.5, 2.0, 3.0, -1.0])


@pytest.mark.parametrize(
    ("f", "dx", "sentence"),
    [
        (
            lambda x: np.sum(C * _normalized(x) * GAMMA),
            _slope(X, C * GAMMA) / GAMMA,
            "off by a factor that is the same along axis 0 and differs across it: is a scale (γ",
        ),
        (
            lambda x: np.sum(C * _normalized(x)),
            _slope(X, C, spare=1),
            "or divided by n - 1 in place of n?",
        ),
        (
            lambda x: np.sum(C * (x - x.mean(axis=0))),
            C - C.mean(axis=1, keepdims=True),
            "for each column: does a sum or a mean run over the wrong axis?",
        ),
        (
            lambda x: np.sum(C * _softmax(x)),
            C * _softmax(X),
            "is a multiple of y = softmax(x) along axis 1: is the term -y Σ dy y",
        ),
        (
            lambda x: np.sum(C * np.tanh(x)),
            (1 + 1e-4) * C * (1 - np.tanh(X) ** 2),
            "is 1.0001 × the numeric one everywhere: right to 4 digits",
        ),
        (
            lambda x: np.sum(C * np.tanh(x)),
            C * (1 - np.tanh(X).round(4) ** 2),
            "digits: has it another eps than f, or float32 inside?",
        ),
        (lambda x: np.sum(3 * C * x), 2 * C, "0.6667 × the numeric one everywhere: is one of 3"),
    ],
)
def test_what_the_error_is_as_a_whole(f, dx, sentence):
    report = check_gradient(f, X, dx)
    assert report.verdict == "wrong"
    assert sentence in report.why[0]


def test_a_path_that_another_part_has():
    rng = np.random.default_rng(2)
    A, B = rng.normal(size=(2, 3, 4))
    f = lambda p: np.sum((A + B) * p["u"]) + np.sum(B * p["v"])  # noqa: E731
    report = check_gradient(f, {"u": A, "v": B}, {"u": A, "v": B})
    assert "your gradient of u lacks the gradient of v: is a path" in report.why[0]


@pytest.mark.parametrize("scale", [1e-290, 1e-150, 1e150, 1e290])
@pytest.mark.parametrize("size", [1.0, 2000.0])
def test_nothing_overflows_on_the_way_to_a_cause(scale, size):
    f = lambda x: scale * np.sum(C * x)  # noqa: E731
    x, right = size * X, scale * C
    wrong = right + scale * np.random.default_rng(3).normal(size=C.shape)
    report = check_gradient(f, x, wrong)
    assert report.verdict == "wrong"
    assert not any("your gradient" in sentence for sentence in report.why)
    assert "axis 0" in check_gradient(f, x, right + scale).why[0]
