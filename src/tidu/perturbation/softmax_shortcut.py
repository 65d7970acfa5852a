"""The softmax-cross-entropy shortcut: the difference of two losses without a second set of scores.

The kernel of a network's last stage is in `kernels`; here is when it is taken, and what is
prepared for it.
"""

from __future__ import annotations

import ctypes
from dataclasses import replace

import numpy as np

from tidu import functions
from tidu.losses import SoftmaxCrossEntropy
from tidu.native import address_of, kernel_function, why_no_kernels
from tidu.perturbation.perturbed_forward import PerturbedForward, Shortcut

REACH = 2.0**-7
"""How far a score may move: the series of eᵘ − 1 in the kernel is exact to rounding up to there."""
WORTH = 5_000_000
"""How many moved scores it takes for the kernel to repay what is prepared for it."""


def with_shortcut(network: PerturbedForward) -> PerturbedForward:
    """Return the same with the shortcut, where it applies and is faster."""
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
    if why_no_kernels():
        return network
    return replace(network, shortcut=_softmax(network, loss))


def _softmax(network: PerturbedForward, loss: SoftmaxCrossEntropy) -> Shortcut:
    kernel = kernel_function("tidu_softmax_differences", ctypes.c_double, *[ctypes.c_int64] * 15)
    scores = network.activations[-1]
    samples, classes = scores.shape
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
        m, columns = above.shape
        width = W.shape[1]
        out, scratch = np.empty((m, columns)), np.empty(2 * columns)
        farthest = kernel(
            address_of("rows", rows, "int64", m),
            address_of("above", above, "float64", m * columns),
            address_of("below", below, "float64", m * columns),
            address_of("W", W, "float64", classes * width),
            address_of("p", p, "float64", samples * classes),
            address_of("mass", mass, "float64", samples),
            address_of("pull", pull, "float64", samples * width),
            address_of("scratch", scratch, "float64", 2 * columns, written=True),
            address_of("out", out, "float64", m * columns, written=True),
            m, columns, classes, samples, width, js.indices(width)[0],
        )  # fmt: skip
        return out if largest * farthest <= REACH else None

    return differences
