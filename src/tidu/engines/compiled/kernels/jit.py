"""How kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numba

from tidu.engines.compiled.machine_code import MachineCode, assembled

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


def summing(function: Callable[..., Any]) -> Any:
    """Compile a kernel that adds up many numbers, in whatever order is fastest."""
    return numba.njit(fastmath=SUMS, **INSIDE)(function)


def machine_code(function: Any, signature: Any) -> MachineCode:
    """Return a kernel, and all that it calls, as machine code that needs no Numba to run.

    Numba would optimize each kernel by itself and then again in those that call it; here it is done
    once, when all are together, which is faster to do and makes faster code.
    """
    with _unoptimized():
        compiled = function._compiler.compile(signature.args, signature.return_type)
    return assembled(compiled.library.get_llvm_str(), compiled.fndesc.mangled_name)


@contextmanager
def _unoptimized() -> Iterator[None]:
    level = numba.config.OPT
    numba.config.OPT = type(level)(0)
    try:
        yield
    finally:
        numba.config.OPT = level
