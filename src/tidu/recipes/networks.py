"""The network that suits a data set: scaling, hidden layers, and the loss of its targets."""

from __future__ import annotations

import numpy as np

from tidu.datasets import Dataset
from tidu.layers import Affine, BatchNorm, Layer, Rescale
from tidu.losses import MeanSquaredError, SoftmaxCrossEntropy
from tidu.network import Network
from tidu.penalties import Penalty


def network_for(
    data: Dataset, hidden: list[Layer], penalty: Penalty | None = None, seed: int = 0
) -> Network:
    """Return a network for a data set, around these hidden layers.

    Pixels are scaled to 0...1 by a fixed `Rescale`; other columns are standardized by a
    `BatchNorm` in front. Values to predict are brought to their mean and spread by a `Rescale` at
    the end, so that the layers before it give numbers of size 1 whatever the unit.

    Examples
    --------
    >>> from tidu.datasets import load_digits
    >>> network_for(load_digits(), []).layers
    (Rescale(0.0625), Affine(10))
    """
    layers: list[Layer] = [Rescale(1 / data.scale) if data.scale else BatchNorm(), *hidden]
    if data.n_classes:
        outputs, loss = max(data.n_classes, 2), SoftmaxCrossEntropy()
        classes = data.class_names or [str(k) for k in range(outputs)]
        return Network(
            [*layers, Affine(outputs)], data.x.shape[1], loss,
            penalty=penalty, seed=seed, classes=classes,
        )  # fmt: skip
    outputs = data.t.reshape(len(data), -1).shape[1]
    layers += [Affine(outputs), Rescale(float(np.std(data.t)) or 1.0, float(np.mean(data.t)))]
    return Network(layers, data.x.shape[1], MeanSquaredError(), penalty=penalty, seed=seed)
