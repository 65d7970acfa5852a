"""The five derivatives: which lines each needs, and the shape of its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidu.arrays import check_same_shape, described
from tidu.errors import InputError, ShapeError, check_number
from tidu.numeric.complex_step import complex_derivatives
from tidu.numeric.differences import Line, direction_line, entry_lines, step_vanishes
from tidu.numeric.estimation import Derivatives, first_derivatives
from tidu.numeric.evaluator import Evaluator, real_array
from tidu.numeric.methods import METHODS, Method, method_named
from tidu.numeric.results import result
from tidu.numeric.second import second_derivatives


def derivative(
    f: Callable[[Any], Any],
    x: float,
    *,
    method: str = "central",
    step: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Return the slope of a function of one number.

    The default is the central difference, :math:`f'(x) ≈ (f(x + h) - f(x - h)) / 2h`.

    Parameters
    ----------
    f
        A function that takes a number and returns one.
    x
        Where the slope is taken.
    method
        =================  ===========================================  =============  =========
        name               formula                                      error          calls of f
        =================  ===========================================  =============  =========
        ``forward``        (f(x+h) − f(x)) / h                          eps^(1/2)      3
        ``backward``       (f(x) − f(x−h)) / h                          eps^(1/2)      3
        ``central``        (f(x+h) − f(x−h)) / 2h                       eps^(2/3)      4
        ``five-point``     (−f(x+2h) + 8f(x+h) − 8f(x−h) + f(x−2h))     eps^(4/5)      6
                           / 12h
        ``richardson``     central ones at h, h/√5, h/5, ...,           near eps       7 to 17
                           extrapolated to h = 0 (a given h is halved)
        ``complex-step``   Im f(x + ih) / h; f must be analytic         eps            5
        =================  ===========================================  =============  =========

        The error is relative, in a case where f and its derivatives are of one size. One call is
        f(x) itself. Another, off the grid of the formula, measures the truncation error; where
        that or the rounding error is too large beside the slope, other steps are tried, each with
        as many calls of f (16 steps at most; 3 or 4 as a rule). The complex step spends three
        calls on a central difference, to notice where f is not analytic.
    step
        The step h. If None it is chosen to suit f at x: first from the dtype, the method and
        max(1, |x|), then, where values of f show that this is too long or too short, by a search.
        A number is used as it is, as a textbook's program does, with no call of f to check it.
    full_output
        Return an `Estimate`, with error, step, evaluations and status; this takes a call or two
        more of f.

    Returns
    -------
    float or Estimate
        The slope. A float32 ``x`` is differenced in float32 and gives a float32; integers count as
        float64.

    Raises
    ------
    NonFiniteError
        If x, or f at x or at one of the points beside it, is NaN or infinite.
    ShapeError, TypeError, InputError
        If ``f`` does not return one real number, or an argument cannot be used.

    Warns
    -----
    InaccurateDerivativeWarning
        If no step resolves f, as at a kink, a jump or an oscillation finer than floating-point
        numbers. With ``full_output`` the status says so instead.
    StepVanishedWarning
        If a given ``step`` is so small that x + h is x in floating point; the slope then reads 0.

    References
    ----------
    W. Press et al., *Numerical Recipes*, 3rd ed., 5.7 (steps, Ridders' error estimate);
    P. Gill, W. Murray, M. Saunders and M. Wright, "Computing forward-difference intervals for
    numerical optimization", SIAM J. Sci. Stat. Comput. 4 (1983); W. Squire and G. Trapp, "Using
    complex variables to estimate derivatives of real functions",
    SIAM Review 40 (1998).

    Examples
    --------
    >>> derivative(lambda x: 0.01 * x**2 + 0.1 * x, 5, step=1e-4)
    0.1999999999990898
    >>> derivative(np.exp, 0.0, method="complex-step")
    1.0
    >>> derivative(np.log, 1e-5, full_output=True).status
    <Status.CONVERGED: 0>
    """
    formula, step = _checked(method, step, full_output)
    point = real_array(x)
    if point.ndim:
        raise ShapeError(
            f"`x` must be one number, got {described(point)}; "
            "for an array use gradient(f, x), which gives a slope for each entry"
        )
    evaluator = Evaluator(f, point, scalar_x=True)
    lines = entry_lines(evaluator, formula, step)
    found = _along(evaluator, formula, lines, step, full_output)
    return result(evaluator, *found, step, None, full_output)


def gradient(
    f: Callable[[np.ndarray], Any],
    x: Any,
    *,
    method: str = "central",
    step: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Return the gradient of a function of an array: one slope for each entry of ``x``.

    :math:`(∇f)_i = ∂f/∂x_i`, each entry moved by itself while the others stay.

    Parameters
    ----------
    f
        A function that takes an array like ``x`` and returns one number.
    x
        Array of any shape, () and empty ones included, or a list. It is never changed, not even
        by an ``f`` that changes its argument.
    method, step, full_output
        As for `derivative`. With n entries, ``central`` calls ``f`` 1 + 3n times where the first
        step suits each of them, and 1 + 2n times with a given ``step``.

    Returns
    -------
    ndarray or Estimate
        The slopes, in the shape and dtype of ``x`` (integers and lists count as float64).

    Raises
    ------
    NonFiniteError, ShapeError, TypeError, InputError
        As for `derivative`; the message names the entry.

    Warns
    -----
    StepVanishedWarning
        Once, with all entries at which a given ``step`` vanishes beside x (also as ``.entries``).

    Examples
    --------
    >>> gradient(lambda x: x[0] ** 2 + x[1] ** 2, [3, 4], step=1e-4)
    array([6., 8.])
    >>> gradient(np.sum, np.ones((2, 3)), method="complex-step").shape
    (2, 3)
    """
    formula, step = _checked(method, step, full_output)
    evaluator = Evaluator(f, real_array(x))
    lines = entry_lines(evaluator, formula, step)
    found = _along(evaluator, formula, lines, step, full_output)
    return result(evaluator, *found, step, evaluator.x.shape, full_output)


def jacobian(
    f: Callable[[np.ndarray], Any],
    x: Any,
    *,
    method: str = "central",
    step: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Return all first derivatives of a function from arrays to arrays.

    :math:`J_{k i} = ∂f_k/∂x_i`.

    Parameters
    ----------
    f
        A function that takes an array like ``x`` and returns an array, of the same shape wherever
        it is asked.
    x, method, step, full_output
        As for `gradient`.

    Returns
    -------
    ndarray or Estimate
        Shape ``f(x).shape + x.shape``, dtype of ``x``.

    Raises
    ------
    NonFiniteError, ShapeError, TypeError, InputError
        As for `gradient`.

    Examples
    --------
    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0] + x[1]]), [2, 5], method="complex-step")
    array([[5., 2.],
           [1., 1.]])
    """
    formula, step = _checked(method, step, full_output)
    evaluator = Evaluator(f, real_array(x), scalar_f=False)
    lines = entry_lines(evaluator, formula, step)
    found = _along(evaluator, formula, lines, step, full_output)
    return result(evaluator, *found, step, evaluator.x.shape, full_output)


def directional_derivative(
    f: Callable[[np.ndarray], Any],
    x: Any,
    v: Any,
    *,
    method: str = "central",
    step: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Return the slope of a function of an array along a direction.

    :math:`D_v f = ∇f · v = d/dt\, f(x + t v)` at t = 0, from four or so values of ``f``, however
    many entries ``x`` has.

    Parameters
    ----------
    f, x
        As for `gradient`.
    v
        The direction, an array of the shape of ``x``. Its length counts: 2v has twice the slope.
    method, step, full_output
        As for `derivative`; ``step`` is that of t. The one chosen suits the entries that move.

    Returns
    -------
    float or Estimate
        The slope.

    Raises
    ------
    InputError
        If ``v`` is all zeros.
    NonFiniteError, ShapeError, TypeError
        As for `gradient`.

    Examples
    --------
    >>> round(directional_derivative(lambda x: x[0] * x[1], [2.0, 5.0], [1.0, 1.0]), 9)
    7.0
    """
    formula, step = _checked(method, step, full_output)
    x = real_array(x)
    v = real_array(v, "v").astype(x.dtype)
    check_same_shape("v", v, "x", x, "a direction has an entry for each of x")
    if not v.any():
        raise InputError("`v` is all zeros; a direction must point somewhere")
    evaluator = Evaluator(f, x)
    lines = [direction_line(evaluator, v, formula, step)]
    found = _along(evaluator, formula, lines, step, full_output)
    return result(evaluator, *found, step, None, full_output)


def hessian(
    f: Callable[[np.ndarray], Any],
    x: Any,
    *,
    method: str = "central",
    step: float | None = None,
    full_output: bool = False,
) -> Any:
    r"""Return all second derivatives of a function of an array; symmetric, to the bit.

    :math:`H_{ij} = ∂²f/∂x_i∂x_j`: the formula of the method along entry i, of that along entry j.
    The complex step, which cannot be taken twice, is taken along j and a central one along i.

    Parameters
    ----------
    f, x, method, step, full_output
        As for `gradient`. With n entries, ``central`` calls ``f`` 1 + 3n + 2n(n+1) times: the
        first derivatives show where steps must be shorter. The default step is larger than for a
        gradient, since rounding is divided by it twice; the best relative error of ``central`` is
        near eps^(1/2). A given ``step`` is that of the real
        differences.

    Returns
    -------
    ndarray or Estimate
        Shape ``x.shape + x.shape``, dtype of ``x``.

    Raises
    ------
    NonFiniteError, ShapeError, TypeError, InputError
        As for `gradient`.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1], [1.0, 3.0], method="complex-step").round(6)
    array([[6., 2.],
           [2., 0.]])
    """
    formula, step = _checked(method, step, full_output)
    evaluator = Evaluator(f, real_array(x))
    outer = METHODS["central"] if formula.is_complex else formula
    vanished = np.zeros(evaluator.x.shape, bool)
    if step is not None:
        vanished = step_vanishes(evaluator.x, outer, entry_lines(evaluator, outer, step))
    found = second_derivatives(evaluator, formula, step, full=full_output)
    return result(evaluator, found, vanished, step, evaluator.x.shape * 2, full_output)


def _checked(method: str, step: float | None, full: bool) -> tuple[Method, float | None]:
    formula = method_named(method)
    if not isinstance(full, bool):
        raise TypeError(f"`full_output` must be True or False, got {full!r}")
    return formula, None if step is None else check_number("step", step, above=0)


def _along(
    evaluator: Evaluator, method: Method, lines: list[Line], step: float | None, full: bool
) -> tuple[Derivatives, np.ndarray]:
    """Return the first derivatives, and the mask of the entries of x at which the step vanishes."""
    vanished = np.zeros(evaluator.x.shape, bool)
    if step is not None:
        vanished = step_vanishes(evaluator.x, method, lines)
    if method.is_complex:
        return complex_derivatives(evaluator, lines, fixed=step is not None, full=full), vanished
    return first_derivatives(evaluator, method, lines, fixed=step is not None, full=full), vanished
