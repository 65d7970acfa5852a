"""Arrays: which library made them, which dtype they are computed in, whether their shapes fit.

Formulas in Tidu are written against the array-API namespace of their input, so that the same
lines run on every library that follows the standard. This module is the only place that asks
which library that is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.errors import InputError, ShapeError, clause

Array = Any
"""An array of any library that follows the array-API standard; NumPy's unless said otherwise."""


def namespace(*arrays: Array) -> Any:
    """Return the array-API namespace (the module of functions) of the first array that has one.

    Numbers and lists belong to NumPy.

    Examples
    --------
    >>> namespace(np.ones(3)).__name__
    'numpy'
    """
    for array in arrays:
        if hasattr(array, "__array_namespace__"):
            return array.__array_namespace__()
    return np


def promoted(x: Array, name: str = "x") -> Array:
    """Return ``x`` as an array of floating-point numbers, unchanged if it is one.

    The rule: floating-point and complex arrays keep their dtype; integers, booleans, Python
    numbers and lists of these become float64. An array of another library is left as it is.

    Raises
    ------
    TypeError
        If ``x`` holds something that is not a number.

    Examples
    --------
    >>> promoted([3, 4])
    array([3., 4.])
    >>> promoted(np.float32(0.5)).dtype
    dtype('float32')
    """
    if hasattr(x, "__array_namespace__") and not isinstance(x, (np.ndarray, np.generic)):
        return x
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ShapeError(f"`{name}` is a list of rows that differ in length") from error
    if array.dtype.kind in "fc":
        return array
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    raise TypeError(f"`{name}` must hold numbers, got {described(x)}")


def is_sparse(x: object) -> bool:
    """Return whether this is a matrix or an array of ``scipy.sparse``.

    Examples
    --------
    >>> is_sparse(np.zeros((2, 3)))
    False
    """
    return hasattr(x, "tocsr")


def dense(x: Array) -> Array:
    """Return a sparse matrix as an array, and any other as it is."""
    return x.toarray() if is_sparse(x) else x


def check_sparse(x: Array) -> None:
    """Refuse a sparse matrix with indices out of range, which SciPy checks only on demand.

    Only compressed forms, such as CSR and CSC, can be checked; others pass.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> x = csr_array(np.eye(3))
    >>> x.indices[1] = 7
    >>> check_sparse(x)
    Traceback (most recent call last):
        ...
    tidu.errors.InputError: `x` is a sparse matrix that is broken: indices must be < 3
    """
    if not hasattr(x, "check_format"):
        return
    try:
        x.check_format(full_check=True)
    except ValueError as error:
        raise InputError(f"`x` is a sparse matrix that is broken: {error}") from error


def described(x: object) -> str:
    """Return a few words on what ``x`` is, for error messages.

    Examples
    --------
    >>> described(np.zeros((2, 3), np.float32))
    'a float32 array of shape (2, 3)'
    >>> described("seven")
    "'seven' (str)"
    """
    if hasattr(x, "shape") and hasattr(x, "dtype"):
        if str(x.dtype)[0] in "aeio":
            return clause(f"an {x.dtype} array of shape {tuple(x.shape)}")
        return clause(f"a {x.dtype} array of shape {tuple(x.shape)}")
    text = repr(x)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(x).__name__})"


def check_same_shape(first: str, a: Array, second: str, b: Array, hint: str = "") -> None:
    """Refuse two arrays whose shapes differ; ``hint`` says what to do."""
    if tuple(a.shape) != tuple(b.shape):
        raise ShapeError(
            f"`{first}` has shape {tuple(a.shape)} and `{second}` has shape {tuple(b.shape)}; "
            f"they must be the same{': ' + hint if hint else ''}"
        )


def float_dtype(dtype: object, name: str = "dtype") -> np.dtype:
    """Return a NumPy dtype of real floating-point numbers, or refuse it.

    Examples
    --------
    >>> float_dtype("float32")
    dtype('float32')
    """
    try:
        found = "" if dtype is None else np.dtype(dtype).name  # type: ignore[call-overload]
    except TypeError:
        found = ""
    if found not in ("float32", "float64"):
        raise InputError(f"`{name}` must be 'float32' or 'float64', got {dtype!r}")
    return np.dtype(found)


class VectorOwner:
    """Base of what owns the vectors ``theta`` and ``state``: an assignment copies values into them.

    So every holder of one of the arrays (an engine, a run, a view of one parameter) sees the
    owner's values, and the vectors keep the shape, dtype and memory they were made with.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        own = vars(self).get(name) if name in ("theta", "state") else None
        if own is None:
            super().__setattr__(name, value)
        else:
            _copy_into(own, value, name)

    def adopt(self, theta: np.ndarray, state: np.ndarray) -> None:
        """Use these arrays themselves, without a copy, in place of its own."""
        vars(self).update(theta=theta, state=state)


def _copy_into(own: np.ndarray, value: Array, name: str) -> None:
    array = np.asarray(promoted(value, name))
    if array.dtype.kind != "f":
        raise TypeError(f"`{name}` must hold real numbers, got {described(value)}")
    if array.shape != own.shape:
        raise ShapeError(
            f"`{name}` has shape {own.shape}, got {described(value)}; one parameter is set by its "
            'name: net["W1"] = ...'
        )
    if not own.flags.writeable:
        raise InputError(f"`{name}` is read-only: call {name}.setflags(write=True) first")
    own[...] = array
