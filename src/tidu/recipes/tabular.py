"""The recipe of RealMLP for tables of any kind: network, optimizer, and when to stop.

RealMLP-TD-S of Holzmüller, Grinsztajn and Steinwart, "Better by default: strong pre-tuned MLPs and
boosted trees on tabular data", 2024. Its numbers were chosen on 118 data sets, and are taken as
they are. All inputs are centred at their medians, divided by their interquartile ranges and drawn
into ±3; a `Scale` in front learns which of them count; three hidden layers have weights of N(0, 1)
and the factor 1/√d_in before them (NTK parametrisation); the last begins at 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidu.datasets import Dataset
from tidu.initializers import Normal, Zeros
from tidu.layers import SELU, Affine, Layer, Mish, Rescale, Scale, SmoothClip, Standardize
from tidu.losses import Loss, MeanSquaredError, SoftmaxCrossEntropy
from tidu.network import Network
from tidu.optimizers import Adam, LogCosine, Optimizer
from tidu.recipes.networks import spreads, unscaled
from tidu.schema import Schema
from tidu.training import EarlyStopping

HIDDEN = (256, 256, 256)
EPOCHS, MOST_IN_BATCH, HELD_OUT = 256, 256, 0.2
LABEL_SMOOTHING = 0.1
RATE_OF_CLASSES, RATE_OF_VALUES, BETA2 = 0.04, 0.07, 0.95
SCALE_RATE, BIAS_RATE = 6.0, 0.1
"""What the learning rate is multiplied by for the factors in front, and for biases."""
IMPRECISE = 1e4
"""If a column's median is more than this many times its range, float32 is too coarse."""


def tabular_network(
    x: np.ndarray,
    loss: Loss,
    outputs: int,
    last: Sequence[Layer] = (),
    schema: Schema | None = None,
    **settings: Any,
) -> Network:
    """Return the network for inputs ``(N, d)`` and so many outputs, which ``last`` layers follow.

    Classes are learned with `SELU`, values with `Mish`. ``settings`` are those of `Network`.

    Examples
    --------
    >>> from tidu.losses import SoftmaxCrossEntropy
    >>> net = tabular_network(np.eye(4), SoftmaxCrossEntropy(label_smoothing=0.1), 3, seed=0)
    >>> net.layers[1:6]
    (SmoothClip(), Scale(), Rescale(0.5), Affine(256, initializer=Normal(std=1.0), bias_initializer=Normal(std=1.0)), SELU())
    """  # noqa: E501
    first = robust_scaling(x, schema)
    median, width = np.abs(first.mean), np.array(first.spread)
    precise = bool((median <= IMPRECISE * width)[width > 0].all())
    layers: list[Layer] = [first, SmoothClip(), Scale()]
    d_in = max(1, int((width > 0).sum()))
    activation = SELU() if loss.link in ("softmax", "sigmoid") else Mish()
    for units in HIDDEN:
        hidden = Affine(units, initializer=Normal(1.0), bias_initializer=Normal(1.0))
        layers += [Rescale(1 / math.sqrt(d_in)), hidden, activation]
        d_in = units
    layers += [Rescale(1 / math.sqrt(d_in)), Affine(outputs, initializer=Zeros()), *last]
    dtype = "float32" if precise else "float64"
    network = Network(layers, x.shape[1], loss, dtype=dtype, **settings)
    rates = {"scale": SCALE_RATE, "bias": BIAS_RATE}
    entries = network.layout.entries
    network.set_rate_factors({e.name: rates[e.kind] for e in entries if e.kind in rates})
    network.schema = schema
    return network


def network_of_recipe(data: Dataset, seed: int = 0) -> Network:
    """Return the network for a data set.

    Examples
    --------
    >>> from tidu.datasets import load_digits
    >>> network_of_recipe(load_digits()).output_shape
    (10,)
    """
    loss: Loss
    if data.n_classes:
        outputs, last = max(data.n_classes, 2), []
        loss = SoftmaxCrossEntropy(label_smoothing=LABEL_SMOOTHING)
        names = data.class_names or [str(k) for k in range(outputs)]
    else:
        last, names = [unscaled(data.t.reshape(len(data), -1))], None
        loss = MeanSquaredError(spread=spreads(last[0]))
        outputs = len(loss.spread or ())
    network = tabular_network(
        data.x.astype(np.float64), loss, outputs, last, data.schema, seed=seed, classes=names
    )
    network.fingerprint, network.image_shape = data.fingerprint, data.image_shape
    return network


def robust_scaling(x: np.ndarray, schema: Schema | None = None) -> Standardize:
    """Return the layer that centres columns at their medians and divides by interquartile ranges.

    Where that range is 0 it is half of the whole one. Of two categories, which say the same, the
    second gives 0.

    Examples
    --------
    >>> robust_scaling(np.array([[1.0, 0], [2, 0], [3, 0], [4, 0], [90, 8]]))
    Standardize((3.0, 0.0), (2.0, 4.0))
    """
    low, median, high = np.quantile(x, (0.25, 0.5, 0.75), axis=0)
    whole = np.ptp(x, axis=0)
    width = np.where(high > low, high - low, whole / 2)
    width[whole <= 1e-12 * np.abs(median)] = 0
    if schema is not None:
        start = 0
        for column in schema.columns:
            both = column.kind == "category" and len(column.categories) == 2
            if both and not column.indicator and not column.left_out:
                width[start + 1] = 0
            start += len(column.outputs)
    return Standardize(tuple(median.tolist()), tuple(width.tolist()))


def tabular_optimizer(classes: bool, steps: int) -> Optimizer:
    """Return the optimizer for so many steps.

    Examples
    --------
    >>> tabular_optimizer(True, 1000)
    Adam(lr=LogCosine(lr=0.04, steps=1000, cycles=4), beta2=0.95)
    """
    rate = RATE_OF_CLASSES if classes else RATE_OF_VALUES
    return Adam(LogCosine(rate, steps), beta2=BETA2)


def tabular_batch_size(n: int) -> int:
    """Return the size of batches: no more than 256 samples, and all of about one size.

    Examples
    --------
    >>> [tabular_batch_size(n) for n in (100, 256, 257, 1000)]
    [100, 256, 129, 250]
    """
    return math.ceil(n / math.ceil(n / MOST_IN_BATCH))


def tabular_stopping(classes: bool, epochs: int) -> EarlyStopping:
    """Return what goes back to the epoch with the least error; of equal ones, to the last."""
    monitor = "val_accuracy" if classes else "val_loss"
    return EarlyStopping(monitor, patience=epochs, ties="last")
