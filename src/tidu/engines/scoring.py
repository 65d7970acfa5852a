"""The scores of any number of samples, a chunk at a time, so that memory does not grow with them.

The compiled kernels and NumPy agree to rounding, about 1e-7 of the largest score in float32. Which
of them computes is for `tidu.engines.choice` to say.
"""

from __future__ import annotations

import math
from weakref import WeakKeyDictionary

import numpy as np

from tidu.arrays import Array
from tidu.engines.compiled import stored
from tidu.engines.compiled.blas import held_to
from tidu.engines.compiled.engine import CompiledEngine
from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.kernels.arguments import ARRAYS
from tidu.engines.compiled.machine import Machine, thread_count
from tidu.engines.compiled.parallel import run_parallel
from tidu.engines.compiled.pool import Pool
from tidu.engines.compiled.program import Program, scoring_program
from tidu.errors import NonFiniteError
from tidu.native import why_no_kernels
from tidu.objective import Objective

CHUNK = 1024
"""How many samples NumPy predicts at a time, so that memory does not grow with the data."""
COMPILED_CHUNK = 64
"""Samples at a time, few enough to stay in the processor's cache."""
ENOUGH_TO_PACK = 500
"""From so many samples a thread on, packing the weights first saves time."""


Prepared = Pool[tuple[list[Machine], Program]]
"""What the kernels predict with: machines, one a thread, and what they execute."""


def all_scores(
    network: Objective,
    theta: np.ndarray,
    state: np.ndarray,
    x: Array,
    engine: str = "numpy",
    shared: Prepared | None = None,
) -> np.ndarray:
    """Return the scores as when predicting, ``(N, *output_shape)``.

    Parameters
    ----------
    network, theta, state
        What predicts.
    x : (N, *input_shape)
        Samples, as `tidu.objective.Objective.samples` gives them.
    engine
        What computes them: "compiled", where there are kernels; any other name is NumPy's.
    shared
        What networks of equal layers have in common. With it this thread does the work of all, in
        the same bits, for other threads have other networks.

    Raises
    ------
    NonFiniteError
        If one is not finite; the message says where it arises.
    """
    by_kernels = engine == CompiledEngine.name and not why_no_kernels()
    if by_kernels:
        scores = _compiled(network, theta, state, x, shared)
    else:
        scores = _plain(network, theta, state, x)
    if not np.isfinite(scores).all():
        bad = int(np.argmin(np.isfinite(scores.reshape(len(scores), -1)).all(axis=1)))
        start = bad // CHUNK * CHUNK
        part = network.batch(x[start : start + CHUNK])
        raise NonFiniteError(network.first_non_finite(theta, state, part, None, False, start))
    return scores


def _plain(network: Objective, theta: np.ndarray, state: np.ndarray, x: Array) -> np.ndarray:
    """Return the scores by NumPy, up to the first chunk that is not finite."""
    parts = []
    for start in range(0, max(x.shape[0], 1), CHUNK):
        part = network.batch(x[start : start + CHUNK])
        parts.append(network.scores(theta, state, part, None, False))
        if not np.isfinite(parts[-1]).all():
            break
    return np.concatenate(parts)


def _compiled(
    network: Objective,
    theta: np.ndarray,
    state: np.ndarray,
    x: Array,
    shared: Prepared | None,
) -> np.ndarray:
    """Return the scores by the kernels; threads share the samples, without a barrier."""
    n = x.shape[0]
    scores = np.empty((n, *network.output_shape), network.dtype)
    whole = stored.as_stored(network, x)
    source = whole.source(network.dtype, in_order=True) if whole else op.IN_PLACE
    threads = thread_count(network, n, None)
    packs = n >= ENOUGH_TO_PACK * threads
    width = math.prod(network.output_shape)

    def share(i: int, machine: Machine, program: Program) -> None:
        low, high = n * i // threads, n * (i + 1) // threads
        at_once = high - low if whole else 64 * COMPILED_CHUNK
        for start in range(low, high, max(at_once, 1)):
            stop = min(start + at_once, high)
            count = stop - start
            part = whole or stored.converted(network, x[start:stop])
            steps = math.ceil(count / COMPILED_CHUNK)
            block = machine.arguments(program, training=False, steps=steps)
            block.put("theta", theta, network.layout.size)
            block.put("state", state, network.state_layout.size)
            block.put("inputs", part.descriptor, ARRAYS["inputs"].columns)
            block.put("order", np.arange(start, stop) if whole else np.arange(count), count)
            block.put("scores", scores[start:stop], count * width)
            machine.run(block)

    workers = threads if shared is None else 1

    def prepare() -> tuple[list[Machine], Program]:
        machines = [Machine(network, COMPILED_CHUNK, 1) for _ in range(workers)]
        return machines, scoring_program(network, COMPILED_CHUNK, source, packs)

    pool = _PREPARED.setdefault(network, Pool()) if shared is None else shared
    with held_to(1), pool.borrow((source, workers, packs), prepare) as (machines, program):

        def work(worker: int) -> None:
            for i in range(worker, threads, workers):
                share(i, machines[worker], program)

        run_parallel(work, workers)
    return scores


_PREPARED: WeakKeyDictionary[Objective, Prepared] = WeakKeyDictionary()
"""What predictions are made with, so that those of one sample do not take long to begin."""
