"""The scores of any number of samples, a part at a time, so that memory does not grow with them.

They are NumPy's, whichever engine trained the network: a network that is saved and loaded again
predicts the same bits.
"""

from __future__ import annotations

import numpy as np

from tidu.arrays import Array
from tidu.errors import NonFiniteError
from tidu.network import CHUNK, Network


def all_scores(network: Network, x: Array) -> np.ndarray:
    """Return the scores as when predicting, ``(N, *output_shape)``.

    Raises
    ------
    NonFiniteError
        If one is not finite; the message says where it arises.
    """
    parts = []
    for start in range(0, max(x.shape[0], 1), CHUNK):
        part = network.batch(x[start : start + CHUNK])
        parts.append(network.scores(network.theta, network.state, part, None, False))
        if not np.isfinite(parts[-1]).all():
            raise NonFiniteError(
                network.first_non_finite(network.theta, network.state, part, None, False, start)
            )
    return np.concatenate(parts)
