"""The scores of any number of samples, a part at a time, by the engine that trained the network.

A network that was not trained in this process is scored by NumPy, so that looking at a saved one
waits for no kernels; the same network gives the same bits however it is asked.
"""

from __future__ import annotations

import math

import numpy as np

from tidu.arrays import Array
from tidu.engines.compiled import stored
from tidu.engines.compiled.machine import Machine
from tidu.engines.compiled.program import scoring_program
from tidu.errors import NonFiniteError
from tidu.network import CHUNK, Network

COMPILED_CHUNK = 256
"""Samples at a time, few enough to stay in the processor's cache."""


def all_scores(network: Network, x: Array) -> np.ndarray:
    """Return the scores as when predicting, ``(N, *output_shape)``.

    Raises
    ------
    NonFiniteError
        If one is not finite; the message says where it arises.
    """
    engine = network.run.history.engine if network.run else "numpy"
    scores = _compiled(network, x) if engine == "compiled" else _plain(network, x)
    if not np.isfinite(scores).all():
        first = int(np.argwhere(~np.isfinite(scores))[0][0]) // CHUNK * CHUNK
        part = network.batch(x[first : first + CHUNK])
        where = network.first_non_finite(network.theta, network.state, part, None, False, first)
        raise NonFiniteError(where)
    return scores


def _plain(network: Network, x: Array) -> np.ndarray:
    """Return the scores by NumPy, up to the first part that is not finite."""
    parts = []
    for start in range(0, max(len(x), 1), CHUNK):
        part = network.batch(x[start : start + CHUNK])
        parts.append(network.scores(network.theta, network.state, part, None, False))
        if not np.isfinite(parts[-1]).all():
            break
    return np.concatenate(parts)


def _compiled(network: Network, x: Array) -> np.ndarray:
    """Return the scores by the kernels."""
    width = math.prod(network.output_shape)
    scores = np.empty(len(x) * width, network.dtype)
    machine = Machine(network, COMPILED_CHUNK, None)
    sparse = stored.is_sparse(x)
    program = scoring_program(network, COMPILED_CHUNK, sparse)
    whole = stored.inputs(x, network.dtype)
    step = len(x) if whole else COMPILED_CHUNK * 64
    for start in range(0, len(x), max(step, 1)):
        part = whole or stored.inputs(network.batch(x[start : start + step]).copy(), network.dtype)
        assert part is not None
        n = min(step, len(x) - start)
        machine(
            program, False, network.theta, network.state, part.told, np.arange(n),
            math.ceil(n / COMPILED_CHUNK),
            scores=scores[start * width : (start + n) * width],
        )  # fmt: skip
    return scores.reshape(len(x), *network.output_shape)
