"""The scores of any number of samples, a part at a time, so that memory does not grow with them.

While a run is under way they come from the engine of the run, so that what is measured does not
depend on what else the process did. At other times they go through the compiled kernels where these
are in memory, because something was trained by them, and through NumPy where one would have to wait
for them. The two agree to rounding, about 1e-7 of the largest score in float32.
"""

from __future__ import annotations

import math
from weakref import WeakKeyDictionary

import numpy as np

from tidu.arrays import Array
from tidu.engines.compiled import stored
from tidu.engines.compiled.blas import held_to
from tidu.engines.compiled.engine import CompiledEngine
from tidu.engines.compiled.kernels import message as m
from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.loading import available, loaded
from tidu.engines.compiled.machine import Machine, team_size, together
from tidu.engines.compiled.program import Program, obstacle, scoring_program
from tidu.engines.compiled.resting import Resting
from tidu.errors import NonFiniteError
from tidu.objective import Objective

CHUNK = 1024
"""How many samples NumPy predicts at a time, so that memory does not grow with the data."""
COMPILED_CHUNK = 64
"""Samples at a time, few enough to stay in the processor's cache."""
ENOUGH_TO_PACK = 500
"""Samples for each thread from which it is worth while to pack the weights first."""


def all_scores(
    network: Objective, theta: np.ndarray, state: np.ndarray, x: Array, engine: str | None = None
) -> np.ndarray:
    """Return the scores as when predicting, ``(N, *output_shape)``.

    Parameters
    ----------
    network, theta, state
        What predicts.
    x : (N, *input_shape)
        Samples, as `tidu.objective.Objective.samples` gives them.
    engine
        That of the run under way, if there is one.

    Raises
    ------
    NonFiniteError
        If one is not finite; the message says where it arises.
    """
    by_kernels = _by_kernels(network, engine)
    scores = (_compiled if by_kernels else _plain)(network, theta, state, x)
    if not np.isfinite(scores).all():
        bad = int(np.argmin(np.isfinite(scores.reshape(len(scores), -1)).all(axis=1)))
        start = bad // CHUNK * CHUNK
        part = network.batch(x[start : start + CHUNK])
        raise NonFiniteError(network.first_non_finite(theta, state, part, None, False, start))
    return scores


def _by_kernels(network: Objective, engine: str | None) -> bool:
    if engine is not None:
        return engine == CompiledEngine.name and available()
    return loaded(network.dtype) and not obstacle(network)


def _plain(network: Objective, theta: np.ndarray, state: np.ndarray, x: Array) -> np.ndarray:
    """Return the scores by NumPy, up to the first part that is not finite."""
    parts = []
    for start in range(0, max(x.shape[0], 1), CHUNK):
        part = network.batch(x[start : start + CHUNK])
        parts.append(network.scores(theta, state, part, None, False))
        if not np.isfinite(parts[-1]).all():
            break
    return np.concatenate(parts)


def _compiled(network: Objective, theta: np.ndarray, state: np.ndarray, x: Array) -> np.ndarray:
    """Return the scores by the kernels; threads share the samples, and need not wait."""
    n = x.shape[0]
    scores = np.empty((n, *network.output_shape), network.dtype)
    whole = stored.inputs(x, network.dtype)
    x_is = whole.x_is(network.dtype, in_order=True) if whole else op.IN_PLACE
    threads = team_size(network, n, None)
    packs = n >= ENOUGH_TO_PACK * threads

    def share(i: int, machine: Machine, program: Program) -> None:
        low, high = n * i // threads, n * (i + 1) // threads
        at_once = high - low if whole else 64 * COMPILED_CHUNK
        for start in range(low, high, max(at_once, 1)):
            stop = min(start + at_once, high)
            part = whole or stored.converted(network, x[start:stop])
            arrays = {
                m.THETA: theta, m.STATE: state, m.INPUTS: part.told,
                m.ORDER: np.arange(start, stop) if whole else np.arange(stop - start),
                m.SCORES: scores[start:stop],
            }  # fmt: skip
            machine(program, False, math.ceil((stop - start) / COMPILED_CHUNK), 0.0, arrays)

    def prepared() -> tuple[list[Machine], Program]:
        machines = [Machine(network, COMPILED_CHUNK, 1) for _ in range(threads)]
        return machines, scoring_program(network, COMPILED_CHUNK, x_is, packs)

    at_rest = _PREPARED.setdefault(network, Resting())
    with held_to(1), at_rest.one((x_is, threads, packs), prepared) as (machines, program):
        together(lambda i: share(i, machines[i], program), threads)
    return scores


_PREPARED: WeakKeyDictionary[Objective, Resting[tuple[list[Machine], Program]]] = (
    WeakKeyDictionary()
)
"""What predictions are made with, so that those of one sample do not take long to begin."""
