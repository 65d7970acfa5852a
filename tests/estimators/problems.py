"""Small problems that a small network solves in a moment."""

from __future__ import annotations

import numpy as np

N, D = 120, 4


def features(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(N, D))


def three_classes(X: np.ndarray) -> np.ndarray:
    """Return names of classes that a linear function tells apart."""
    return np.array(["high", "low", "middle"])[np.digitize(X[:, 0] + X[:, 1], [-0.7, 0.7])]


def two_labels(X: np.ndarray) -> np.ndarray:
    return (X[:, :2] > 0).astype(int)


def two_values(X: np.ndarray) -> np.ndarray:
    return np.stack([X[:, 0] - X[:, 1], np.abs(X[:, 2])], axis=1)
