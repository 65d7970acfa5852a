"""The function to be differentiated: called on copies, its values checked and counted.

Nothing else in this room calls the user's function.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tidu.arrays import Array, described, promoted
from tidu.errors import InputError, NonFiniteError, ShapeError, TiduError, clause


class OutsideDomainError(NonFiniteError):
    """A point at which ``f`` gives no finite value, or refuses to be evaluated."""


def real_array(x: Any, name: str = "x") -> np.ndarray:
    """Return a fresh array of real, finite floating-point numbers, or say why there is none."""
    array = np.array(promoted(x, name), order="C")
    if array.dtype.kind == "c":
        raise TypeError(f"`{name}` must be real, got {described(array)}")
    if not np.isfinite(array).all():
        entry = np.argwhere(~np.isfinite(array))[0]
        raise NonFiniteError(
            f"`{name}` must be finite, but {entry_name(entry)} is {array[tuple(entry)]:g}"
        )
    return array


def entry_name(entry: Any) -> str:
    """Return an entry's index as a user would type it.

    Examples
    --------
    >>> entry_name((2, 0))
    'entry [2, 0]'
    """
    index = [int(i) for i in entry]
    return clause(f"entry {index}") if index else clause("its value")


class Evaluator:
    """A function ready to be differenced at ``x``.

    Parameters
    ----------
    f
        The user's function.
    x
        Where it is differenced; `real_array` has seen to it.
    scalar_x, scalar_f
        Whether ``f`` takes a number rather than an array, and must give one.

    Attributes
    ----------
    value
        ``f(x)``, in double precision or better.
    eps
        The relative spacing of the coarser of the dtypes of ``x`` and ``f(x)``.
    evaluations
        How often ``f`` was called.
    """

    def __init__(
        self, f: Callable[..., Any], x: np.ndarray, *, scalar_x: bool = False, scalar_f: bool = True
    ) -> None:
        if not callable(f):
            raise TypeError(f"`f` must be a function of x, got {described(f)}")
        self.f, self.x, self.scalar_x, self.scalar_f = f, x, scalar_x, scalar_f
        self.evaluations = 0
        self.eps = float(np.finfo(x.dtype).eps)
        self._shape: tuple[int, ...] | None = None
        self.value = self(x.copy())

    def __call__(self, point: np.ndarray) -> Array:
        """Return ``f(point)``; ``f`` may change ``point``."""
        self.evaluations += 1
        complex_step = point.dtype.kind == "c"
        kept = point.copy()  # for the message: f may change its argument
        given = point[()] if self.scalar_x else point
        with np.errstate(all="ignore"):  # what is not finite is refused below, with its entry
            answer = self._at_complex(given) if complex_step else self._at_real(given, kept)
        return self._checked(answer, kept, complex_step)

    def _at_real(self, given: Any, point: np.ndarray) -> Any:
        try:
            return self.f(given)
        except TiduError:
            raise
        except (ArithmeticError, ValueError) as error:  # so math.log(-1) says that it has no value
            if (point == self.x).all():
                raise
            raise OutsideDomainError(self._moved_to(clause("not defined"), point)) from error

    def _at_complex(self, given: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            try:
                return self.f(given)
            except (TypeError, np.exceptions.ComplexWarning) as error:
                raise InputError(
                    f"`f` cannot be evaluated at complex numbers ({error}), which the complex step "
                    "needs: write it with NumPy's functions, or use method='richardson'"
                ) from error

    def _checked(self, answer: Any, point: np.ndarray, complex_step: bool) -> Array:
        if answer is None:
            raise TypeError("`f` returned None; does it lack a `return`?")
        value = promoted(answer, "f(x)")
        if not isinstance(value, np.ndarray):
            value = np.asarray(value)
        if self.scalar_f:
            if value.size != 1:
                raise ShapeError(
                    f"`f` must return one number, got {described(value)}; "
                    "for a function with many values use jacobian(f, x), or sum them"
                )
            value = value.reshape(())
        elif self._shape not in (None, value.shape):
            raise ShapeError(
                f"`f` must return the same shape everywhere, got {self._shape} "
                f"and then {value.shape}"
            )
        self._shape = value.shape
        if value.dtype.kind == "c" and not complex_step:
            raise InputError(
                f"`f` must be real where x is real, got {described(value)}; "
                "take its .real, .imag or abs, whichever is meant"
            )
        if not np.isfinite(value).all():
            raise OutsideDomainError(self._not_finite(value, point))
        if value.dtype.kind in "fc":
            self.eps = max(self.eps, float(np.finfo(value.dtype).eps))
        return value.astype(np.result_type(value, np.float64))

    def _not_finite(self, value: np.ndarray, point: np.ndarray) -> str:
        bad = value[~np.isfinite(value)].flat[0]
        if (point == self.x).all():
            return clause(f"`f` is {bad} at x itself; there is no slope to take")
        return self._moved_to(str(bad), point)

    def _moved_to(self, found: str, point: np.ndarray) -> str:
        moved = np.argwhere(point != self.x)
        entry = tuple(moved[0])
        more = clause(f" and {len(moved) - 1} more") if len(moved) > 1 else ""
        return clause(
            f"`f` is {found} near x, with {entry_name(entry)}{more} moved from {self.x[entry]:g} "
            f"to {point[entry]:g}; if f ends between the two, give a smaller `step`; if it ends at "
            "x, method='forward' or 'backward' looks to one side only"
        )
