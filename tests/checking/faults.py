"""A small network's loss, its gradient, and the ways to get that gradient wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

N, D, K = 4, 5, 5
_rng = np.random.default_rng(7)
X = _rng.normal(size=(N, D))
T = np.eye(K)[_rng.integers(0, K, N)]
POINT = {"W": _rng.normal(size=(D, K)), "b": _rng.normal(size=K), "v": _rng.normal(size=K)}


def loss(p: dict[str, np.ndarray], scale: float = 1.0) -> float:
    """Return the cross-entropy of softmax(tanh(XW + b) + v), a mean over the batch."""
    z = np.tanh(X.astype(p["W"].dtype) @ p["W"] + p["b"]) + p["v"]
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -scale * np.sum(T * log_p) / N


def grad(p: dict[str, np.ndarray], scale: float = 1.0) -> dict[str, np.ndarray]:
    """Return its gradient, by hand."""
    x = X.astype(p["W"].dtype)
    y = np.tanh(x @ p["W"] + p["b"])
    z = y + p["v"]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    dz = scale * (e / e.sum(axis=1, keepdims=True) - T) / N
    da = dz * (1 - y**2)
    return {"W": x.T @ da, "b": da.sum(axis=0), "v": dz.sum(axis=0)}


Change = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]


def in_W(change: Callable[[np.ndarray], np.ndarray]) -> Change:  # noqa: N802
    """Return a change of all three gradients that touches W's alone."""
    return lambda d: d | {"W": change(d["W"])}


def at(index: tuple, change: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Return a change of some entries of W's gradient."""

    def changed(dW: np.ndarray) -> np.ndarray:
        dW = dW.copy()
        dW[index] = change(dW[index])
        return dW

    return in_W(changed)


W = POINT["W"]
FAULTS: dict[str, tuple[Change, str]] = {
    "sign": (in_W(lambda d: -d), "opposite sign everywhere"),
    "twice": (in_W(lambda d: 2 * d), "2 × the numeric one everywhere"),
    "half": (in_W(lambda d: d / 2), "0.5 × the numeric one everywhere"),
    "batch mean forgotten": (in_W(lambda d: N * d), "not divided by 4 (the batch size?)"),
    "batch mean twice": (in_W(lambda d: d / N), "divided by 4 (the batch size?) once too often"),
    "1.001": (in_W(lambda d: 1.001 * d), "1.001 × the numeric one"),
    "0.999": (in_W(lambda d: 0.999 * d), "0.999 × the numeric one"),
    "transposed": (in_W(np.transpose), "transposed"),
    "column order": (
        lambda d: d | {"W": d["W"].reshape(-1).reshape(D, K, order="F")},
        "transposed",
    ),
    "reversed": (in_W(np.flipud), "in reverse order along axis 0"),
    "rolled": (in_W(lambda d: np.roll(d, 1, axis=1)), "shifted by one along axis 1"),
    "one entry doubled": (at((1, 2), lambda d: 2 * d), "off by a factor of 2 at W[1, 2] alone"),
    "one entry a thousandth off": (at((1, 2), lambda d: 1.001 * d), "1.001 at W[1, 2] alone"),
    "zero row": (at((1,), np.zeros_like), "zero at W[1, :]"),
    "zero column": (at((slice(None), 0), np.zeros_like), "zero at W[:, 0]"),
    "zero block": (at((slice(0, 2), slice(0, 2)), np.zeros_like), "zero at 4 of 25 slopes"),
    "all zero": (in_W(np.zeros_like), "zero everywhere: was it ever filled in?"),
    "nan": (at((0, 1), lambda d: d * np.nan), "holds nan (1 of 25, first at W[0, 1])"),
    "inf": (at((0, 1), lambda d: d + np.inf), "holds inf"),
    "penalty left out": (in_W(lambda d: d - 0.1 * W), "lacks 0.1 × W"),
    "penalty too much": (in_W(lambda d: d + 0.01 * W), "has a surplus of 0.01 × W"),
    "swapped": (lambda d: d | {"b": d["v"], "v": d["b"]}, "gradients of b and v are swapped"),
    "summed over an axis that stays": (
        lambda d: d | {"b": np.full_like(d["b"], d["b"].sum())},
        "is the sum of the numeric one",
    ),
    "averaged over an axis that stays": (
        lambda d: d | {"b": np.full_like(d["b"], d["b"].mean())},
        "is the mean of the numeric one",
    ),
}
