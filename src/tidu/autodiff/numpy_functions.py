"""What NumPy's functions come to when an argument is traced: rules, and compositions of them.

`UNTRACED` are functions that are constant between jumps, or that ask about shapes and not values:
they act on the values, and nothing flows back through them. `PERMUTATIONS`, `RESHAPES` and `MOVES`
only place entries elsewhere, which each of them shows on an array of its own. `FUNCTIONS` are those
with a rule, or composed of others. For all that is in none of them, `INSTEAD` says what to use.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.autodiff import rules
from tidu.autodiff.tape import GradientRule, apply, untraced
from tidu.errors import InputError, MissingRuleError, clause

UNTRACED: set[Any] = {
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal),
    *(np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.signbit, np.sign),
    *(np.isnan, np.isinf, np.isfinite, np.floor, np.ceil, np.trunc, np.rint, np.round),
    *(np.floor_divide, np.heaviside, np.argmax, np.argmin, np.argsort, np.any, np.all),
    *(np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.full_like, np.empty_like),
    *(np.count_nonzero, np.nonzero, np.argwhere, np.isclose, np.allclose, np.array_equal),
    *(np.searchsorted, np.digitize, np.result_type, np.can_cast, np.isrealobj, np.iscomplexobj),
    *(np.array_repr, np.array_str, np.array2string),
}
PERMUTATIONS: set[Any] = {np.transpose, np.swapaxes, np.moveaxis, np.rollaxis, np.matrix_transpose}
RESHAPES: set[Any] = {np.squeeze, np.expand_dims, np.atleast_1d, np.atleast_2d, np.atleast_3d}
MOVES: set[Any] = {
    *(np.flip, np.fliplr, np.flipud, np.roll, np.rot90, np.tile, np.repeat, np.resize),
    *(np.take, np.take_along_axis, np.diagonal),
    *(np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit),
}
INSTEAD: dict[str, str] = {
    "add.at": "use indexing and sums",
    "copyto": "use np.where",
    "einsum": "use @, np.tensordot, or a product and np.sum",
    "erf": "use tidu.functions.gelu, which has it in its tanh form",
    "expit": "use tidu.functions.sigmoid",
    "logsumexp": "use m + np.log(np.sum(np.exp(x - m))) with m = np.max(x)",
    "median": "sort with np.sort and take the entry in the middle",
    "nansum": "use np.sum(np.where(np.isnan(x), 0, x))",
    "nan_to_num": "use np.where(np.isnan(x), 0, x)",
    "percentile": "sort with np.sort and take an entry",
    "put": "use np.where or np.concatenate",
    "quantile": "sort with np.sort and take an entry",
}


def call(function: Callable[..., Any], args: tuple, options: dict[str, Any]) -> Any:
    """Carry out a function of NumPy on arguments of which at least one is traced."""
    if function in UNTRACED:
        given = {key: untraced(value) for key, value in options.items()}
        return function(*untraced(args), **given)
    if options.get("out") is not None:
        raise InputError(in_place(f"{name_of(function)}(..., out=...)"))
    if function in PERMUTATIONS:
        return _permuted(function, *args, **options)
    if function in RESHAPES:
        like = np.broadcast_to(np.False_, args[0].shape)
        return _reshape(args[0], function(like, *args[1:], **options).shape)
    if function in MOVES:
        return _moved(function, *args, **options)
    if function not in FUNCTIONS:
        raise no_rule(name_of(function))
    composed = FUNCTIONS[function]
    options = {key: value for key, value in options.items() if key not in ("dtype", "out") or value}
    for key in options.keys() - _options_of(composed):
        raise MissingRuleError(f"{name_of(function)} has no rule with `{key}`: leave it out")
    return composed(*args, **options)


def no_rule(name: str) -> MissingRuleError:
    """Return the error for an operation that has no rule."""
    hint = INSTEAD.get(name.removeprefix("np."), INSTEAD.get(name.rpartition(".")[2]))
    hint = hint or clause("write it with operations that have one")
    return MissingRuleError(
        f"{name} has no rule for its gradient: {hint}; tidu.autodiff.RULES lists them"
    )


def in_place(what: str) -> str:
    """Return the sentence on an array that is to be changed."""
    return clause(
        f"{what} changes an array in place, and the gradient needs the values it had: "
        "write x = x + y for x += y, and np.where, np.concatenate or np.stack for x[i] = y"
    )


def name_of(function: Callable[..., Any]) -> str:
    """Return a function's name as a user writes it.

    Examples
    --------
    >>> name_of(np.linalg.inv), name_of(np.sin)
    ('np.linalg.inv', 'np.sin')
    """
    module = getattr(function, "__module__", None) or "numpy"  # a ufunc of NumPy has none
    return f"{module}.{function.__name__}".replace("numpy", "np", 1)


@cache
def _options_of(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


# -- entries in other places -------------------------------------------------------------------


def _permuted(function: Callable[..., Any], x: Array, *args: Any, **options: Any) -> Array:
    sizes = np.broadcast_to(np.False_, tuple(range(x.ndim)))  # of size 0, 1, 2, ...
    return apply(rules.TRANSPOSE, x, axes=function(sizes, *args, **options).shape)


def _reshape(x: Array, shape: Any, order: str = "C") -> Array:
    if order == "C":
        return apply(rules.RESHAPE, x, shape=shape)
    return _moved(np.reshape, x, shape, order=order)


def _moved(function: Callable[..., Any], x: Array, *args: Any, **options: Any) -> Any:
    flat, numbers = _reshape(x, (-1,)), np.arange(x.size).reshape(x.shape)
    index = function(numbers, *args, **options)
    return [flat[part] for part in index] if isinstance(index, (list, tuple)) else flat[index]


def _pad(x: Array, width: Any, mode: str = "constant", *, constant_values: float = 0) -> Array:
    if mode != "constant":
        return _moved(np.pad, x, width, mode=mode)
    numbers = np.arange(x.size).reshape(x.shape)
    index = np.pad(numbers, width, constant_values=x.size)  # beyond the last entry: the constant
    return np.concatenate([np.ravel(x), np.full(1, constant_values, x.dtype)])[index]


def _diag(x: Array, k: int = 0) -> Array:
    if x.ndim != 1:
        return np.diagonal(x, k)
    n = x.size + abs(k)
    i = np.arange(x.size)
    return apply(rules.PUT, x, index=(i - min(k, 0), i + max(k, 0)), shape=(n, n))


def _sorted(x: Array, axis: int = -1) -> Array:
    return np.take_along_axis(x, np.argsort(x, axis=axis), axis)


def _concatenate(arrays: Sequence[Array], axis: int | None = 0) -> Array:
    if axis is None:
        arrays, axis = [np.ravel(x) for x in arrays], 0
    return apply(rules.CONCATENATE, *arrays, axis=range(np.ndim(arrays[0]))[axis])


def _stack(arrays: Sequence[Array], axis: int = 0) -> Array:
    return _concatenate([np.expand_dims(x, axis) for x in arrays], axis)


def _hstack(arrays: Sequence[Array]) -> Array:
    parts = [np.atleast_1d(x) for x in arrays]
    return _concatenate(parts, 0 if parts[0].ndim == 1 else 1)


def _column(x: Array) -> Array:
    return np.expand_dims(x, 1) if np.ndim(x) == 1 else x


# -- reductions --------------------------------------------------------------------------------


def _reduced(rule: GradientRule) -> Callable[..., Array]:
    return lambda x, axis=None, *, keepdims=False: apply(rule, x, axis=axis, keepdims=keepdims)


def _cumulative(rule: GradientRule) -> Callable[..., Array]:
    def cumulative(x: Array, axis: int | None = None) -> Array:
        x = np.ravel(x) if axis is None else x
        return apply(rule, x, axis=range(x.ndim)[axis or 0])

    return cumulative


def _prod(x: Array, axis: Any = None, *, keepdims: bool = False) -> Array:
    if axis is None:
        y = apply(rules.PROD, np.ravel(x), axis=0)
        return np.reshape(y, (1,) * x.ndim) if keepdims else y
    axes = [range(x.ndim)[i] for i in (axis if isinstance(axis, tuple) else (axis,))]
    for i in sorted(axes, reverse=True):
        x = apply(rules.PROD, x, axis=i, keepdims=keepdims)
    return x


def _mean(x: Array, axis: Any = None, *, keepdims: bool = False) -> Array:
    total = np.sum(x, axis=axis, keepdims=keepdims)
    return total / (x.size // max(total.size, 1))


def _var(
    x: Array, axis: Any = None, *, keepdims: bool = False, ddof: float = 0, correction: float = 0
) -> Array:
    squares = np.sum((x - np.mean(x, axis=axis, keepdims=True)) ** 2, axis=axis, keepdims=keepdims)
    return squares / (x.size // max(squares.size, 1) - ddof - correction)


def _std(
    x: Array, axis: Any = None, *, keepdims: bool = False, ddof: float = 0, correction: float = 0
) -> Array:
    return np.sqrt(_var(x, axis, keepdims=keepdims, ddof=ddof, correction=correction))


def _norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:  # noqa: A002
    of_vectors = isinstance(axis, int) or (axis is None and x.ndim == 1)
    if ord is None or ord == "fro" or (ord == 2 and of_vectors):
        return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))
    if ord == 1 and of_vectors:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    raise MissingRuleError(f"np.linalg.norm has no rule with ord={ord!r}: use 1 or 2, of vectors")


# -- products ----------------------------------------------------------------------------------


def _dot(a: Array, b: Array) -> Array:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    return a @ b if np.ndim(b) <= 2 else _tensordot(a, b, ((-1,), (-2,)))


def _inner(a: Array, b: Array) -> Array:
    return a * b if np.ndim(a) == 0 or np.ndim(b) == 0 else _tensordot(a, b, ((-1,), (-1,)))


def _tensordot(a: Array, b: Array, axes: Any = 2) -> Array:
    a, b = (x if hasattr(x, "ndim") else np.asarray(x) for x in (a, b))
    pairs = (range(a.ndim - axes, a.ndim), range(axes)) if isinstance(axes, int) else axes
    of_a, of_b = (
        [range(x.ndim)[i] for i in ((part,) if isinstance(part, int) else part)]
        for x, part in zip((a, b), pairs, strict=True)
    )
    rest_a, rest_b = ([i for i in range(x.ndim) if i not in of] for x, of in ((a, of_a), (b, of_b)))
    n = math.prod(a.shape[i] for i in of_a)
    left = np.reshape(np.transpose(a, rest_a + of_a), (a.size // max(n, 1), n))
    right = np.reshape(np.transpose(b, of_b + rest_b), (n, b.size // max(n, 1)))
    return np.reshape(left @ right, [a.shape[i] for i in rest_a] + [b.shape[i] for i in rest_b])


# -- the rest ----------------------------------------------------------------------------------


def _where(condition: Array, *branches: Array) -> Any:
    condition = untraced(condition)
    return apply(rules.WHERE, condition, *branches) if branches else np.where(condition)


def _clip(
    x: Array,
    a_min: Any = None,
    a_max: Any = None,
    *,
    min: Any = None,  # noqa: A002
    max: Any = None,  # noqa: A002
) -> Array:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def _astype(x: Array, dtype: Any, *, copy: bool = True) -> Array:
    if np.dtype(dtype) == x.dtype:
        return x
    if np.dtype(dtype).kind in "biu":
        return np.astype(untraced(x), dtype)
    return apply(rules.ASTYPE, x, dtype=np.dtype(dtype))


def _diff(x: Array, n: int = 1, axis: int = -1) -> Array:
    axis = range(x.ndim)[axis]
    for _ in range(n):
        x = x[rules.along(axis, slice(1, None))] - x[rules.along(axis, slice(0, -1))]
    return x


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.reshape: _reshape,
    np.ravel: lambda x, order="C": _reshape(x, (-1,), order),
    np.broadcast_to: lambda x, shape: apply(rules.BROADCAST, x, shape=shape),
    np.astype: _astype,
    np.copy: lambda x: +x,
    np.real: lambda x: x,
    np.conjugate: lambda x: x,
    np.where: _where,
    np.clip: _clip,
    np.pad: _pad,
    np.diag: _diag,
    np.trace: lambda x, offset=0: np.sum(np.diagonal(x, offset), axis=-1),
    np.tril: lambda x, k=0: x * np.tril(np.ones(x.shape, x.dtype), k),
    np.triu: lambda x, k=0: x * np.triu(np.ones(x.shape, x.dtype), k),
    np.sort: _sorted,
    np.diff: _diff,
    np.concatenate: _concatenate,
    np.append: lambda x, values, axis=None: _concatenate([x, values], axis),
    np.stack: _stack,
    np.hstack: _hstack,
    np.vstack: lambda arrays: _concatenate([np.atleast_2d(x) for x in arrays], 0),
    np.column_stack: lambda arrays: _concatenate([_column(x) for x in arrays], 1),
    np.sum: _reduced(rules.SUM),
    np.max: _reduced(rules.MAX),
    np.amax: _reduced(rules.MAX),
    np.min: _reduced(rules.MIN),
    np.amin: _reduced(rules.MIN),
    np.ptp: lambda x, axis=None: np.max(x, axis=axis) - np.min(x, axis=axis),
    np.prod: _prod,
    np.cumsum: _cumulative(rules.CUMSUM),
    np.cumprod: _cumulative(rules.CUMPROD),
    np.mean: _mean,
    np.var: _var,
    np.std: _std,
    np.linalg.norm: _norm,
    np.dot: _dot,
    np.inner: _inner,
    np.tensordot: _tensordot,
    np.outer: lambda a, b: np.expand_dims(np.ravel(a), 1) * np.ravel(b),
    np.vdot: lambda a, b: np.sum(np.ravel(a) * np.ravel(b)),
    np.vecdot: lambda a, b: np.sum(a * b, axis=-1),
    np.deg2rad: lambda x: x * (math.pi / 180),
    np.rad2deg: lambda x: x * (180 / math.pi),
}
"""Functions with a rule, or composed of functions with one. Unless they are named here, options
such as ``dtype=`` are refused: none is passed over in silence."""
