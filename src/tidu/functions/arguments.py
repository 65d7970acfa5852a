"""What the functions take: real numbers, as arrays of floating-point numbers."""

from __future__ import annotations

from tidu.arrays import Array, described, promoted
from tidu.errors import ShapeError


def real(x: Array, name: str = "x") -> Array:
    """Return numbers as a floating-point array, or refuse complex ones."""
    x = promoted(x, name)
    if getattr(x.dtype, "kind", "f") == "c":  # other libraries refuse to compare complex numbers
        raise TypeError(f"`{name}` must hold real numbers, got {described(x)}")
    return x


def with_axes(name: str, x: Array) -> Array:
    """Return an array of at least one axis, or refuse a number."""
    x = real(x, name)
    if x.ndim == 0:
        raise ShapeError(f"`{name}` must be an array of at least one axis, got the number {x}")
    return x
