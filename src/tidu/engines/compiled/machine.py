"""The interpreter with a place to work in and a team of threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from tidu.engines.compiled.blas import blas, held_to, yield_address
from tidu.engines.compiled.loading import load_kernels
from tidu.engines.compiled.program import Program, products
from tidu.network import Network
from tidu.threads import thread_limit

T = TypeVar("T")

WORTH_A_THREAD = 300_000
"""Multiplications of a step, forward, that keep a thread busy."""


def team_size(network: Network, samples: int, threads: int | None) -> int:
    """Return how many threads are worth their while for so many samples at a time."""
    if blas().set_threads is None:
        return 1
    return max(1, min(thread_limit(threads), products(network) * samples // WORTH_A_THREAD))


class Machine:
    """The interpreter with a place to work in and a team of threads; made once for a network."""

    def __init__(self, network: Network, batch_size: int, threads: int | None) -> None:
        self.dtype, self.batch_size = network.dtype, batch_size
        self.interpret = load_kernels(network.dtype)
        library = blas()
        self.threads = team_size(network, batch_size, threads)
        product = library.single if network.dtype == np.float32 else library.double
        self.functions = np.array([product, yield_address()], np.int64)
        self.work = np.empty(0, network.dtype)
        self.sync = np.zeros(32, np.int64)
        self.notes = np.zeros((self.threads, 16))
        self.errands = np.zeros((self.threads, 16), np.int64)
        self.tables: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def __call__(
        self, program: Program, training: bool, theta: np.ndarray, state: np.ndarray,
        inputs: np.ndarray, order: np.ndarray, k: int, **given: Any,
    ) -> int:  # fmt: skip
        """Carry out k steps of a program; return how many were made."""
        nothing, table = np.empty(0, self.dtype), np.empty((0, 3))
        if len(self.work) < program.size:
            self.work = _aligned(program.size, self.dtype)
        if id(program) not in self.tables:
            self.tables[id(program)] = program.tables(self.dtype)
        order = np.require(order, np.int64, ["C", "W"])
        values = {
            "dtheta": nothing, "a": nothing, "b": nothing, "new_state": nothing,
            "answers": np.zeros(7, np.int64), "class_weights": nothing, "pace": table,
            "streams": np.empty((0, 4), np.uint64), "segments": np.empty((0, 3), np.int64),
            "calm": 0.0, "scores": nothing, "outcome": table,
        } | given  # fmt: skip
        self.sync[:] = 0

        def work(thread: int) -> int:
            return self.interpret(
                *self.tables[id(program)], training, self.functions, self.work, theta,
                values["dtheta"], values["a"], values["b"], state, values["new_state"], inputs,
                values["answers"], values["class_weights"], order, self.batch_size, k,
                values["pace"], values["streams"], values["segments"], values["calm"],
                values["scores"], values["outcome"], self.notes, self.errands, self.sync,
                thread, self.threads,
            )  # fmt: skip

        with held_to(1):
            return together(work, self.threads)


def together(work: Callable[[int], T], threads: int) -> T:
    """Have threads do the same work, each with its number; return what the first returns."""
    if threads == 1:
        return work(0)
    with ThreadPoolExecutor(threads - 1) as team:
        others = [team.submit(work, i) for i in range(1, threads)]
        result = work(0)
        for other in others:
            other.result()
    return result


def _aligned(size: int, dtype: np.dtype) -> np.ndarray:
    """Return an array that begins on a cache line."""
    raw = np.zeros(size + 16, dtype)
    return raw[-raw.ctypes.data % 64 // dtype.itemsize :][:size]
