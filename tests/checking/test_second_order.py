"""Second order: the gradient's own derivative, from values of f and of the gradient alone."""

import numpy as np
import pytest

from tidu.checking import assert_gradient, check_gradient
from tidu.checking.report import GradientError

A = np.random.default_rng(0).normal(size=(4, 3))
X = np.random.default_rng(1).normal(size=3)
RATES = np.array([1e-2, 1.0, 1e2])


def log_sum_exp(x):
    return np.log(np.sum(np.exp(A @ x)))


def softmax_of(x):
    y = np.exp(A @ x)
    return A.T @ (y / y.sum())


FUNCTIONS = {
    "cubes": (lambda x: np.sum(x**3), lambda x: 3 * x**2),
    "log-sum-exp": (log_sum_exp, softmax_of),
    "small": (lambda x: 1e-8 * np.sum(np.sin(x)), lambda x: 1e-8 * np.cos(x)),
    "large": (lambda x: 1e8 * np.sum(np.sin(x)), lambda x: 1e8 * np.cos(x)),
    "beside a large constant": (lambda x: 100 + np.sum(np.sin(x)), np.cos),
    "scales": (lambda x: np.sum(np.sin(RATES * x)), lambda x: RATES * np.cos(RATES * x)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_right_ones_pass_and_wrong_ones_do_not(name):
    f, grad = FUNCTIONS[name]
    assert check_gradient(f, X, grad, order=2).ok
    at_x = grad(X)
    stale = lambda x: at_x  # noqa: E731  # right at x, and nowhere else
    assert check_gradient(f, X, stale).ok
    assert check_gradient(f, X, stale, order=2).verdict == "wrong"
    bent = lambda x: grad(X + 1.0001 * (x - X))  # noqa: E731
    assert check_gradient(f, X, bent).ok
    assert check_gradient(f, X, bent, order=2).verdict == "wrong"


def test_a_straight_line_has_no_second_derivative():
    assert check_gradient(lambda x: A[0] @ x, X, lambda x: A[0] + 0 * x, order=2).ok
    assert not check_gradient(lambda x: A[0] @ x, X, lambda x: A[0] + x, order=2).ok


def test_several_arguments_and_complex_ones():
    f = lambda w, x: np.sum((w @ x) ** 2)  # noqa: E731
    grad = lambda w, x: (2 * np.outer(w @ x, x), 2 * w.T @ (w @ x))  # noqa: E731
    assert check_gradient(f, (A, X), grad, order=2).ok
    half = lambda w, x: (grad(w, x)[0], 2 * A.T @ (A @ x))  # noqa: E731
    report = check_gradient(f, (A, X), half, order=2)
    assert [part.verdict for part in report.parts] == ["wrong", "right"]
    z = X + 1j * X[::-1]
    f = lambda z: np.sum(np.abs(z) ** 4)  # noqa: E731
    assert check_gradient(f, z, lambda z: 4 * np.abs(z) ** 2 * z, order=2).ok
    assert not check_gradient(f, z, lambda z: 4 * np.abs(X[::-1] * 1j + X) ** 2 * z, order=2).ok


def test_the_report_says_what_was_compared_and_counts_the_calls_of_f():
    calls = []

    def f(x):
        calls.append(x)
        return np.sum(x**3)

    report = check_gradient(f, X, lambda x: 3 * x**2, order=2)
    assert report.evaluations == len(calls)
    assert "order 2: your gradient of Σ c · grad" in str(report)


def test_assert_gradient_takes_it_too():
    assert_gradient(log_sum_exp, X, softmax_of, order=2)
    with pytest.raises(GradientError, match="order 2"):
        assert_gradient(log_sum_exp, X, lambda x: softmax_of(X), order=2)
