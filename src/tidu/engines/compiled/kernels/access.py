"""How kernels reach their arguments: arrays of the block, made where they are needed.

A kernel is given `Arguments`: the block, the work memory (whose dtype is the network's), and what
differs from thread to thread. Handing on all arrays by value would be long in machine code.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import carray

from tidu.engines.compiled.kernels.arguments import ARRAY, ARRAYS, NUMBER
from tidu.engines.compiled.kernels.barrier import barrier
from tidu.native.jit import inlined, pointer

Arguments = namedtuple("Arguments", ["block", "work", "thread", "threads", "safe_below"])
"""What every kernel of an operation is given."""

RANGES, SCRATCH = ARRAYS["ranges"].columns, ARRAYS["scratch"].columns


@inlined
def real(args, array):
    """Return an array of the network's dtype."""
    return carray(pointer(args.block[2 * array]), args.block[2 * array + 1], args.work.dtype)


@inlined
def integers(args, array):
    """Return an array of integers."""
    return carray(pointer(args.block[2 * array]), args.block[2 * array + 1], np.int64)


@inlined
def matrix(args, array, columns, number):
    """Return an array of so many columns, a row each."""
    rows = args.block[2 * array + 1] // columns
    return carray(pointer(args.block[2 * array]), (rows, columns), number)


@inlined
def ranges_of(args):
    """Return the ranges of parameters, a row each: see `RANGE`."""
    return matrix(args, ARRAY.RANGES, RANGES, np.int64)


@inlined
def partials_of(args):
    """Return what the threads leave for each other, a row each: see `PARTIAL`."""
    return matrix(args, ARRAY.SCRATCH, SCRATCH, np.float64)


@inlined
def wait_for_all(args):
    """Wait for the other workers; return whether all came."""
    sync = integers(args, ARRAY.SYNC)
    return barrier(sync, args.block[NUMBER.WORKERS], args.block[NUMBER.SCHED_YIELD])


@inlined
def as_thread(args, thread):
    """Return the arguments of another of the threads that a program was laid out for."""
    return Arguments(args.block, args.work, thread, args.threads, args.safe_below)
