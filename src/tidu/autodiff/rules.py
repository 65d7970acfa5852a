"""The table of rules: each operation, and the gradient with respect to each of its arguments.

A pullback gets dy, the gradient with respect to the operation's value y, then y and the arguments,
and returns the gradient with respect to one argument. It is written as a textbook prints the
derivative; broadcasting is undone elsewhere, in `tidu.autodiff.tape.unbroadcast`. Where a function
has a kink, the value is that of one side or their mean: abs has 0 at 0, and entries that share a
maximum share its gradient.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.autodiff.tape import GradientRule, apply

LN2, LN10 = math.log(2), math.log(10)


def rule(name: str, forward: Callable[..., Any], *pullbacks: Any, **more: Any) -> GradientRule:
    """Return a rule whose pullbacks stand one after the other."""
    return GradientRule(name, forward, pullbacks, **more)


# -- what some rules need ----------------------------------------------------------------------


def expanded(dy: Array, x: Array, axis: Any, keepdims: bool) -> Array:
    """Give a reduced array back the axes that were reduced, with size 1."""
    if keepdims:
        return dy
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    removed = {a % x.ndim for a in axes}
    return np.reshape(dy, tuple(1 if i in removed else n for i, n in enumerate(x.shape)))


def _shared(dy: Array, y: Array, x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """dx of max and min: dy where x is y, in equal shares."""
    chosen = x == expanded(y, x, axis, keepdims)
    count = np.sum(chosen, axis=axis, keepdims=True)
    share = np.astype(chosen / count, x.dtype)
    return expanded(dy, x, axis, keepdims) * share


def _larger(dy: Array, a: Array, b: Array) -> Array:
    """dy where a > b, half of it where a = b, else 0."""
    return np.where(a > b, dy, np.where(a == b, 0.5 * dy, 0))


def _less_one(b: Any) -> Any:
    """b − 1, and 1 where b is 0: b·a^(b−1) is then 0 for a = 0 too."""
    return np.where(b == 0, 1, b - 1) if np.ndim(b) else (b - 1 if b != 0 else 1)


def _log_where_positive(a: Array) -> Array:
    """Log a, and 0 where a is 0, where a^b does not change with b > 0."""
    return np.log(np.where(a == 0, 1.0, a))


def swapped(x: Array) -> Array:
    """Swap the last two axes."""
    return np.swapaxes(x, -1, -2)


def _row(x: Array, like: Array) -> Array:
    """Return a vector that took the place of a row as a matrix."""
    return np.expand_dims(x, -2) if like.ndim == 1 else x


def _column(x: Array, like: Array) -> Array:
    return np.expand_dims(x, -1) if like.ndim == 1 else x


def _matmul_da(dy: Array, y: Array, a: Array, b: Array) -> Array:
    """dA = dY Bᵀ."""
    return _row(_column(dy, b), a) @ swapped(_column(b, b))


def _matmul_db(dy: Array, y: Array, a: Array, b: Array) -> Array:
    """dB = Aᵀ dY."""
    db = swapped(_row(a, a)) @ _row(_column(dy, b), a)
    return db[..., 0] if b.ndim == 1 else db


def along(axis: int, part: slice) -> tuple[slice, ...]:
    """Return the index of a part of an array along one axis, which counts from the front."""
    return (*(slice(None),) * axis, part)


def _backwards(x: Array, axis: int) -> Array:
    return x[along(axis, slice(None, None, -1))]


def _before(y: Array, axis: int) -> Array:
    """Return cumulative products y shifted by one: of all entries before this one."""
    first = np.ones_like(y[along(axis, slice(0, 1))])
    return np.concatenate([first, y[along(axis, slice(0, -1))]], axis=axis)


def _cumprod_dx(dy: Array, y: Array, x: Array, axis: int) -> Array:
    """dxᵢ = Πⱼ﹤ᵢ xⱼ · sᵢ, sᵢ = dyᵢ + xᵢ₊₁ sᵢ₊₁: no division, so zeros in x are nothing special."""
    if x.shape[axis] == 0:
        return dy
    s = [dy[along(axis, slice(-1, None))]]
    for i in range(x.shape[axis] - 1, 0, -1):
        here, after = slice(i - 1, i), slice(i, i + 1)
        s.append(dy[along(axis, here)] + x[along(axis, after)] * s[-1])
    return _before(y, axis) * np.concatenate(s[::-1], axis=axis)


def _prod_dx(dy: Array, y: Array, x: Array, axis: int, keepdims: bool = False) -> Array:
    """dxᵢ = dy · Πⱼ≠ᵢ xⱼ, the product of all before and of all after, without a division."""
    after = _backwards(_before(np.cumprod(_backwards(x, axis), axis=axis), axis), axis)
    return expanded(dy, x, axis, keepdims) * _before(np.cumprod(x, axis=axis), axis) * after


def _put(x: Array, index: Any, shape: tuple[int, ...]) -> Array:
    """Zeros of a shape, to which x is added at an index, as often as the index names a place."""
    out = np.zeros(shape, x.dtype)
    plain = index if isinstance(index, tuple) else (index,)
    if all(i is None or i is Ellipsis or isinstance(i, (slice, int)) for i in plain):
        out[index] = x
    else:
        np.add.at(out, index, x)
    return out


def _piece(k: int, dy: Array, y: Array, *xs: Array, axis: int) -> Array:
    start = sum(x.shape[axis] for x in xs[:k])
    return dy[along(axis, slice(start, start + xs[k].shape[axis]))]


# -- the table ---------------------------------------------------------------------------------

# fmt: off
ELEMENTWISE = (
    # arithmetic
    rule("add", operator.add,
         lambda dy, y, a, b: dy,
         lambda dy, y, a, b: dy, sign="+"),
    rule("subtract", operator.sub,
         lambda dy, y, a, b: dy,
         lambda dy, y, a, b: -dy, sign="−"),
    rule("multiply", operator.mul,
         lambda dy, y, a, b: dy * b,
         lambda dy, y, a, b: dy * a, sign="·"),
    rule("divide", operator.truediv,
         lambda dy, y, a, b: dy / b,
         lambda dy, y, a, b: -dy * y / b, sign="/"),
    rule("power", operator.pow,
         lambda dy, y, a, b: dy * b * a ** _less_one(b),
         lambda dy, y, a, b: dy * y * _log_where_positive(a), sign="^"),
    rule("remainder", operator.mod,
         lambda dy, y, a, b: dy,
         lambda dy, y, a, b: -dy * (a // b), sign="mod"),
    rule("negative", operator.neg,        lambda dy, y, x: -dy, sign="−"),
    rule("positive", operator.pos,        lambda dy, y, x: dy, sign="+"),
    rule("absolute", np.abs,              lambda dy, y, x: dy * np.sign(x)),
    rule("fabs", np.fabs,                 lambda dy, y, x: dy * np.sign(x)),
    rule("square", np.square,             lambda dy, y, x: dy * 2 * x),
    rule("sqrt", np.sqrt,                 lambda dy, y, x: dy / (2 * y)),
    rule("cbrt", np.cbrt,                 lambda dy, y, x: dy / (3 * y * y)),
    rule("reciprocal", np.reciprocal,     lambda dy, y, x: -dy * y * y),
    # powers and logarithms
    rule("exp", np.exp,                   lambda dy, y, x: dy * y),
    rule("exp2", np.exp2,                 lambda dy, y, x: dy * y * LN2),
    rule("expm1", np.expm1,               lambda dy, y, x: dy * np.exp(x)),
    rule("log", np.log,                   lambda dy, y, x: dy / x),
    rule("log2", np.log2,                 lambda dy, y, x: dy / (x * LN2)),
    rule("log10", np.log10,               lambda dy, y, x: dy / (x * LN10)),
    rule("log1p", np.log1p,               lambda dy, y, x: dy / (1 + x)),
    rule("logaddexp", np.logaddexp,
         lambda dy, y, a, b: dy * np.exp(a - y),
         lambda dy, y, a, b: dy * np.exp(b - y)),
    # angles
    rule("sin", np.sin,                   lambda dy, y, x: dy * np.cos(x)),
    rule("cos", np.cos,                   lambda dy, y, x: -dy * np.sin(x)),
    rule("tan", np.tan,                   lambda dy, y, x: dy * (1 + y * y)),
    rule("arcsin", np.arcsin,             lambda dy, y, x: dy / np.sqrt((1 - x) * (1 + x))),
    rule("arccos", np.arccos,             lambda dy, y, x: -dy / np.sqrt((1 - x) * (1 + x))),
    rule("arctan", np.arctan,             lambda dy, y, x: dy / (1 + x * x)),
    rule("sinh", np.sinh,                 lambda dy, y, x: dy * np.cosh(x)),
    rule("cosh", np.cosh,                 lambda dy, y, x: dy * np.sinh(x)),
    rule("tanh", np.tanh,                 lambda dy, y, x: dy * (1 - y * y)),
    rule("arcsinh", np.arcsinh,           lambda dy, y, x: dy / np.sqrt(x * x + 1)),
    rule("arccosh", np.arccosh,           lambda dy, y, x: dy / np.sqrt((x - 1) * (x + 1))),
    rule("arctanh", np.arctanh,           lambda dy, y, x: dy / ((1 - x) * (1 + x))),
    rule("arctan2", np.arctan2,
         lambda dy, y, a, b: dy * b / (a * a + b * b),
         lambda dy, y, a, b: -dy * a / (a * a + b * b)),
    rule("hypot", np.hypot,
         lambda dy, y, a, b: dy * a / y,
         lambda dy, y, a, b: dy * b / y),
    # choices
    rule("maximum", np.maximum,
         lambda dy, y, a, b: _larger(dy, a, b),
         lambda dy, y, a, b: _larger(dy, b, a)),
    rule("minimum", np.minimum,
         lambda dy, y, a, b: _larger(dy, b, a),
         lambda dy, y, a, b: _larger(dy, a, b)),
    # products of matrices
    rule("matmul", operator.matmul, _matmul_da, _matmul_db, sign="@"),
)
"""What NumPy calls a ufunc; each has NumPy's name."""

WHERE = rule("where", np.where,
    None,
    lambda dy, y, c, a, b: np.where(c, dy, 0),
    lambda dy, y, c, a, b: np.where(c, 0, dy))
SUM = rule("sum", np.sum,
    lambda dy, y, x, axis=None, keepdims=False:
        np.broadcast_to(expanded(dy, x, axis, keepdims), x.shape))
MAX = rule("max", np.max, _shared)
MIN = rule("min", np.min, _shared)
PROD = rule("prod", np.prod, _prod_dx)
CUMSUM = rule("cumsum", np.cumsum,
    lambda dy, y, x, axis: _backwards(np.cumsum(_backwards(dy, axis), axis=axis), axis))
CUMPROD = rule("cumprod", np.cumprod, _cumprod_dx)
RESHAPE = rule("reshape", lambda x, shape: np.reshape(x, shape),
    lambda dy, y, x, shape: np.reshape(dy, x.shape))
TRANSPOSE = rule("transpose", lambda x, axes: np.transpose(x, axes),
    lambda dy, y, x, axes: np.transpose(dy, tuple(int(i) for i in np.argsort(axes))))
BROADCAST = rule("broadcast_to", lambda x, shape: np.broadcast_to(x, shape),
    lambda dy, y, x, shape: dy)
ASTYPE = rule("astype", lambda x, dtype: np.astype(x, dtype),
    lambda dy, y, x, dtype: dy)
PUT = rule("put", _put,
    lambda dy, y, x, index, shape: dy[index])
GETITEM = rule("getitem", lambda x, index: x[index],
    lambda dy, y, x, index: apply(PUT, dy, index=index, shape=x.shape))
CONCATENATE = rule("concatenate", lambda *xs, axis: np.concatenate(xs, axis=axis), each=_piece)
# fmt: on

RULES: dict[str, GradientRule] = {
    r.name: r
    for r in (
        *ELEMENTWISE,
        *(WHERE, SUM, MAX, MIN, PROD, CUMSUM, CUMPROD, RESHAPE, TRANSPOSE, BROADCAST, ASTYPE),
        *(GETITEM, PUT, CONCATENATE),
    )
}
"""All rules by name; `tidu.autodiff.numpy_functions` is what other functions come to."""

UFUNCS: dict[Any, GradientRule] = {getattr(np, r.name): r for r in ELEMENTWISE}
