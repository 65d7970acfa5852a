"""Samples on their way from where they are stored into a batch: picked, scaled, made floats.

Inputs stay as they are stored; only the rows of one batch are ever turned into floats, and the
entries of a sparse matrix not even these, where the first layer is affine.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import numpy as np
from numba import carray

from tidu.engines.compiled.kernels.arguments import INPUTS
from tidu.engines.compiled.kernels.operations import BYTES, DOUBLES, SINGLES
from tidu.engines.compiled.kernels.views import add_multiple, fill, prefetch, view
from tidu.native.jit import kernel, pointer

AHEAD = 4
"""How many samples before its turn one is prefetched: they lie anywhere in memory."""


@kernel
def _gather(stored, rows, n, out, width, first, last, scale, offset):
    number = out.dtype.type
    bytes_of_row, begin = width * stored.itemsize, stored.ctypes.data + first * stored.itemsize
    for r in range(n):
        if r + AHEAD < len(rows):
            prefetch(begin + rows[r + AHEAD] * bytes_of_row, (last - first) * stored.itemsize)
        row = view(stored, rows[r] * width + first, rows[r] * width + last)
        into = view(out, r * width + first, r * width + last)
        for j in range(len(into)):
            into[j] = scale * number(row[j]) + offset


@kernel
def _gather_lanes(stored, rows, out, width, m, scale, offset):
    number, bytes_of_row, last = out.dtype.type, width * stored.itemsize, len(rows) - 1
    for r in range(m):
        prefetch(stored.ctypes.data + rows[min(r + AHEAD, last)] * bytes_of_row, bytes_of_row)
        i = rows[min(r, last)]
        row = view(stored, i * width, i * width + width)
        into = view(out, r, len(out))
        for j in range(width):
            into[j * m] = scale * number(row[j]) + offset


@kernel
def gather_lanes(inputs, rows, out, width, m, scale, offset):
    """Put scale·x + offset of the chosen samples in m columns of ``out``, the last again."""
    kind, at, size = inputs[INPUTS.KIND], pointer(inputs[INPUTS.VALUES]), inputs[INPUTS.SIZE]
    if kind == BYTES:
        _gather_lanes(carray(at, size, np.uint8), rows, out, width, m, scale, offset)
    elif kind == SINGLES:
        _gather_lanes(carray(at, size, np.float32), rows, out, width, m, scale, offset)
    else:
        _gather_lanes(carray(at, size, np.float64), rows, out, width, m, scale, offset)


@kernel
def _sparse(inputs, number):
    """Return the values, the indices and the starts of the rows of a sparse matrix."""
    values = carray(pointer(inputs[INPUTS.VALUES]), inputs[INPUTS.SIZE], number)
    indices = carray(pointer(inputs[INPUTS.INDICES]), inputs[INPUTS.SIZE], np.int32)
    starts = carray(pointer(inputs[INPUTS.STARTS]), inputs[INPUTS.STARTS_SIZE], np.int64)
    return values, indices, starts


@kernel
def gather(inputs, rows, n, out, width, first, last, scale, offset):
    """Put scale·x + offset of columns of the first n samples in ``out``, one row each.

    ``rows`` goes on with the samples whose turn comes after these.
    """
    kind, at, size = inputs[INPUTS.KIND], pointer(inputs[INPUTS.VALUES]), inputs[INPUTS.SIZE]
    if kind == BYTES:
        _gather(carray(at, size, np.uint8), rows, n, out, width, first, last, scale, offset)
    elif kind == SINGLES:
        _gather(carray(at, size, np.float32), rows, n, out, width, first, last, scale, offset)
    elif kind == DOUBLES:
        _gather(carray(at, size, np.float64), rows, n, out, width, first, last, scale, offset)
    else:
        values, indices, starts = _sparse(inputs, out.dtype)
        for r in range(n):
            row = view(out, r * width, r * width + width)
            fill(view(row, first, last), offset)
            for p in range(starts[rows[r]], starts[rows[r] + 1]):
                if first <= indices[p] < last:
                    row[indices[p]] += scale * values[p]


@kernel
def sparse_forward(inputs, scale, rows, W, y, d_out):
    """y = scale·xW of sparse rows."""
    values, indices, starts = _sparse(inputs, y.dtype)
    fill(y, 0)
    for r in range(len(rows)):
        row = view(y, r * d_out, r * d_out + d_out)
        for p in range(starts[rows[r]], starts[rows[r] + 1]):
            at = indices[p] * d_out
            add_multiple(scale * values[p], view(W, at, at + d_out), row)


@kernel
def sparse_weight_product(inputs, scale, rows, dy, dW, d_in, d_out, first, last):
    """dW = scale·xᵀ dy of sparse rows, its columns from ``first`` to ``last``."""
    values, indices, starts = _sparse(inputs, dW.dtype)
    for i in range(d_in):
        fill(view(dW, i * d_out + first, i * d_out + last), 0)
    for r in range(len(rows)):
        slope = view(dy, r * d_out + first, r * d_out + last)
        for p in range(starts[rows[r]], starts[rows[r] + 1]):
            at = indices[p] * d_out
            add_multiple(scale * values[p], slope, view(dW, at + first, at + last))
