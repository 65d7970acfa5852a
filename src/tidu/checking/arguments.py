"""What a function takes, as named real arrays: one array, a tuple or a dict of them, complex ones.

A check moves named real arrays. A complex array is two of these, its real and its imaginary part;
its gradient is g = ∂f/∂a + i ∂f/∂b at z = a + ib, which points uphill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.arrays import promoted
from tidu.numeric.evaluator import real_array

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Arguments:
    """Named arrays as they are given, and as the real arrays that a check moves."""

    given: Arrays

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Arguments:
        """Return checked copies of named arrays, real or complex."""
        return cls({name: _checked(name, array) for name, array in given.items()})

    @property
    def real(self) -> Arrays:
        """The arrays with complex ones in two parts: z.real and z.imag."""
        return self.split(self.given)

    def split(self, arrays: Mapping[str, Any]) -> Arrays:
        """Return arrays like the given ones with complex ones in two parts."""
        parts: Arrays = {}
        for name, given in self.given.items():
            if given.dtype.kind == "c":
                array = np.asarray(arrays[name])
                parts |= {f"{name}.real": array.real, f"{name}.imag": array.imag}
            else:
                parts[name] = arrays[name]
        return parts

    def join(self, parts: Mapping[str, np.ndarray]) -> Arrays:
        """Return arrays like the given ones from their real parts."""
        return {
            name: parts[f"{name}.real"] + 1j * parts[f"{name}.imag"]
            if given.dtype.kind == "c"
            else parts[name]
            for name, given in self.given.items()
        }


def named_arguments(x: Any) -> tuple[dict[str, Any], Callable[[Callable, Mapping[str, Any]], Any]]:
    """Return the arguments by name, and how a function is called with others of these names."""
    if isinstance(x, Mapping):
        return {str(name): part for name, part in x.items()}, lambda f, parts: f(dict(parts))
    if isinstance(x, tuple):
        named = {f"x{i}": part for i, part in enumerate(x)}
        return named, lambda f, parts: f(*(parts[name] for name in named))
    return {"x": x}, lambda f, parts: f(parts["x"])


def _checked(name: str, array: Any) -> np.ndarray:
    found = promoted(array, name)
    if np.asarray(found).dtype.kind != "c":
        return real_array(found, name)
    z = np.array(found, order="C")
    return real_array(z.real, name) + 1j * real_array(z.imag, name)
