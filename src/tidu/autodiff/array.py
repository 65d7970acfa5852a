"""The traced array: what a function is called with in place of an array, to see what it does.

It has the operators, methods and shape of a NumPy array, NumPy's functions take it, and it gives
NumPy as its array-API namespace, so that code written for either runs unchanged. Comparisons give
plain arrays: control flow is that of the values at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from tidu.autodiff import numpy_functions
from tidu.autodiff.numpy_functions import in_place, name_of, no_rule
from tidu.autodiff.rules import GETITEM, UFUNCS
from tidu.autodiff.tape import Traced, apply, untraced
from tidu.errors import InputError, MissingRuleError, clause

METHODS = {
    name: getattr(np, name)
    for name in (
        *("all", "any", "argmax", "argmin", "argsort", "astype", "clip", "copy", "cumprod"),
        *("cumsum", "diagonal", "dot", "max", "mean", "min", "nonzero", "prod", "ravel", "repeat"),
        *("round", "squeeze", "std", "sum", "swapaxes", "take", "trace", "var"),
    )
} | {"flatten": np.ravel, "conj": np.conjugate, "conjugate": np.conjugate}
"""Methods that are NumPy's function of the same name, or nearly so."""


class TracedArray(NDArrayOperatorsMixin, Traced):
    """An array whose operations are recorded; see the module's docstring.

    Attributes
    ----------
    value
        The array itself; in a gradient of a gradient, a traced one of the outer trace.
    tape, index
        The tape, and the line on it.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.autodiff import grad
    >>> seen = []
    >>> grad(lambda x: seen.append(type(x).__name__) or np.sum(x**2))(np.ones(2))
    array([2., 2.])
    >>> seen
    ['TracedArray']
    """

    __slots__ = ()

    # -- NumPy's functions and the array API -------------------------------------------------

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any
    ) -> Any:
        """Apply a ufunc: an operator, or a function of each entry."""
        if any(not isinstance(target, TracedArray) or target.ndim for target in out or ()):
            raise InputError(in_place("out=, or an assignment such as +=,"))
        if method != "__call__":
            raise no_rule(f"{name_of(ufunc)}.{method}")
        if options and ufunc not in numpy_functions.UNTRACED:
            raise MissingRuleError(f"{name_of(ufunc)} has no rule with `{next(iter(options))}`")
        if ufunc in UFUNCS:
            arrays = (np.asarray(a) if isinstance(a, (list, tuple)) else a for a in inputs)
            return apply(UFUNCS[ufunc], *arrays)
        return numpy_functions.call(ufunc, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """Apply a function of NumPy that is not a ufunc."""
        return numpy_functions.call(function, args, options)

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """Return NumPy: its functions take traced arrays."""
        return np

    # -- an array's attributes and methods ---------------------------------------------------

    shape = property(lambda self: self.value.shape, doc="The sizes of the axes.")
    ndim = property(lambda self: self.value.ndim, doc="The number of axes.")
    size = property(lambda self: self.value.size, doc="The number of entries.")
    dtype = property(lambda self: self.value.dtype, doc="The type of the entries.")
    T = property(lambda self: np.transpose(self), doc="The transpose.")
    mT = property(lambda self: np.matrix_transpose(self), doc="Its matrices' transposes.")  # noqa: N815
    real = property(lambda self: self, doc="Itself: traced arrays are real.")
    device = "cpu"

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """Return the array in another shape."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)  # type: ignore[call-overload]

    def transpose(self, *axes: Any) -> Any:
        """Return the array with its axes in another order."""
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a method of arrays."""
        if name in METHODS:
            return partial(METHODS[name], self)
        if name.startswith("__"):  # what NumPy, copy or pickle ask for
            raise AttributeError(name)
        if hasattr(np.ndarray, name):
            raise no_rule(clause(f"the method {name}() of arrays"))
        raise AttributeError(f"arrays have no attribute {name!r}")

    def __getitem__(self, index: Any) -> Any:
        """Return entries: by numbers, slices, arrays of integers or of booleans."""
        return apply(GETITEM, self, index=index)

    def __len__(self) -> int:
        """Return the size of the first axis."""
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        """Yield the parts along the first axis."""
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        """Return the truth of the value, for control flow."""
        return bool(self.value)

    def __repr__(self) -> str:
        """Return the value, marked as traced."""
        return f"TracedArray({untraced(self)})"

    def __format__(self, form: str) -> str:
        """Write the value in a format."""
        return format(untraced(self), form)

    # -- what would lose the gradient --------------------------------------------------------

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        """Refuse to change an entry."""
        raise InputError(in_place("x[i] = y"))

    def _refuse(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError(
            "a traced array cannot become a plain number or array, since its gradient would be "
            "lost: use np.exp(x) for math.exp(x), np.stack([...]) for np.array([...]), "
            "np.concatenate for an assignment to part of a plain array, and x for float(x)"
        )

    __array__ = __float__ = __int__ = __index__ = __complex__ = item = tolist = _refuse
