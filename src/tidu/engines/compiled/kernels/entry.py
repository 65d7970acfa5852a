"""The entry to the interpreter: an address becomes the arguments of the kernels."""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, float64, int64

from tidu.engines.compiled.kernels import transcendental  # noqa: F401 (gives Numba its forms)
from tidu.engines.compiled.kernels.access import Arguments
from tidu.engines.compiled.kernels.arguments import ARRAY, NUMBER, SIZE
from tidu.engines.compiled.kernels.interpreter import execute
from tidu.native.jit import kernel, pointer


def exports() -> list[tuple[str, Any, Any]]:
    """Return the interpreters, to be exported: their names, functions and signatures."""
    signature = int64(int64, float64, int64)
    return [
        (f"tidu_{number.__name__}", _entry(number), signature)
        for number in (np.float32, np.float64)
    ]


def _entry(number: type[np.floating]) -> Any:
    """Return the interpreter for a dtype.

    It is given the address of an argument block, the sums below which products do not overflow,
    and the index of its worker.
    """

    @kernel
    def enter(address, safe_below, worker):
        block = carray(pointer(address), SIZE, np.int64)
        work = carray(pointer(block[2 * ARRAY.WORK]), block[2 * ARRAY.WORK + 1], number)
        return execute(Arguments(block, work, 0, block[NUMBER.THREADS], safe_below), worker)

    return enter
