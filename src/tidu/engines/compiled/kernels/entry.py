"""The door to the interpreter: a message is unpacked into the arrays that it tells of."""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import numpy as np
from numba import carray, float64, int64

from tidu.engines.compiled.kernels import message as m
from tidu.engines.compiled.kernels.interpreter import carry_out
from tidu.engines.compiled.kernels.jit import kernel, machine_code
from tidu.engines.compiled.kernels.memory import pointer
from tidu.engines.compiled.machine_code import MachineCode


@kernel
def _vector(told, place, number):
    return carray(pointer(told[2 * place]), told[2 * place + 1], number)


@kernel
def _table(told, place, columns, number):
    return carray(pointer(told[2 * place]), (told[2 * place + 1] // columns, columns), number)


def entry(dtype: np.dtype) -> MachineCode:
    """Return the interpreter for a dtype as machine code.

    It is given the address of a message, the sums that are calm, and the number of its thread.
    """
    number = dtype.type

    @kernel
    def enter(address, calm, thread):
        told = carray(pointer(address), m.SIZE, np.int64)
        return carry_out(
            _vector(told, m.PROGRAM, np.int64),
            _vector(told, m.SETTINGS, number),
            _vector(told, m.WORK, number),
            _vector(told, m.THETA, number),
            _vector(told, m.DTHETA, number),
            _vector(told, m.A, number),
            _vector(told, m.B, number),
            _vector(told, m.STATE, number),
            _vector(told, m.NEW_STATE, number),
            _vector(told, m.INPUTS, np.int64),
            _vector(told, m.ANSWERS, np.int64),
            _vector(told, m.CLASS_WEIGHTS, number),
            _vector(told, m.ORDER, np.int64),
            _table(told, m.PACE, m.PACE_COLUMNS, np.float64),
            _table(told, m.STREAMS, m.STREAM_COLUMNS, np.uint64),
            _table(told, m.SEGMENTS, m.SEGMENT_COLUMNS, np.int64),
            _vector(told, m.SCORES, number),
            _table(told, m.OUTCOME, m.OUTCOME_COLUMNS, np.float64),
            _table(told, m.NOTES, m.NOTE_COLUMNS, np.float64),
            _vector(told, m.SYNC, np.int64),
            told[m.PRODUCT],
            told[m.LET_OTHERS],
            told[m.TRAINING] != 0,
            told[m.BATCH_SIZE],
            told[m.K],
            told[m.THREADS],
            calm,
            thread,
        )

    return machine_code(enter, int64(int64, float64, int64))
