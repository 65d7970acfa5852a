"""grad, value_and_grad, vjp, jvp, hvp: closed forms, containers, dtypes, what they return."""

from collections import namedtuple

import numpy as np
import pytest

import tidu as td


def test_the_course_parabola():
    assert td.grad(lambda x: 0.01 * x**2 + 0.1 * x)(5.0) == pytest.approx(0.2, rel=1e-15)


def test_the_readme_graph_of_micrograd():
    def f(a, b):
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + td.functions.relu(b + a)
        d += 3 * d + td.functions.relu(b - a)
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        return g

    g, (da, db) = td.value_and_grad(f, (0, 1))(-4.0, 2.0)
    assert [round(float(number), 4) for number in (g, da, db)] == [24.7041, 138.8338, 645.5773]


def test_argnums_choose_the_arguments():
    f = lambda a, b, c: a * b**2 * c**3  # noqa: E731
    assert td.grad(f, 1)(2.0, 3.0, 1.0) == 12
    assert td.grad(f, -1)(2.0, 3.0, 1.0) == 54
    assert td.grad(f, (2, 0))(2.0, 3.0, 1.0) == (54, 9)
    assert td.grad(f, [0])(2.0, 3.0, 1.0) == (9,)


def test_other_arguments_are_passed_on():
    f = lambda x, factor, *, power: factor * x**power  # noqa: E731
    assert td.grad(f)(3.0, 2, power=2) == 12


Pair = namedtuple("Pair", "W b")


def test_containers_give_containers():
    def f(params):
        (first, second), rest = params["layers"], params["scale"]
        return np.sum(first.W @ first.b) * rest + np.sum(second[0] ** 2)

    W, b = np.array([[1.0, 2.0]]), np.array([3.0, 4.0])
    params = {"layers": [Pair(W, b), (np.ones(2),)], "scale": 2.0}
    found = td.grad(f)(params)
    first, second = found["layers"]
    assert isinstance(first, Pair)
    np.testing.assert_array_equal(first.W, [[6, 8]])
    np.testing.assert_array_equal(first.b, [2, 4])
    np.testing.assert_array_equal(second[0], [2, 2])
    assert found["scale"] == 11
    flat = td.hvp(f, params, found)
    np.testing.assert_allclose(flat["layers"][1][0], [4, 4])


def test_a_list_of_numbers_is_an_array():
    np.testing.assert_array_equal(td.grad(lambda x: x[0] * x[1])([2, 3]), [3.0, 2.0])
    np.testing.assert_array_equal(td.grad(np.sum)([[1, 2], [3, 4]]), np.ones((2, 2)))
    np.testing.assert_array_equal(td.grad(np.sum)([np.float64(1), 2.0]), np.ones(2))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floating_dtypes_are_kept(dtype):
    def f(x):
        y = np.exp(-x) * 2.0 / (1 + x**2) + np.mean(x) + np.maximum(x, 1.0) ** 0.5
        return np.sum(np.where(x > 0, y, 0.0))

    x = np.array([0.5, 2.0], dtype)
    value, dx = td.value_and_grad(f)(x)
    assert value.dtype == dx.dtype == dtype
    assert td.hvp(f, x, np.ones(2)).dtype == dtype


def test_a_float32_argument_among_float64_constants_gets_a_float32_gradient():
    dx = td.grad(lambda x: np.sum(np.ones(3) * x))(np.ones(3, np.float32))
    assert dx.dtype == np.float32


@pytest.mark.parametrize("x", [np.array([1, 2]), np.array([True, False]), [1, 2]])
def test_integers_count_as_float64(x):
    dx = td.grad(lambda x: np.sum(x * x))(x)
    assert dx.dtype == np.float64
    np.testing.assert_array_equal(dx, 2 * np.asarray(x, float))


def test_what_f_does_not_depend_on_has_gradient_zero():
    np.testing.assert_array_equal(td.grad(lambda x: 3.0)([1.0, 2.0]), [0, 0])
    assert td.grad(lambda x, y: y, (0, 1))(1.0, 2.0) == (0, 1)
    np.testing.assert_array_equal(td.jvp(lambda x: np.ones(2), [1.0], [1.0])[1], [0, 0])
    np.testing.assert_array_equal(td.hvp(np.sum, [1.0], [1.0]), [0])


def test_gradients_are_new_arrays():
    x = np.ones(3)
    dy = np.ones(3)
    _, pullback = td.vjp(lambda a, b: a + b, x, x)
    da, db = pullback(dy)
    assert not any(np.shares_memory(da, other) for other in (dy, db, x))
    assert td.grad(np.sum)(x).flags.writeable
    da += 1
    np.testing.assert_array_equal(dy, np.ones(3))


def test_arguments_are_not_changed():
    x, v = np.array([0.3, 0.7]), np.array([1.0, 2.0])
    x.setflags(write=False)
    v.setflags(write=False)
    f = lambda x: np.sum(np.sin(x) * np.cumprod(x))  # noqa: E731
    td.grad(f)(x), td.hvp(f, x, v), td.jvp(np.sin, x, v), td.vjp(np.sin, x)[1](v)


def test_a_pullback_can_be_used_many_times():
    y, pullback = td.vjp(lambda x: x**2, [1.0, 2.0])
    for dy in ([1.0, 0.0], [0.0, 1.0], [1.0, 1.0]):
        np.testing.assert_array_equal(pullback(dy), np.array(dy) * [2.0, 4.0])
    np.testing.assert_array_equal(y, [1, 4])


def test_functions_may_return_containers():
    f = lambda x: {"square": x**2, "sum": np.sum(x), "same": x, "constant": 1.0}  # noqa: E731
    y, pullback = td.vjp(f, [1.0, 2.0])
    assert y["sum"] == 3
    dy = {"square": [1.0, 1.0], "sum": 10.0, "same": [0.0, 100.0], "constant": 5.0}
    np.testing.assert_array_equal(pullback(dy), [12, 114])
    _, along = td.jvp(f, [1.0, 2.0], [1.0, 0.0])
    np.testing.assert_array_equal(along["square"], [2, 0])
    assert (along["sum"], along["constant"]) == (1, 0)


def test_the_identity():
    assert td.grad(lambda x: x)(3.0) == 1
    assert td.jvp(lambda x: x, [1.0], [5.0])[1] == [5]


def test_the_hessian_is_that_of_differences():
    f = lambda x: np.sum(np.exp(x[:-1]) * np.sin(x[1:])) + np.prod(x)  # noqa: E731
    x = np.array([0.3, -0.2, 0.8])
    H = np.stack([td.hvp(f, x, e) for e in np.eye(3)])
    np.testing.assert_allclose(H, H.T, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(H, td.hessian(f, x, method="complex-step"), rtol=1e-6, atol=1e-7)


def test_rosenbrock_from_its_parts():
    f = lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)  # noqa: E731
    np.testing.assert_allclose(td.grad(f)(np.ones(5)), np.zeros(5), atol=1e-12)
    dx = td.grad(f)(np.array([-1.2, 1.0]))
    np.testing.assert_allclose(dx, [-215.6, -88.0], rtol=1e-13)


def test_newton_s_method_by_two_derivatives():
    f = lambda x: x**4 / 4 - 2 * x  # noqa: E731
    x = 1.0
    for _ in range(20):
        x = x - td.grad(f)(x) / td.grad(td.grad(f))(x)
    assert x == pytest.approx(2 ** (1 / 3), rel=1e-15)
