"""The door to the interpreter: a message is unpacked into the arrays that it tells of."""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, float64, int64

from tidu.engines.compiled.kernels.arguments import ARRAY, ARRAYS, NUMBER, SIZE
from tidu.engines.compiled.kernels.interpreter import carry_out
from tidu.native.jit import kernel, pointer

SCALARS, STREAMS = ARRAYS["scalars"].columns, ARRAYS["streams"].columns
RANGES, METRICS = ARRAYS["ranges"].columns, ARRAYS["metrics"].columns
SCRATCH = ARRAYS["scratch"].columns


@kernel
def _vector(block, array, number):
    return carray(pointer(block[2 * array]), block[2 * array + 1], number)


@kernel
def _table(block, array, columns, number):
    rows = block[2 * array + 1] // columns
    return carray(pointer(block[2 * array]), (rows, columns), number)


def exports() -> list[tuple[str, Any, Any]]:
    """Return the interpreters, to be exported: their names, functions and signatures."""
    signature = int64(int64, float64, int64)
    return [
        (f"tidu_{number.__name__}", _entry(number), signature)
        for number in (np.float32, np.float64)
    ]


def _entry(number: type[np.floating]) -> Any:
    """Return the interpreter for a dtype.

    It is given the address of an argument block, the sums that are calm, and its thread's index.
    """

    @kernel
    def enter(address, calm, thread):
        block = carray(pointer(address), SIZE, np.int64)
        return carry_out(
            _vector(block, ARRAY.PROGRAM, np.int64),
            _vector(block, ARRAY.SETTINGS, number),
            _vector(block, ARRAY.WORK, number),
            _vector(block, ARRAY.THETA, number),
            _vector(block, ARRAY.DTHETA, number),
            _vector(block, ARRAY.MOMENT1, number),
            _vector(block, ARRAY.MOMENT2, number),
            _vector(block, ARRAY.STATE, number),
            _vector(block, ARRAY.NEW_STATE, number),
            _vector(block, ARRAY.INPUTS, np.int64),
            _vector(block, ARRAY.TARGETS, np.int64),
            _vector(block, ARRAY.CLASS_WEIGHTS, number),
            _vector(block, ARRAY.ORDER, np.int64),
            _table(block, ARRAY.SCALARS, SCALARS, np.float64),
            _table(block, ARRAY.STREAMS, STREAMS, np.uint64),
            _table(block, ARRAY.RANGES, RANGES, np.int64),
            _vector(block, ARRAY.SCORES, number),
            _table(block, ARRAY.METRICS, METRICS, np.float64),
            _table(block, ARRAY.SCRATCH, SCRATCH, np.float64),
            _vector(block, ARRAY.SYNC, np.int64),
            block[NUMBER.GEMM],
            block[NUMBER.SCHED_YIELD],
            block[NUMBER.TRAINING] != 0,
            block[NUMBER.BATCH_SIZE],
            block[NUMBER.STEPS],
            block[NUMBER.THREADS],
            calm,
            thread,
        )

    return enter
