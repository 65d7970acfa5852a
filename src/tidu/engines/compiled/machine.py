"""The interpreter with its work memory and its threads."""

from __future__ import annotations

import ctypes
import time

import numpy as np

from tidu.engines.compiled.argument_block import ArgumentBlock
from tidu.engines.compiled.blas import blas, can_hold, held_to, yield_address
from tidu.engines.compiled.kernels.arguments import (
    ABANDONED,
    ARRAYS,
    ROUND,
    SYNC_SIZE,
)
from tidu.engines.compiled.load import Load
from tidu.engines.compiled.parallel import run_parallel
from tidu.engines.compiled.program import Program, multiplications
from tidu.native import kernel_function
from tidu.objective import Objective
from tidu.threads import thread_limit

INTERPRETER = (ctypes.c_int64, ctypes.c_int64, ctypes.c_double, ctypes.c_int64)
"""The C types of the interpreter: steps made; argument block, largest safe sum, worker."""
WORTH_A_THREAD = 300_000
"""Multiplications of a step, forward, that keep a thread busy."""


def thread_count(network: Objective, samples: int, threads: int | None) -> int:
    """Return how many threads are useful for so many samples at a time."""
    if not can_hold():
        return 1
    return max(1, min(thread_limit(threads), multiplications(network) * samples // WORTH_A_THREAD))


class Machine:
    """The interpreter with its work memory and its threads; made once for a network."""

    def __init__(self, network: Objective, batch_size: int, threads: int | None) -> None:
        self.dtype, self.batch_size = network.dtype, batch_size
        self.interpret = kernel_function(f"tidu_{network.dtype.name}", *INTERPRETER)
        self.threads = thread_count(network, batch_size, threads)
        self.load = Load(self.threads)
        self.work = allocate(0, network.dtype)
        self.prepared: tuple[Program, ArgumentBlock] | None = None
        self.scratch = allocate(self.threads * ARRAYS["scratch"].columns, np.dtype(float))

    def arguments(self, program: Program, *, training: bool, steps: int) -> ArgumentBlock:
        """Return an argument block for so many steps of a program, without its data yet."""
        if self.prepared is None or self.prepared[0] is not program:
            self.prepared = program, self._prepare(program, training)
        block = self.prepared[1].copy()
        block.number("steps", steps)
        if self.threads > 1:  # a worker that comes late to an abandoned call finds that call's
            block.put("sync", allocate(SYNC_SIZE, np.dtype(np.int64)), SYNC_SIZE)
        return block

    def _prepare(self, program: Program, training: bool) -> ArgumentBlock:
        """Return a block with what is the same in all calls of a program."""
        if len(self.work) < program.size:
            self.work = allocate(program.size, self.dtype)
        library = blas()
        block = ArgumentBlock(self.dtype, training=training)
        operations, constants = program.tables
        block.put("program", operations, len(operations))
        block.put("constants", constants, len(constants))
        block.put("work", self.work, len(self.work))
        block.put("scratch", self.scratch, len(self.scratch))
        block.put("sync", allocate(SYNC_SIZE, np.dtype(np.int64)), SYNC_SIZE)
        block.number("gemm", library.single if self.dtype == np.float32 else library.double)
        block.number("sched_yield", yield_address())
        block.number("batch_size", self.batch_size)
        block.number("threads", self.threads)
        block.number("workers", 1)
        return block

    def run(self, block: ArgumentBlock, safe_below: float = 0.0) -> int:
        """Execute a program; return how many of its steps were made."""
        address, interpret, workers = block.address, self.interpret, self.load.workers()
        block.number("workers", workers)
        ran = [0.0] * workers

        def work(worker: int) -> int:
            start = time.thread_time()
            made = interpret(address, safe_below, worker)
            ran[worker] = time.thread_time() - start
            return made

        def abandon() -> None:
            block.arrays["sync"][ROUND] = ABANDONED

        start = time.perf_counter()
        with held_to(1):
            made = run_parallel(work, workers, abandon)
        self.load.record(workers, made, time.perf_counter() - start, min(ran))
        return made


def allocate(size: int, dtype: np.dtype) -> np.ndarray:
    """Return an array of zeros that begins on a cache line."""
    raw = np.zeros(size * dtype.itemsize + 64, np.uint8)
    start = -raw.__array_interface__["data"][0] % 64
    return raw[start : start + size * dtype.itemsize].view(dtype)
