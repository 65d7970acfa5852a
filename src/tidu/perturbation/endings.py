"""When the compiled form of a network's last step is taken, and what is prepared for it."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np

from tidu import functions
from tidu.layers import Affine
from tidu.losses import SoftmaxCrossEntropy
from tidu.perturbation.moves import Ending, Moves

WORTH = 5_000_000
"""How many moved scores it takes for the compiled form to repay its loading."""


def with_best_ending(moves: Moves) -> Moves:
    """Return the moves with the compiled ending, where it applies and is worth its while."""
    links, loss = moves.links, moves.loss
    if not links or type(links[-1].layer) is not Affine or type(loss) is not SoftmaxCrossEntropy:
        return moves
    changes = sum(link.x[:1].size * link.y.size for link in links[:-1] if link.params)
    if changes * links[-1].y.shape[1] < WORTH:
        return moves
    kernels = _kernels()
    return moves if kernels is None else replace(moves, ending=_softmax(kernels, moves, loss))


def _kernels() -> ModuleType | None:
    """Return the compiled forms; None where Numba is missing or does not work."""
    try:
        from tidu.perturbation import kernels
    except (ImportError, RuntimeError):  # the latter where it finds no folder for its cache
        return None
    return kernels


def _softmax(kernels: ModuleType, moves: Moves, loss: SoftmaxCrossEntropy) -> Ending:
    scores = moves.at(len(moves.links))
    p, smoothing = functions.softmax(scores), loss.label_smoothing
    t = moves.w[:, None] * ((1 - smoothing) * moves.t + smoothing / moves.t.shape[1])
    mass = t.sum(axis=1)
    at_scores = len(moves.links)
    prepared = {
        place: (np.ascontiguousarray(W.T), t @ W.T, float(np.abs(W).max(initial=0.0)))
        for place, W in (
            (at_scores - 1, moves.links[-1].params["W"]),
            (at_scores, np.eye(scores.shape[1])),
        )
    }

    def differences(
        place: int, rows: np.ndarray, js: slice, above: np.ndarray, below: np.ndarray
    ) -> np.ndarray | None:
        if place not in prepared:
            return None
        W, pull, largest = prepared[place]
        out = np.empty_like(above)
        farthest = kernels.softmax_differences(
            rows, above, below, W[:, js], p, mass, pull[:, js], out
        )
        return out if largest * farthest <= kernels.REACH else None

    return differences
