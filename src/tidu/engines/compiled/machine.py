"""The interpreter with a place to work in and a team of threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from tidu.engines.compiled.blas import blas, held_to, yield_address
from tidu.engines.compiled.kernels import message as m
from tidu.engines.compiled.loading import load_kernels
from tidu.engines.compiled.program import Program, products
from tidu.engines.compiled.resting import Resting
from tidu.objective import Objective
from tidu.threads import thread_limit

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")

WORTH_A_THREAD = 300_000
"""Multiplications of a step, forward, that keep a thread busy."""


def team_size(network: Objective, samples: int, threads: int | None) -> int:
    """Return how many threads are worth their while for so many samples at a time."""
    if blas().set_threads is None:
        return 1
    return max(1, min(thread_limit(threads), products(network) * samples // WORTH_A_THREAD))


class Machine:
    """The interpreter with a place to work in and a team of threads; made once for a network."""

    def __init__(self, network: Objective, batch_size: int, threads: int | None) -> None:
        self.dtype, self.batch_size = network.dtype, batch_size
        self.interpret = load_kernels(network.dtype)
        library = blas()
        self.threads = team_size(network, batch_size, threads)
        product = library.single if network.dtype == np.float32 else library.double
        self.work = np.empty(0, network.dtype)
        self.sync = np.zeros(32, np.int64)
        self.notes = np.zeros((self.threads, m.NOTE_COLUMNS))
        numbers = {
            m.PRODUCT: product, m.LET_OTHERS: yield_address(), m.BATCH_SIZE: batch_size,
            m.THREADS: self.threads,
        }  # fmt: skip
        self.told = m.message({m.NOTES: self.notes, m.SYNC: self.sync}, numbers)

    def __call__(
        self, program: Program, training: bool, k: int, calm: float,
        arrays: Mapping[int, np.ndarray],
    ) -> int:  # fmt: skip
        """Carry out k steps of a program on arrays; return how many were made."""
        if len(self.work) < program.size:
            self.work = _aligned(program.size, self.dtype)
        operations, settings = program.tables
        self.sync[:] = 0
        own = {m.PROGRAM: operations, m.SETTINGS: settings, m.WORK: self.work}
        told = m.message({**own, **arrays}, {m.TRAINING: training, m.K: k}, self.told)
        address = told.ctypes.data
        with held_to(1):
            return together(lambda thread: self.interpret(address, calm, thread), self.threads)


def together(work: Callable[[int], T], threads: int) -> T:
    """Have threads do the same work, each with its number; return what the first returns."""
    if threads == 1:
        return work(0)
    from concurrent.futures import ThreadPoolExecutor, wait

    size = threads - 1
    with _TEAMS.one(size, lambda: ThreadPoolExecutor(size, "tidu")) as team:
        others = [team.submit(work, i) for i in range(1, threads)]
        try:
            result = work(0)
        finally:
            wait(others)
    for other in others:
        other.result()
    return result


_TEAMS: Resting[ThreadPoolExecutor] = Resting()
"""Teams at rest, by their size: to wake threads takes a fifth of what it takes to start them. Two
callers never share a team, for its threads wait for each other."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_TEAMS.forget)  # threads stay behind


def _aligned(size: int, dtype: np.dtype) -> np.ndarray:
    """Return an array that begins on a cache line."""
    raw = np.zeros(size + 16, dtype)
    return raw[-raw.ctypes.data % 64 // dtype.itemsize :][:size]
