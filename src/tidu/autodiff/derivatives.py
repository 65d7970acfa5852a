"""The derivatives that a tape gives: gradients, and products with Jacobians and Hessians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidu.arrays import Array, check_same_shape, described, promoted
from tidu.autodiff.array import TracedArray
from tidu.autodiff.tape import Tape, Traced
from tidu.autodiff.trees import leaves, rebuilt
from tidu.errors import InputError, ShapeError

Function = Callable[..., Any]
Tree = Any
"""An array, or a dict, list or tuple of arrays, in any nesting."""


def grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    r"""Return the function that gives the gradient of ``f``, by reverse-mode differentiation.

    :math:`∇f = (∂f/∂x_1, …, ∂f/∂x_n)`, exact up to rounding, for about the price of two to four
    evaluations of ``f``, however many entries x has. ``f`` is plain NumPy or array-API code; see
    `tidu.autodiff`. `tidu.gradient` gives the same from differences of ``f`` alone.

    Parameters
    ----------
    f
        A function that returns one number.
    argnums
        Which of its arguments the gradient is taken with respect to: one position, or several.

    Returns
    -------
    function
        It takes the arguments of ``f``, and returns the gradient in the shape and dtype of that
        argument (integers count as float64); a tuple of these for several. An argument may be a
        dict, list or tuple of arrays: then the gradient is one too. The gradient is itself
        ordinary code: ``grad(grad(f))`` is the second derivative.

    Raises
    ------
    TypeError
        If an argument holds something else than real numbers, or a traced array is made a plain
        number (``float(x)``, ``math.exp(x)``, ``np.array([x, y])``).
    InputError
        If ``f`` changes an array in place, or ``argnums`` does not fit.
    ShapeError
        If ``f`` does not return one number.
    MissingRuleError
        If an operation has no rule; the message names it, and what to use.

    Examples
    --------
    >>> grad(lambda x: x[0] ** 2 + x[1] ** 2)([3, 4])
    array([6., 8.])
    >>> grad(grad(np.sin))(0.5) + np.sin(0.5)
    np.float64(0.0)
    """
    both = value_and_grad(f, argnums)

    def gradient(*args: Any, **options: Any) -> Any:
        return both(*args, **options)[1]

    return gradient


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return the function that gives both f(x) and its gradient, for the price of `grad` alone.

    Parameters
    ----------
    f, argnums
        As for `grad`.

    Returns
    -------
    function
        It takes the arguments of ``f``, and returns the value and the gradient.

    Raises
    ------
    TypeError, InputError, ShapeError, MissingRuleError
        As for `grad`.

    Examples
    --------
    >>> value_and_grad(lambda W, x: np.sum((x @ W) ** 2))(np.eye(2), np.array([1.0, 2.0]))
    (np.float64(5.0), array([[2., 4.],
           [4., 8.]]))
    """
    check_function(f)
    positions = _checked_positions(argnums)

    def value_and_gradient(*args: Any, **options: Any) -> tuple[Any, Any]:
        for i in positions:
            if not -len(args) <= i < len(args):
                s = "" if len(args) == 1 else "s"
                raise InputError(
                    f"`argnums` is {argnums!r}, and the function got {len(args)} argument{s} by "
                    "position: they count from 0"
                )
        if len({range(len(args))[i] for i in positions}) < len(positions):
            raise InputError(f"`argnums` names an argument twice: {argnums!r}")

        def of_chosen(*chosen: Any) -> Any:
            given = list(args)
            for i, x in zip(positions, chosen, strict=True):
                given[i] = x
            return f(*given, **options)

        trace = _Trace(of_chosen, [args[i] for i in positions])
        value = trace.like_result(trace.y)
        if getattr(value, "shape", None) != ():
            raise not_one_number(value)
        dx = trace.pullback([np.ones_like(value)])
        return value, dx[0] if np.ndim(argnums) == 0 else dx

    return value_and_gradient


def vjp(f: Function, *x: Tree) -> tuple[Tree, Function]:
    r"""Return f(x), and the function dy ↦ dyᵀJ: the product of a vector with the Jacobian.

    :math:`dx_i = \sum_k dy_k\, ∂f_k/∂x_i`: what backpropagation hands from a function's output
    back to its input.

    Parameters
    ----------
    f
        A function of arrays that returns an array, or a dict, list or tuple of arrays.
    x
        Its arguments.

    Returns
    -------
    y, pullback
        The value, and a function that takes ``dy`` in the form of ``y`` and returns ``dx`` in the
        form of ``x``; a tuple, if there are several arguments.

    Raises
    ------
    TypeError, InputError, MissingRuleError
        As for `grad`.
    ShapeError
        If ``dy`` is not of the shape of ``y``.

    Examples
    --------
    >>> y, pullback = vjp(np.sin, [0.0, 1.0])
    >>> pullback(np.array([1.0, 0.0]))
    array([1., 0.])
    """
    check_function(f)
    if not x:
        raise InputError("`x` is missing: write vjp(f, x)")
    trace = _Trace(f, x)

    def pullback(dy: Tree) -> Tree:
        dx = trace.pullback(_matched("dy", dy, "y", trace.result, trace.y))
        return dx[0] if len(x) == 1 else dx

    return trace.like_result(trace.y), pullback


def jvp(f: Function, x: Tree, v: Tree) -> tuple[Tree, Tree]:
    r"""Return f(x) and Jv, how fast f changes as x moves along v.

    :math:`(Jv)_k = \sum_i ∂f_k/∂x_i\, v_i`. It needs no rules of its own: dy ↦ Jᵀdy is linear in
    dy, so the pullback of this pullback is v ↦ Jv.

    Parameters
    ----------
    f
        A function of one argument.
    x, v
        The argument and a direction, both an array, or both a container of arrays.

    Returns
    -------
    y, dy
        Both of the form that ``f`` returns.

    Raises
    ------
    TypeError, InputError, MissingRuleError
        As for `grad`.
    ShapeError
        If ``v`` is not of the shape of ``x``.

    Examples
    --------
    >>> jvp(lambda x: x**2, [1.0, 3.0], [1.0, 0.5])
    (array([1., 9.]), array([2., 3.]))
    """
    check_function(f)
    trace = _Trace(f, [x])
    direction = _matched("v", v, "x", x, trace.x)
    back = _Trace(trace.flat_pullback, [[np.zeros_like(y) for y in trace.y]])
    return trace.like_result(trace.y), trace.like_result(back.flat_pullback(direction))


def hvp(f: Function, x: Tree, v: Tree) -> Tree:
    r"""Return Hv, the product of the Hessian of ``f`` with a vector, without the Hessian.

    :math:`Hv = ∇(∇f · v)`: the gradient of the gradient along v, for a few evaluations of ``f``.

    Parameters
    ----------
    f
        A function of one argument that returns one number.
    x, v
        The argument and a direction, both an array, or both a container of arrays.

    Returns
    -------
    array
        In the form of ``x``.

    Raises
    ------
    TypeError, InputError, ShapeError, MissingRuleError
        As for `grad` and `jvp`.

    Examples
    --------
    >>> hvp(lambda x: x[0] ** 2 * x[1], [1.0, 3.0], [1.0, 0.0])
    array([6., 2.])
    """
    gradient = grad(f)
    direction = _matched("v", v, "x", x, [checked_input(part) for part in leaves(x)])

    def along_v(x: Tree) -> Array:
        parts = zip(leaves(gradient(x), x), direction, strict=True)
        return sum(np.sum(dx * v) for dx, v in parts)

    return grad(along_v)(x)


class _Trace:
    """One call of a function with traced arguments, and the way back through its tape.

    Attributes
    ----------
    x, y : list of arrays
        All arrays in the arguments and in the result, one after the other.
    result
        What the function returned, traced.
    """

    def __init__(self, f: Function, args: Sequence[Tree]) -> None:
        self.args = args
        self.x = [checked_input(x) for arg in args for x in leaves(arg)]
        self.tape = Tape(TracedArray)
        self.result = f(*self._like_args([self.tape.input(x) for x in self.x]))
        self._ends = [_checked_output(y) for y in leaves(self.result)]
        self.y = [end.value if self._is_mine(end) else end for end in self._ends]

    def flat_pullback(self, dy: Sequence[Array]) -> list[Array]:
        """Return the gradient with respect to each of ``x``, from that to each of ``y``."""
        total: dict[int, Array] = {}
        for end, part in zip(self._ends, dy, strict=True):
            if self._is_mine(end):
                for i, dx in self.tape.backward(end.index, part, len(self.x)).items():
                    total[i] = total[i] + dx if i in total else +dx  # a new array, never dy itself
        return [total[i] if i in total else np.zeros_like(x) for i, x in enumerate(self.x)]

    def pullback(self, dy: Sequence[Array]) -> tuple:
        """Return the gradient with respect to each argument."""
        return self._like_args(self.flat_pullback(dy))

    def like_result(self, arrays: Sequence[Array]) -> Tree:
        """Return arrays, one for each of ``y``, in the form of the result."""
        return rebuilt(self.result, iter(arrays).__next__)

    def _like_args(self, arrays: Sequence[Array]) -> tuple:
        following = iter(arrays).__next__
        return tuple(rebuilt(arg, following) for arg in self.args)

    def _is_mine(self, y: Any) -> bool:
        return isinstance(y, Traced) and y.tape is self.tape


def checked_input(x: Any, name: str = "x") -> Array:
    """Return an argument as an array of real floating-point numbers, or refuse it."""
    x = promoted(x, name)
    if x.dtype.kind != "f":
        raise TypeError(f"`{name}` must hold real numbers, got {described(x)}: split complex ones")
    return x if isinstance(x, Traced) else x[()]


def _checked_output(y: Any) -> Any:
    if isinstance(y, Traced):
        return y
    if y is None:
        raise TypeError("`f` returns None: does it lack a `return`?")
    return promoted(y, "f(x)")[()]


def _matched(name: str, given: Tree, other: str, form: Tree, arrays: list[Array]) -> list[Array]:
    """Return the arrays of a container of the given form, of the shapes and dtypes of others."""
    parts = []
    for a, b in zip(leaves(given, form, name), arrays, strict=True):
        a = checked_input(a, name)
        check_same_shape(name, a, other, b)
        parts.append(a if a.dtype == b.dtype else np.astype(a, b.dtype))
    return parts


def _checked_positions(argnums: Any) -> tuple[int, ...]:
    positions = (argnums,) if np.ndim(argnums) == 0 else tuple(argnums)
    for i in positions:
        if not isinstance(i, (int, np.integer)) or isinstance(i, bool):
            raise TypeError(
                f"`argnums` must be the position of an argument, or a tuple of these, "
                f"got {argnums!r}"
            )
    if not positions:
        raise InputError("`argnums` is empty: name at least one argument, counting from 0")
    return positions


def check_function(f: Any) -> None:
    """Refuse what is not a function."""
    if not callable(f):
        raise TypeError(
            f"`f` must be a function, got {described(f)}: write grad(f)(x), not grad(f(x))"
        )


def not_one_number(y: Any) -> ShapeError:
    """Return the error for a function whose result is not one number."""
    return ShapeError(
        f"`f` must return one number, got {described(y)}: take a sum or a mean, or use vjp, which "
        "takes the gradient with respect to each output along with x"
    )
