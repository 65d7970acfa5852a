"""Derivatives against closed forms, and what a user sees of them."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.numeric.functions import CASES, TAME
from tidu.errors import NonFiniteError, StepVanishedWarning
from tidu.numeric import (
    Estimate,
    derivative,
    directional_derivative,
    gradient,
    hessian,
    jacobian,
)
from tidu.numeric.methods import METHODS

# What each method may be off, relative, where f and its derivatives are of one size. The factor
# 10 is for the constants of the formulas; forward and backward reach the square root of eps.
REACH = {
    "forward": lambda eps: 10 * eps ** (1 / 2),
    "backward": lambda eps: 10 * eps ** (1 / 2),
    "central": lambda eps: 10 * eps ** (2 / 3),
    "five-point": lambda eps: 10 * eps ** (4 / 5),
    "richardson": lambda eps: 10 * eps ** (6 / 7),
    "complex-step": lambda eps: 4 * eps,
}
CALLS = {  # of a derivative of sin: (without a word, with full_output, with a given step)
    "forward": (3, 3, 2),
    "backward": (3, 3, 2),
    "central": (4, 5, 3),
    "five-point": (6, 7, 5),
    "richardson": (11, 11, 17),
    "complex-step": (5, 7, 6),
}
every_method = pytest.mark.parametrize("method", METHODS)


def named(cases):
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


def test_the_table_is_long_enough():
    assert len(CASES) >= 30
    assert set(REACH) == set(CALLS) == set(METHODS)


@every_method
@named(TAME)
def test_error_where_f_is_tame(case, method):
    found = derivative(case.f, case.x, method=method)
    assert abs(found - case.slope) <= REACH[method](2.0**-52) * abs(case.slope)


@every_method
@named(TAME)
def test_error_where_f_is_tame_in_float32(case, method):
    # The closed form holds at the x that float32 can hold, and its own rounding counts once more.
    found = derivative(case.f, np.float32(case.x), method=method)
    assert type(found) is np.float32
    allowed = REACH[method](2.0**-23) + 4 * 2.0**-23
    assert abs(found - case.slope) <= allowed * abs(case.slope)


@every_method
@named(CASES)
def test_the_error_estimate_covers_the_error(case, method):
    for x in (case.x, np.float32(case.x)):
        if type(x) is np.float32 and not case.tame:
            continue  # at a hard point the rounding of x to float32 moves the slope
        found = derivative(case.f, x, method=method, full_output=True)
        closed_form_rounding = 2 * float(np.finfo(np.asarray(x).dtype).eps) * abs(case.slope)
        assert abs(found.value - case.slope) <= found.error + closed_form_rounding
        assert found.error > 0 or found.value == case.slope


@named(TAME)
def test_the_error_estimate_is_not_idle(case):
    # an estimate that covers everything would be no estimate
    found = derivative(case.f, case.x, full_output=True)
    assert found.error <= 20 * REACH["central"](2.0**-52) * abs(case.slope)


@pytest.mark.parametrize(("x", "name"), [(1.5, "tan"), (30.0, "exp"), (1.5, "quotient")])
def test_richardson_at_the_hard_points(x, name):
    f = {"tan": np.tan, "exp": np.exp}.get(
        name, lambda x: np.exp(x) / (np.sin(x) ** 3 + np.cos(x) ** 3)
    )
    exact = next(c.slope for c in CASES if c.x == x and not c.tame and c.f(x) == f(x))
    found = derivative(f, x, method="richardson", full_output=True)
    assert abs(found.value - exact) <= found.error <= 1e-10 * abs(exact)


@every_method
def test_how_often_f_is_called(method):
    plain, full, fixed = CALLS[method]
    calls = []
    derivative(lambda x: calls.append(x) or np.sin(x), 0.5, method=method)
    assert len(calls) == plain
    calls.clear()
    derivative(lambda x: calls.append(x) or np.sin(x), 0.5, method=method, step=1e-3)
    assert len(calls) == fixed
    found = derivative(np.sin, 0.5, method=method, full_output=True)
    assert found.evaluations == full


def test_how_often_f_is_called_for_many_entries():
    n = 4
    x = np.linspace(0.1, 0.9, n)
    calls = []

    def f(x):
        calls.append(1)
        return np.sum(x**3)

    gradient(f, x)
    assert len(calls) == 1 + 3 * n
    calls.clear()
    gradient(f, x, step=1e-4)
    assert len(calls) == 1 + 2 * n
    calls.clear()
    hessian(f, x)
    assert len(calls) == 1 + 3 * n + 2 * n * (n + 1)
    calls.clear()
    hessian(f, x, step=1e-4)
    assert len(calls) == 1 + 2 * n * (n + 1)
    calls.clear()
    directional_derivative(f, x, x)
    assert len(calls) == 4


def test_fact_03_partial_derivative():
    assert derivative(lambda x0: x0**2 + 4.0**2, 3.0, step=1e-4) == 6.00000000000378


def test_fact_04_gradient():
    found = gradient(lambda x: x[0] ** 2 + x[1] ** 2, np.array([3.0, 4.0]), step=1e-4)
    assert str(found) == "[6. 8.]"


def test_fact_16_step_size():
    f = lambda x: 0.01 * x**2 + 0.1 * x  # noqa: E731
    with pytest.warns(StepVanishedWarning, match="vanishes beside x = 5"):
        assert derivative(f, 5, method="forward", step=1e-50) == 0
    assert derivative(f, 5, step=1e-4) == 0.1999999999990898
    assert derivative(f, 10, step=1e-4) == 0.2999999999986347
    assert abs(derivative(f, 5, step=1e-4) - 0.2) < 1e-10


@every_method
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0,), (2, 0), (2, 1, 2)])
def test_gradient_of_any_shape(shape, method):
    x = np.random.default_rng(1).uniform(0.5, 1.5, shape)
    found = gradient(lambda x: np.sum(np.sin(x) * x), x, method=method)
    assert found.shape == shape
    np.testing.assert_allclose(found, np.sin(x) + x * np.cos(x), rtol=10 * REACH[method](2.0**-52))


@every_method
def test_jacobian_and_hessian_against_closed_forms(method):
    x = np.array([[0.5, 0.3, 0.9]])
    J = jacobian(lambda x: np.outer(x, x), x, method=method)
    d = np.eye(3)
    exact = np.einsum("ik,j->ijk", d, x[0]) + np.einsum("jk,i->ijk", d, x[0])
    assert J.shape == (3, 3, 1, 3)
    np.testing.assert_allclose(J[:, :, 0], exact, atol=5 * REACH[method](2.0**-52))

    a, b, c = x[0]
    E = np.exp(a * b)
    exact = [
        [b * b * E, E + a * b * E, np.cos(c)],
        [E + a * b * E, a * a * E, 0],
        [np.cos(c), 0, -a * np.sin(c)],
    ]
    f = lambda x: np.exp(x[0, 0] * x[0, 1]) + np.sin(x[0, 2]) * x[0, 0]  # noqa: E731
    H = hessian(f, x, method=method, full_output=True)
    assert H.value.shape == H.error.shape == (1, 3, 1, 3)
    assert np.array_equal(H.value[0, :, 0], H.value[0, :, 0].T)
    assert (np.abs(H.value[0, :, 0] - exact) <= H.error[0, :, 0]).all()
    # at best eps^(1/3) one-sided and eps^(1/2) central; the rest is how generous an estimate may be
    assert H.error.max() < {"forward": 1e-3, "backward": 1e-3}.get(method, 1e-6)


@given(
    x=hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-3, 3)),
    seed=st.integers(0, 99),
)
def test_a_direction_gathers_the_gradient(x, seed):
    v = np.random.default_rng(seed).normal(size=x.shape)
    f = lambda x: np.sum(np.sin(x)) * np.sum(np.cos(x))  # noqa: E731
    along = directional_derivative(f, x, v, full_output=True)
    g = gradient(f, x, full_output=True)
    assert abs(along.value - np.sum(g.value * v)) <= along.error + np.sum(g.error * np.abs(v))


@given(
    scale=st.floats(1e-6, 1e6),
    x=st.floats(-1e6, 1e6),
    method=st.sampled_from(sorted(METHODS)),
)
def test_the_estimate_covers_the_error_at_any_scale(scale, x, method):
    s = max(1.0, abs(x))  # f varies over a length of the size of the step's scale
    found = derivative(lambda x: scale * np.tanh(x / s), x, method=method, full_output=True)
    exact = scale / s * (1 - np.tanh(x / s) ** 2)
    # near a flat end a difference of values of size `scale` rounds at eps · scale, found.error
    # knows; the closed form above rounds like eps · scale / s
    assert abs(found.value - exact) <= found.error + 4e-16 * scale / s


def test_dtypes():
    f = lambda x: np.sum(x * x)  # noqa: E731
    assert gradient(f, [3, 4]).dtype == np.float64
    np.testing.assert_allclose(gradient(f, [3, 4]), [6, 8], rtol=1e-9)
    assert gradient(f, np.array([3, 4], np.int8)).dtype == np.float64
    seen = set()
    found = gradient(lambda x: seen.add(x.dtype) or f(x), np.float32([3, 4]))
    assert found.dtype == np.float32
    assert seen == {np.dtype("float32")}
    assert isinstance(derivative(f, 2), float)
    assert type(derivative(f, 2)) is float


def test_a_function_coarser_than_x_gets_a_step_that_suits_it():
    coarse = lambda x: np.float32(np.sin(x))  # noqa: E731
    assert abs(derivative(coarse, 1.0) - math.cos(1.0)) < REACH["central"](2.0**-23)


@every_method
def test_x_is_safe_from_a_function_that_changes_it(method):
    def f(x):
        x *= 2
        return np.sum(x**2)

    x = np.array([1.0, 2.0])
    kept = x.copy()
    np.testing.assert_allclose(gradient(f, x, method=method), 8 * x, rtol=1e-6)
    assert np.array_equal(x, kept)


def test_what_f_may_return():
    for wrap in (float, np.array, lambda y: np.array([y]), lambda y: [[y]], np.float64):
        assert derivative(lambda x, wrap=wrap: wrap(x * x), 3.0) == pytest.approx(6.0, rel=1e-9)
    assert derivative(lambda x: 7, 3.0) == 0
    assert derivative(math.sin, 0.0) == pytest.approx(1.0, rel=1e-9)


def test_a_given_step_is_used_literally():
    h, f = 1e-4, np.exp
    assert derivative(f, 0.7, step=h) == (f(0.7 + h) - f(0.7 - h)) / (2 * h)
    assert derivative(f, 0.7, step=h, method="forward") == (f(0.7 + h) - f(0.7)) / h
    assert derivative(f, 0.7, step=h, full_output=True).step == h


def test_the_chosen_step_is_held_exactly():
    rng = np.random.default_rng(2)
    for x in rng.normal(size=50) * 10.0 ** rng.integers(-3, 12, 50):
        seen = []
        found = derivative(lambda x, seen=seen: seen.append(x) or x, x, full_output=True)
        assert seen[1] - seen[2] == 2 * found.step


@every_method
def test_one_warning_names_all_entries_where_the_step_vanishes(method):
    x = np.array([[1.5, 1e13], [-1e15, 2.0]])
    f = lambda x: np.sum(np.log(x * x))  # noqa: E731
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = gradient(f, x, step=1e-4, method=method)
    if method == "complex-step":  # it adds nothing to x, so nothing can vanish
        assert not caught
        np.testing.assert_allclose(found, 2 / x)
        return
    (warning,) = caught
    assert warning.message.entries == [(0, 1), (1, 0)]
    assert warning.filename == __file__
    assert found[0, 1] == found[1, 0] == 0
    assert found[0, 0] != 0


def test_a_direction_in_which_the_step_vanishes():
    with pytest.warns(StepVanishedWarning) as caught:
        directional_derivative(np.sum, [1.0, 1e15], [1.0, 1.0], step=1e-4)
    assert caught[0].message.entries == [(1,)]


@pytest.mark.parametrize(
    "f",
    [
        np.abs,
        lambda x: np.linalg.norm(x),
        lambda x: x.real**2,
        lambda x: x * x.conjugate(),
        math.sin,
    ],
)
def test_the_complex_step_refuses_what_is_not_analytic(f):
    with pytest.raises(ValueError, match=r"not analytic|complex numbers"):
        derivative(f, 1.3, method="complex-step")


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [(np.sqrt, 1e-8, 5e3), (lambda x: 1 / x, 1e-6, -1e12), (np.log, 1e-5, 1e5)],
)
def test_the_complex_step_works_beside_the_end_of_the_domain(f, x, slope):
    assert derivative(f, x, method="complex-step") == pytest.approx(slope, rel=1e-15)


def test_richardson_passes_over_steps_that_leave_the_domain():
    found = derivative(np.log, 0.003, method="richardson", full_output=True)
    assert abs(found.value - 1 / 0.003) <= found.error < 1e-6


@every_method
def test_what_is_not_finite_is_named(method):
    with pytest.raises(NonFiniteError, match="`f` is nan at x itself"):
        gradient(lambda x: np.sum(np.log(x)), [-1.0], method=method)
    if method not in ("forward", "complex-step"):
        with pytest.raises(NonFiniteError, match=r"near x, with entry \[1\] moved from 0 to -"):
            gradient(lambda x: np.sum(np.sqrt(x)), [1.0, 0.0], method=method)


def test_an_estimate_prints_itself():
    found = derivative(lambda x: x**2, 3.0, full_output=True)
    assert isinstance(found, Estimate)
    assert repr(found).startswith("Estimate(value=6.0, error=")
    assert "evaluations=5, status=CONVERGED)" in repr(found)
    found = gradient(lambda x: np.sum(x), np.zeros(2), full_output=True)
    assert "error=array([" in repr(found)
