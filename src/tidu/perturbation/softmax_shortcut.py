"""The softmax-cross-entropy shortcut: the difference of two losses without a second set of scores.

It is the compiled form of a network's last stage, `kernels`; here is when it is taken, and what is
prepared for it.
"""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np

from tidu import functions
from tidu.losses import SoftmaxCrossEntropy
from tidu.perturbation.perturbed_forward import PerturbedForward, Shortcut

WORTH = 5_000_000
"""How many moved scores it takes for the compiled form to repay its loading."""


def with_shortcut(network: PerturbedForward) -> PerturbedForward:
    """Return the same with the shortcut, where it applies and is worth its while."""
    stages, loss = network.stages, network.loss
    ends_affine = bool(stages) and network.is_affine(len(stages) - 1)
    if not ends_affine or type(loss) is not SoftmaxCrossEntropy:
        return network
    changes = sum(
        network.activations[i][:1].size * network.activations[i + 1].size
        for i, stage in enumerate(stages[:-1])
        if stage.params
    )
    if changes * network.activations[-1].shape[1] < WORTH:
        return network
    kernels = _kernels()
    return (
        network if kernels is None else replace(network, shortcut=_softmax(kernels, network, loss))
    )


def _kernels() -> ModuleType | None:
    """Return the compiled forms; None where Numba is missing or does not work."""
    try:
        from tidu.perturbation import kernels
    except (ImportError, RuntimeError):  # the latter where it finds no folder for its cache
        return None
    return kernels


def _softmax(kernels: ModuleType, network: PerturbedForward, loss: SoftmaxCrossEntropy) -> Shortcut:
    scores = network.activations[-1]
    p, smoothing = functions.softmax(scores), loss.label_smoothing
    t = network.w[:, None] * ((1 - smoothing) * network.t + smoothing / network.t.shape[1])
    mass = t.sum(axis=1)
    at_scores = len(network.stages)
    prepared = {
        position: (np.ascontiguousarray(W.T), t @ W.T, float(np.abs(W).max(initial=0.0)))
        for position, W in (
            (at_scores - 1, network.stages[-1].params["W"]),
            (at_scores, np.eye(scores.shape[1])),
        )
    }

    def differences(
        position: int, rows: np.ndarray, js: slice, above: np.ndarray, below: np.ndarray
    ) -> np.ndarray | None:
        if position not in prepared:
            return None
        W, pull, largest = prepared[position]
        out = np.empty_like(above)
        farthest = kernels.softmax_differences(
            rows, above, below, W[:, js], p, mass, pull[:, js], out
        )
        return out if largest * farthest <= kernels.REACH else None

    return differences
