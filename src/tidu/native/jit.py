"""How kernels are written: what Numba may assume of them, and memory by its address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

INSIDE = {
    "error_model": "numpy",
    "nogil": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
SAFE = {"contract"}
"""a·b + c in one rounding: changes last digits, and nothing about NaN or infinity."""
SUMS = {"contract", "reassoc"}
"""Sums in any order too, without which a sum is not vectorized; NaN and infinity stay seen."""


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that other kernels call; a division by 0 gives an infinity."""
    return numba.njit(fastmath=SAFE, **INSIDE)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a kernel into those that call it, such as a formula into a loop."""
    return numba.njit(fastmath=SAFE, forceinline=True, **INSIDE)(function)


def summing(function: Callable[..., Any]) -> Any:
    """Compile a kernel that adds up many numbers, in whatever order is fastest."""
    return numba.njit(fastmath=SUMS, **INSIDE)(function)


@intrinsic
def pointer(typingctx: Any, address: Any) -> Any:
    """Return an address as a pointer, of which `numba.carray` makes an array.

    Arrays of the user's come as addresses: whether they may be written to is part of an array's
    type for Numba, and would be a reason to compile anew.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), generate
