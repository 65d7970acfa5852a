"""Each layer, loss and penalty of the tables as a function of named arrays, to try checks on.

A layer's value is a random weighted sum of its outputs; a loss's is the mean over the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.tables import LAYERS, LOSSES, OUTPUTS, PENALTIES, Call, mapped, off_kinks
from tidu.layers.base import backward, forward

N = 3
"""The samples of a batch."""

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Subject:
    """A function of named arrays, its right gradient, and a point."""

    name: str
    f: Callable[[Arrays], float]
    point: Arrays
    gradient: Callable[[Arrays], Arrays]


def of_layer(row, *, n=N, seed=0, training=True, dtype=np.float64, x=None, size=1.0):
    """Return a layer of the table; ``size`` multiplies its parameters and its output."""
    call = Call.of(row, max(n, row.least), seed, training)
    x = (call.x if x is None else x).astype(dtype)
    layout = call.layout
    noise, state = (mapped(lambda a: a.astype(dtype), t) for t in (call.noise, call.running()))
    theta = (size * call.theta).astype(dtype)
    y_shape = call.forward()[0].shape
    c = (np.random.default_rng(seed + 1).normal(size=y_shape) / size).astype(dtype)

    def run(p):
        theta = np.concatenate([np.zeros(0, p["x"].dtype), *(p[e].reshape(-1) for e in layout)])
        return forward(call.layer, p["x"], call.params(theta), state, noise, training)

    def gradient(p):
        dx, dparams = backward(call.layer, c, run(p)[1], need_dx=True)
        dtheta = layout.vector(dparams, like=theta)
        return {e.name: layout.view(dtheta, e) for e in layout.entries} | {"x": dx}

    point = {e.name: layout.view(theta, e) for e in layout.entries} | {"x": x}
    return Subject(row.id, lambda p: np.sum(c * run(p)[0]), point, gradient)


def of_loss(row, *, n=N, seed=0, dtype=np.float64, scores=None, loss=None):
    """Return a loss of the table, or another in its place."""
    rng = np.random.default_rng(seed)
    loss = loss or row.loss
    s = (off_kinks(rng, (n, OUTPUTS)) if scores is None else scores).astype(dtype)
    t = loss.encode(row.targets(rng, len(s), OUTPUTS), s.shape, s.dtype)
    w = loss.weights(t)
    w = np.ones(len(s), dtype) if w is None else w
    w = w / w.sum()
    return Subject(
        row.id,
        lambda p: np.sum(w * loss.values(p["scores"], t)),
        {"scores": s},
        lambda p: {"scores": w[:, None] * loss.gradient(p["scores"], t)},
    )


def of_penalty(penalty, *, seed=0, dtype=np.float64, w=None):
    """Return a penalty of a matrix of weights."""
    w = (off_kinks(np.random.default_rng(seed), (3, 4)) if w is None else w).astype(dtype)
    return Subject(
        repr(penalty),
        lambda p: penalty.value(p["W"]),
        {"W": w},
        lambda p: {"W": penalty.gradient(p["W"])},
    )


def all_subjects(dtype=np.float64) -> list[Subject]:
    """Return every layer, loss and penalty of the tables, once."""
    return [
        *(of_layer(row, dtype=dtype) for row in LAYERS),
        *(of_loss(row, dtype=dtype) for row in LOSSES),
        *(of_penalty(penalty, dtype=dtype) for penalty in PENALTIES if penalty),
    ]
