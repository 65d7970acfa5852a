"""The next batch is fetched from memory while this one is multiplied.

Samples of a shuffled batch lie anywhere in memory, and waiting for them would take as long as an
eighth of a step. Each thread notes in its row of ``errands`` what it will gather next, and has the
processor fetch a little of it before every tile of a product.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import numpy as np
from numba import carray

from tidu.engines.compiled.kernels.jit import kernel
from tidu.engines.compiled.kernels.memory import ask_for, pointer
from tidu.engines.compiled.kernels.operations import BYTES, DOUBLES, SPARSE

BEGIN, STRIDE, SIZE, ROWS_AT, ROWS, ROW, PLACE = range(7)
"""Where the first sample begins, bytes from sample to sample and wanted of each; where the numbers
of the samples are and how many; how far the errand has come."""
AT_ONCE = 10 * 64
"""Bytes that are fetched before each tile."""


@kernel
def note(errand, inputs, rows, low, high, width, first, last):
    """Note which columns of the samples from ``low`` to ``high``, if there, are wanted next."""
    kind = inputs[0]
    size = 1 if kind == BYTES else 8 if kind == DOUBLES else 4
    errand[BEGIN], errand[STRIDE] = inputs[1] + first * size, width * size
    errand[SIZE] = (last - first) * size
    errand[ROWS_AT] = rows.ctypes.data + low * rows.itemsize
    errand[ROWS] = 0 if kind == SPARSE else max(0, min(high, len(rows)) - low)
    errand[ROW], errand[PLACE] = 0, 0


@kernel
def run(errand):
    """Have a little more of it fetched."""
    row, place = errand[ROW], errand[PLACE]
    if row >= errand[ROWS]:
        return
    rows = carray(pointer(errand[ROWS_AT]), errand[ROWS], np.int64)
    size = min(AT_ONCE, errand[SIZE] - place)
    ask_for(errand[BEGIN] + rows[row] * errand[STRIDE] + place, size)
    if place + size < errand[SIZE]:
        errand[PLACE] = place + size
    else:
        errand[ROW], errand[PLACE] = row + 1, 0
