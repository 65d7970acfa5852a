"""The five derivatives: which lines each needs, and the shape of its result."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.arrays import check_same_shape, described
from tidu.errors import InputError, ShapeError, StepVanishedWarning, check_number
from tidu.numeric.differences import Line, direction_line, entry_lines, vanished
from tidu.numeric.estimation import first_derivatives, second_derivatives
from tidu.numeric.evaluator import Evaluator, entry_name, real_array
from tidu.numeric.methods import METHODS, Method, method_named


@dataclass(frozen=True, eq=False)
class Estimate:
    """A derivative and what is known about it.

    Attributes
    ----------
    value
        The derivative.
    error
        How far it may be off: the truncation of the formula plus the rounding of ``f``. It takes
        ``f`` to round like ``f(x·(1 + eps))``; one that cancels large numbers inside rounds worse.
    step
        The step it rests on (Richardson: the smallest that it used).
    evaluations
        How often ``f`` was called.
    """

    value: Any
    error: Any
    step: Any
    evaluations: int

    def __repr__(self) -> str:
        with np.printoptions(precision=2):
            error, step = (
                f"{x:.2g}" if np.ndim(x) == 0 else repr(x) for x in (self.error, self.step)
            )
        return (
            f"Estimate(value={self.value!r}, error={error}, step={step}, "
            f"evaluations={self.evaluations})"
        )


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
        ``forward``        (f(x+h) − f(x)) / h                          eps^(1/2)      2
        ``backward``       (f(x) − f(x−h)) / h                          eps^(1/2)      2
        ``central``        (f(x+h) − f(x−h)) / 2h                       eps^(2/3)      3
        ``five-point``     (−f(x+2h) + 8f(x+h) − 8f(x−h) + f(x−2h))     eps^(4/5)      5
                           / 12h
        ``richardson``     central ones at h, h/2, h/4, ...,            near eps       17
                           extrapolated to h = 0
        ``complex-step``   Im f(x + ih) / h; f must be analytic         eps            6
        =================  ===========================================  =============  =========

        The error is relative, in a case where f and its derivatives are of one size. One call is
        f(x) itself, which shows what f gives; the complex step spends four on a central
        difference, to notice where f is not analytic.
    step
        The step h. If None it is chosen from the dtype, the method and |x|, and rounded so that
        x + h holds it exactly. A number is used as it is, as a textbook's program does.
    full_output
        Return an `Estimate`, with error, step and evaluations; this takes a few more calls of f.

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
    StepVanishedWarning
        If a given ``step`` is so small that x + h is x in floating point; the slope then reads 0.

    References
    ----------
    W. Press et al., *Numerical Recipes*, 3rd ed., 5.7 (steps, Ridders' error estimate);
    W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Review 40 (1998).

    Examples
    --------
    >>> derivative(lambda x: 0.01 * x**2 + 0.1 * x, 5, step=1e-4)
    0.1999999999990898
    >>> derivative(np.exp, 0.0, method="complex-step")
    1.0
    """
    formula, step = _checked(method, step, full_output)
    point = real_array(x)
    if point.ndim:
        raise ShapeError(
            f"`x` must be one number, got {described(point)}; "
            "for an array use gradient(f, x), which gives a slope for each entry"
        )
    evaluator = Evaluator(f, point, scalar_x=True)
    return _first_derivatives(
        evaluator, formula, entry_lines(evaluator, formula, step), full_output
    )


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
        As for `derivative`. With n entries, ``central`` calls ``f`` 1 + 2n times.

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
    return _first_derivatives(
        evaluator, formula, entry_lines(evaluator, formula, step), full_output
    )


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
    return _first_derivatives(
        evaluator, formula, entry_lines(evaluator, formula, step), full_output
    )


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

    :math:`D_v f = ∇f · v = d/dt\, f(x + t v)` at t = 0, from two or so values of ``f``, however
    many entries ``x`` has.

    Parameters
    ----------
    f, x
        As for `gradient`.
    v
        The direction, an array of the shape of ``x``. Its length counts: 2v has twice the slope.
    method, step, full_output
        As for `derivative`; ``step`` is that of t.

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
    return _first_derivatives(
        evaluator, formula, [direction_line(evaluator, v, formula, step)], full_output
    )


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
        As for `gradient`. With n entries, ``central`` calls ``f`` 1 + 2n(n+1) times. The default
        step is larger than for a gradient, since rounding is divided by it twice; the best
        relative error of ``central`` is near eps^(1/2). A given ``step`` is that of the real
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
    if formula.is_complex:
        outer, inner = (
            entry_lines(evaluator, METHODS["central"], step),
            entry_lines(evaluator, formula),
        )
        pair = METHODS["central"], formula
    else:
        outer = inner = entry_lines(evaluator, formula, step, times=2)
        pair = formula, formula
    _warn_if_vanished(evaluator.x, pair[0], outer)
    value, error, steps = second_derivatives(evaluator, *pair, outer, inner, full_output)
    return _shaped(evaluator, value, error, steps, evaluator.x.shape * 2, full_output)


def _checked(method: str, step: float | None, full: bool) -> tuple[Method, float | None]:
    formula = method_named(method)
    if not isinstance(full, bool):
        raise TypeError(f"`full_output` must be True or False, got {full!r}")
    return formula, None if step is None else check_number("step", step, above=0)


def _first_derivatives(evaluator: Evaluator, method: Method, lines: list[Line], full: bool) -> Any:
    _warn_if_vanished(evaluator.x, method, lines)
    value, error, steps = first_derivatives(evaluator, method, lines, full)
    along_v = bool(lines) and not isinstance(lines[0].along, int)
    shape = () if along_v else evaluator.x.shape
    return _shaped(
        evaluator, value, error, steps, shape, full, number=along_v or evaluator.scalar_x
    )


def _shaped(
    evaluator: Evaluator,
    value: np.ndarray,
    error: np.ndarray,
    steps: np.ndarray,
    shape: tuple[int, ...],
    full: bool,
    number: bool = False,
) -> Any:
    """Bring arrays whose last axis is the lines into the shape of the answer, or to a number."""

    def brought(array: np.ndarray) -> Any:
        array = array.reshape(array.shape[:-1] + shape).astype(evaluator.x.dtype)
        if not number:
            return array
        return array.item() if array.dtype == np.float64 else array[()]

    if not full:
        return brought(value)
    return Estimate(brought(value), brought(error), brought(steps), evaluator.evaluations)


def _warn_if_vanished(x: np.ndarray, method: Method, lines: list[Line]) -> None:
    entries = [tuple(int(i) for i in entry) for entry in np.argwhere(vanished(x, method, lines))]
    if not entries:
        return
    first = entries[0]
    more = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
    warnings.warn(
        StepVanishedWarning(
            f"the step {lines[0].h:g} vanishes beside x = {x[first]:g} "
            f"({entry_name(first)}{more}): x + h is x in floating point, so the slope reads 0 "
            "whatever f is; leave `step` out to have one chosen for each entry",
            entries=entries,
        ),
        stacklevel=4,
    )
