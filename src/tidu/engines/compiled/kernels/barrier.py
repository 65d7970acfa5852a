"""Barriers between the threads of one call, and each thread's share of an operation.

A barrier costs a fraction of a microsecond while all threads run, so it can stand after every
operation of a small network. A thread that has waited long lets other programs run.

Threads wait for each other once before they touch any data. If one of them cannot come, because an
exception was raised on its way, the call is abandoned: `ROUND` is set to `ABANDONED`, and the
others return from this first barrier with False.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from tidu.engines.compiled.kernels.arguments import ARRIVED, ROUND
from tidu.native.jit import kernel

SPINS = 2000
"""Tries before a thread lets others run."""


@intrinsic
def _fetch_add(typingctx: Any, address: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        cell = builder.inttoptr(args[0], ir.IntType(64).as_pointer())
        return builder.atomic_rmw("add", cell, args[1], "seq_cst")

    return types.int64(types.int64, types.int64), generate


@intrinsic
def _load(typingctx: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        cell = builder.inttoptr(args[0], ir.IntType(64).as_pointer())
        return builder.load_atomic(cell, "seq_cst", 8)

    return types.int64(types.int64), generate


@intrinsic
def _store(typingctx: Any, address: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        cell = builder.inttoptr(args[0], ir.IntType(64).as_pointer())
        builder.store_atomic(args[1], cell, "seq_cst", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@intrinsic
def _call(typingctx: Any, function: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [])
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), [])
        return context.get_dummy_value()

    return types.void(types.int64), generate


@kernel
def barrier(sync, threads, sched_yield):
    """Return when all threads have called this, and what they wrote before is seen by all.

    Return False if the call was abandoned instead.
    """
    if threads == 1:
        return True
    base = sync.ctypes.data
    passed = _load(base + 8 * ROUND)
    if passed < 0:
        return False
    if _fetch_add(base + 8 * ARRIVED, 1) == threads - 1:
        _store(base + 8 * ARRIVED, 0)
        _store(base + 8 * ROUND, passed + 1)
        return True
    spins = 0
    now = _load(base + 8 * ROUND)
    while now == passed:
        spins += 1
        if spins > SPINS:
            _call(sched_yield)
        now = _load(base + 8 * ROUND)
    return now >= 0


@kernel
def share(size, thread, threads, unit):
    """Return from where to where a thread works: equal shares, borders at multiples of ``unit``."""
    if threads == 1:
        return 0, size
    units = (size + unit - 1) // unit
    low, high = unit * (units * thread // threads), unit * (units * (thread + 1) // threads)
    return min(low, size), min(high, size)
