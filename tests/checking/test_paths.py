"""The path on which a gradient gets lost is named, where f can be traced."""

import math

import numpy as np
import pytest

import tidu as td
from tidu.checking import check_gradient
from tidu.checking.paths import MOST, paths_of

X = np.array([0.3, 0.7, -1.2])
A = np.random.default_rng(0).normal(size=(4, 3))


def three_terms(x):
    return np.sum(np.sin(x)) + np.sum(x**2) + np.exp(x[0] * x[1])


def normalized(x):
    centred = x - x.mean()
    return np.sum(np.array([1.0, -2.0, 0.5]) * centred / np.sqrt(np.mean(centred**2)))


def layers(x):
    h = A @ x
    return np.sum(np.exp(h) * np.tanh(h)) + 0.1 * np.sum(np.cos(x))


def told(f, x, gradient):
    report = check_gradient(f, x, gradient)
    assert report.verdict == "wrong"
    return [sentence for sentence in report.why if "tracing f shows where" in sentence]


@pytest.mark.parametrize("f", [three_terms, normalized, layers])
@pytest.mark.parametrize(
    ("times", "what"),
    [(0, "is missing"), (2, "is counted twice"), (-1, "has the opposite sign"), (0.7, "0.7 times")],
)
def test_every_path_that_is_lost_is_named(f, times, what):
    right = td.grad(f)(X)
    paths = [(path, path.gradients["x"]) for path in paths_of(lambda p: f(p["x"]), {"x": X})]
    parts = [(path, dx) for path, dx in paths if not np.allclose(dx, right)]
    assert len(parts) >= 4
    for _, dx in parts:
        sentences = told(f, X, right + (times - 1) * dx)
        alike = [path for path, other in parts if np.allclose(other, dx)]
        assert len(sentences) == 1
        named = [f"through {path.argument}, in {path.operation}, " for path in alike]
        assert any(name in sentences[0] for name in named)
        assert what in sentences[0]


@pytest.mark.parametrize(
    ("f", "x", "gradient", "sentence"),
    [
        (
            three_terms,
            X,
            lambda x: td.grad(three_terms)(x) - 2 * x,
            "what comes back to x through sum(x ^ 2), in sum(sin(x)) + sum(x ^ 2), is missing",
        ),
        (lambda x: x * np.sin(x), 0.5, math.sin(0.5), "through sin(x), in x · sin(x), is missing"),
        (lambda x: np.sum(x * x), X, X, "through x, in x · x, is missing"),
        (
            lambda x, w: np.sum(x * w) + np.sum(np.exp(w)),
            (X, X + 1),
            (X + 1, X),
            "back to x1 through sum(exp(x1)), in sum(x0 · x1) + sum(exp(x1)), is missing",
        ),
    ],
)
def test_the_sentence(f, x, gradient, sentence):
    assert sentence in told(f, x, gradient)[0]


def test_n_minus_1_in_place_of_n_is_a_factor_of_one_path():
    x, dy = A, np.cos(A)
    y, std = (x - x.mean(0)) / x.std(0), x.std(0)
    gradient = (dy - dy.mean(0) - y * (dy * y).sum(0) / 3) / std
    f = lambda x: np.sum(dy * (x - x.mean(0)) / np.sqrt(np.mean((x - x.mean(0)) ** 2, 0)))  # noqa: E731
    assert f"is taken {4 / 3:.6g} times" in told(f, x, gradient)[0]


def test_some_entries_are_enough():
    x = np.linspace(-1, 1, 50)
    report = check_gradient(three_terms, x, td.grad(three_terms)(x) - 2 * x, entries=20)
    assert "through sum(x ^ 2)" in report.why[-1]
    report = check_gradient(three_terms, x, td.grad(three_terms)(x) - 2 * x, directions=3)
    assert report.why == []


@pytest.mark.parametrize(
    ("f", "gradient"),
    [
        (lambda x: math.sin(x[0]) + np.sum(x**2), 2 * X),  # cannot be traced
        (lambda x: sum(x[0] * x[k % 3] for k in range(MOST)), X),  # too much to look through
        (three_terms, -td.grad(three_terms)(X)),  # no path of several
        (three_terms, 2 * td.grad(three_terms)(X)),
        (lambda x: np.sum(x * x), 4 * X),  # paths that are all alike
        (three_terms, td.grad(three_terms)(X) + np.array([0.1, -0.3, 0.2])),
        (lambda x: 2.0, X),
    ],
)
def test_nothing_is_said_without_a_path(f, gradient):
    assert told(f, X, gradient) == []


def test_a_layer_is_traced_too():
    class Gated(td.Layer):
        def forward(self, x):
            gate = td.functions.sigmoid(x)
            return x * gate, (x, gate)

        def backward(self, dy, saved):
            return dy * saved[1]

    report = td.check_layer(Gated(), 3)
    assert report.why[-1].endswith("is missing")
