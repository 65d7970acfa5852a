"""Each rule of the table against differences of its value, at order 1 and at order 2."""

import numpy as np
import pytest

import tidu as td
from tests.autodiff.samples import SAMPLES
from tidu.autodiff import RULES
from tidu.autodiff.tape import apply

CASES = [
    pytest.param(sample, k, id=f"{sample.id}-{k}")
    for sample in SAMPLES
    for k in range(len(sample.args))
    if k not in sample.fixed
]


def test_every_rule_has_samples():
    assert {sample.rule for sample in SAMPLES} == set(RULES)


def of_argument(sample, k):
    """Return the rule as a function of its argument k to one number, a weighted sum of y."""
    rule = RULES[sample.rule]

    def f(x):
        args = [x if i == k else a for i, a in enumerate(sample.args)]
        y = apply(rule, *args, **sample.options)
        weights = np.random.default_rng(7).uniform(0.5, 1.5, np.shape(y))
        return np.sum(weights * y)

    return f


def checked(f, x):
    """Hold a gradient by rules to differences of f; of an empty x, its shape alone."""
    dx = td.grad(f)(x)
    assert dx.shape == np.shape(x)
    assert dx.dtype == np.float64
    if dx.size:
        # half the squares are added, since a check cannot be sure of a slope that is 0 everywhere
        report = td.check_gradient(lambda x: f(x) + 0.5 * np.sum(x * x), x, dx + x)
        assert report.ok, report


@pytest.mark.parametrize(("sample", "k"), CASES)
def test_gradient(sample, k):
    checked(of_argument(sample, k), sample.args[k])


@pytest.mark.parametrize(("sample", "k"), CASES)
def test_gradient_of_the_gradient(sample, k):
    f, x = of_argument(sample, k), sample.args[k]
    weights = np.random.default_rng(8).uniform(0.5, 1.5, np.shape(x))
    checked(lambda x: np.sum(weights * td.grad(f)(x)), x)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("sample", "k"), CASES)
def test_third_derivative_along_a_line_is_that_of_the_second(sample, k):
    f, x = of_argument(sample, k), sample.args[k]
    if not np.size(x) or sample.rule in ("prod", "cumprod"):
        return  # what these are composed of is checked at order 2 anyway
    v = np.random.default_rng(9).uniform(0.5, 1.5, np.shape(x))
    checked(lambda x: np.sum(v * td.hvp(f, x, v)), x)


@pytest.mark.parametrize(("sample", "k"), CASES)
def test_products_with_the_jacobian_agree_from_both_sides(sample, k):
    def f(x):
        args = [x if i == k else a for i, a in enumerate(sample.args)]
        return apply(RULES[sample.rule], *args, **sample.options)

    rng = np.random.default_rng(3)
    x = sample.args[k]
    v = rng.normal(size=np.shape(x))
    y, pullback = td.vjp(f, x)
    dy = rng.normal(size=np.shape(y))
    np.testing.assert_array_equal(y, f(x))
    y, along_v = td.jvp(f, x, v)
    np.testing.assert_allclose(np.sum(dy * along_v), np.sum(pullback(dy) * v), rtol=1e-12)


@pytest.mark.parametrize(("sample", "k"), CASES)
def test_float32_stays_float32(sample, k):
    args = [
        np.float32(a) if np.ndim(a) == 0 and isinstance(a, np.floating) else a
        for a in (
            a.astype(np.float32) if getattr(a, "dtype", None) == np.float64 else a
            for a in sample.args
        )
    ]

    def f(x):
        y = apply(RULES[sample.rule], *[x if i == k else a for i, a in enumerate(args)],
                  **sample.options)  # fmt: skip
        return np.sum(y)

    value, dx = td.value_and_grad(f)(args[k])
    expected = np.float32 if sample.rule != "astype" else np.longdouble
    assert value.dtype == expected
    assert dx.dtype == np.float32
    second = td.grad(lambda x: np.sum(td.grad(f)(x)))(args[k])
    assert second.dtype == np.float32


KINKS = {
    "absolute": (lambda x: np.abs(x), 0.0, 0.0),
    "maximum of two that are the same": (lambda x: np.maximum(x, 1.0), 1.0, 0.5),
    "minimum of two that are the same": (lambda x: np.minimum(1.0, x), 1.0, 0.5),
    "max of two that are the same": (lambda x: np.max(np.stack([x, 1.0 * x])), 1.0, 1.0),
    "x to the power 0 at 0": (lambda x: x**0, 0.0, 0.0),
    "x to the power 1 at 0": (lambda x: x**1, 0.0, 1.0),
    "0 to the power x": (lambda x: 0.0**x, 2.0, 0.0),
}


@pytest.mark.parametrize(("f", "x", "slope"), KINKS.values(), ids=KINKS)
def test_values_at_kinks(f, x, slope):
    assert td.grad(f)(x) == slope


def test_equal_entries_share_the_gradient_of_their_maximum():
    np.testing.assert_array_equal(td.grad(np.max)(np.array([2.0, 1.0, 2.0])), [0.5, 0, 0.5])
