"""The recipes of RealMLP for tables of any kind: network, optimizer, and when to stop.

Holzmüller, Grinsztajn and Steinwart, "Better by default: strong pre-tuned MLPs and boosted trees on
tabular data", 2024. Their numbers were chosen on 118 data sets, and are taken as they are. All
inputs are centred at their medians, divided by their interquartile ranges and drawn into ±3; a
`Scale` in front learns which of them count; three hidden layers have weights of N(0, 1) and the
factor 1/√d_in before them (NTK parametrisation).

There are two variants. RealMLP-TD-S ("td-s") is the simplified one; its last layer begins at 0.
RealMLP-TD ("td") has besides waves of numbers, learned vectors of categories with more than 8
values, activations whose strength is learned, dropout and weight decay that fade, a start that
suits the samples, and values held within those that there were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.datasets import Dataset
from tidu.initializers import Initializer, Normal, Zeros
from tidu.layers import (
    SELU,
    Affine,
    Clamp,
    Dropout,
    Embedding,
    Layer,
    Mish,
    Parametric,
    Periodic,
    Rescale,
    Scale,
    SmoothClip,
    Standardize,
)
from tidu.losses import Loss, MeanSquaredError, SoftmaxCrossEntropy
from tidu.network import Network
from tidu.optimizers import Adam, AdamW, FlatCosine, LogCosine, Optimizer
from tidu.recipes.networks import spreads, unscaled
from tidu.schema import Column, Schema
from tidu.training import Callback, DataDependentInit, EarlyStopping

HIDDEN = (256, 256, 256)
EPOCHS, MOST_IN_BATCH, HELD_OUT = 256, 256, 0.2
LABEL_SMOOTHING, BETA2 = 0.1, 0.95
SCALE_RATE, SLOW_RATE = 6.0, 0.1
"""What the learning rate is multiplied by for the factors in front; for biases, the strengths of
activations, and all that waves are made of."""
DROPPED, DECAY = 0.15, 0.02
"""The rate of dropout and weight decay with which the full variant begins."""
MOST_ONE_HOT, EMBEDDED = 8, 8
"""Categories with more values than this become vectors of so many numbers."""
IMPRECISE = 1e4
"""If a column's median is more than this many times its range, float32 is too coarse."""


@dataclass(frozen=True)
class Variant:
    """What the variants differ in, beside what they are made of."""

    full: bool
    rate_of_classes: float
    rate_of_values: float


VARIANTS = {"td-s": Variant(False, 0.04, 0.07), "td": Variant(True, 0.04, 0.2)}


def tabular_network(
    x: np.ndarray,
    loss: Loss,
    outputs: int,
    last: Sequence[Layer] = (),
    schema: Schema | None = None,
    *,
    variant: str = "td-s",
    steps: int = 1,
    **settings: Any,
) -> Network:
    """Return the network for inputs ``(N, d)`` and so many outputs, which ``last`` layers follow.

    Classes are learned with `SELU`, values with `Mish`. ``steps`` is how many there will be until
    dropout has faded. Further ``settings`` are those of `Network`.

    Examples
    --------
    >>> from tidu.losses import SoftmaxCrossEntropy
    >>> loss = SoftmaxCrossEntropy(label_smoothing=0.1)
    >>> tabular_network(np.eye(4), loss, 3).layers[1:6]
    (SmoothClip(), Scale(), Rescale(0.5), Affine(256, initializer=Normal(std=1.0), bias_initializer=Normal(std=1.0)), SELU())
    >>> tabular_network(np.eye(4), loss, 3, variant="td", steps=512).layers[1:8]
    (SmoothClip(), Periodic(columns=(0, 1, 2, 3)), Scale(), Rescale(0.25), Affine(256, initializer=Normal(std=1.0), bias_initializer=Normal(std=1.0)), Parametric(SELU()), Dropout(rate=FlatCosine(lr=0.15, steps=512, flat=0.5)))
    """  # noqa: E501
    full = VARIANTS[variant].full
    groups = _large_categories(schema) if full else []
    first = robust_scaling(x, schema, groups)
    live = np.array(first.spread) > 0
    layers: list[Layer] = [first, SmoothClip()]
    d_in = int(live.sum())
    if full:
        numbers = tuple(j for j in _numbers(schema, x.shape[1]) if live[j])
        if numbers:
            layers.append(Periodic(columns=numbers))
            d_in += len(numbers) * layers[-1].outputs  # type: ignore[attr-defined]
        if groups:
            layers.append(Embedding(groups, EMBEDDED))
            d_in += sum(EMBEDDED - int(live[start:stop].sum()) for start, stop in groups)
    layers.append(Scale())
    f: Layer = SELU() if loss.link in ("softmax", "sigmoid") else Mish()
    after = [Parametric(f), Dropout(FlatCosine(DROPPED, steps))] if full else [f]
    last_start: Initializer = Normal(1.0) if full else Zeros()
    for units in HIDDEN:
        hidden = Affine(units, initializer=Normal(1.0), bias_initializer=Normal(1.0))
        layers += [Rescale(1 / math.sqrt(max(1, d_in))), hidden, *after]
        d_in = units
    layers += [Rescale(1 / math.sqrt(d_in)), Affine(outputs, initializer=last_start), *last]
    median, width = np.abs(first.mean), np.array(first.spread)
    precise = bool((median <= IMPRECISE * width)[live].all())
    dtype = "float32" if precise else "float64"
    network = Network(layers, x.shape[1], loss, dtype=dtype, **settings)
    rates = {"scale": SCALE_RATE, **dict.fromkeys(SLOW, SLOW_RATE)}
    entries = {e.name: str(e.path[-1]) for e in network.layout.entries}
    network.set_rate_factors({name: rates[own] for name, own in entries.items() if own in rates})
    network.set_decay({name: own != "b" for name, own in entries.items()})
    network.schema = schema
    return network


SLOW = ("b", "alpha", "frequency", "phase", "amplitude", "offset")
"""The parameters that learn at `SLOW_RATE`, by the names that their layers have for them."""


def _large_categories(schema: Schema | None) -> list[tuple[int, int]]:
    """Return from which input to before which each category goes that becomes a vector."""
    return [
        (start, start + len(column.outputs))
        for column, start in _with_starts(schema)
        if column.kind == "category" and len(column.categories) > MOST_ONE_HOT
    ]


def _numbers(schema: Schema | None, d: int) -> list[int]:
    """Return which of d inputs are numbers: not categories, nor 0 or 1 by their meaning."""
    if schema is None:
        return list(range(d))
    others = ("category", "yes/no")
    return [start for column, start in _with_starts(schema) if column.kind not in others]


def _with_starts(schema: Schema | None) -> list[tuple[Column, int]]:
    """Return the columns that are used, each with the number of its first input."""
    found, start = [], 0
    for column in schema.columns if schema else ():
        if column.outputs:
            found.append((column, start))
        start += len(column.outputs)
    return found


def network_of_recipe(
    data: Dataset, seed: int = 0, variant: str = "td-s", steps: int = 1
) -> Network:
    """Return the network for a data set.

    Examples
    --------
    >>> from tidu.datasets import load_digits
    >>> network_of_recipe(load_digits()).output_shape
    (10,)
    """
    loss: Loss
    last: list[Layer] = []
    names: Sequence[str] | None = None
    if data.n_classes:
        outputs = max(data.n_classes, 2)
        loss = SoftmaxCrossEntropy(label_smoothing=LABEL_SMOOTHING)
        names = data.class_names or [str(k) for k in range(outputs)]
    else:
        t = data.t.reshape(len(data), -1)
        last = [unscaled(t), *([within(t)] if VARIANTS[variant].full else [])]
        loss = MeanSquaredError(spread=spreads(last[0]))
        outputs = len(loss.spread or ())
    network = tabular_network(
        data.x.astype(np.float64), loss, outputs, last, data.schema, variant=variant, steps=steps,
        seed=seed, classes=names,
    )  # fmt: skip
    network.fingerprint, network.image_shape = data.fingerprint, data.image_shape
    return network


def robust_scaling(
    x: np.ndarray, schema: Schema | None = None, groups: Sequence[tuple[int, int]] = ()
) -> Standardize:
    """Return the layer that centres columns at their medians and divides by interquartile ranges.

    Where that range is 0 it is half of the whole one. Of two categories, which say the same, the
    second gives 0. Inputs of 0 and 1 in ``groups`` become such that `SmoothClip` gives 0 and 1.

    Examples
    --------
    >>> robust_scaling(np.array([[1.0, 0], [2, 0], [3, 0], [4, 0], [90, 8]]))
    Standardize((3.0, 0.0), (2.0, 4.0))
    """
    low, median, high = np.quantile(x, (0.25, 0.5, 0.75), axis=0)
    whole = np.ptp(x, axis=0)
    width = np.where(high > low, high - low, whole / 2)
    for start, stop in groups:
        median[start:stop] = 0
        width[start:stop] = math.sqrt(1 - 1 / SmoothClip().limit ** 2)
    width[whole <= 1e-12 * np.abs(median)] = 0
    for column, start in _with_starts(schema):
        if column.kind == "category" and len(column.categories) == 2 and not column.indicator:
            width[start + 1] = 0
    return Standardize(tuple(median.tolist()), tuple(width.tolist()))


def tabular_optimizer(classes: bool, steps: int, variant: str = "td-s") -> Optimizer:
    """Return the optimizer for so many steps.

    Examples
    --------
    >>> tabular_optimizer(True, 1000)
    Adam(lr=LogCosine(lr=0.04, steps=1000, cycles=4), beta2=0.95)
    >>> tabular_optimizer(False, 1000, "td").weight_decay
    FlatCosine(lr=0.02, steps=1000, flat=0.5)
    """
    chosen = VARIANTS[variant]
    rate = LogCosine(chosen.rate_of_classes if classes else chosen.rate_of_values, steps)
    if chosen.full:
        return AdamW(rate, beta2=BETA2, weight_decay=FlatCosine(DECAY, steps))
    return Adam(rate, beta2=BETA2)


def tabular_batch_size(n: int) -> int:
    """Return the size of batches: no more than 256 samples, and all of about one size.

    Examples
    --------
    >>> [tabular_batch_size(n) for n in (100, 256, 257, 1000)]
    [100, 256, 129, 250]
    """
    return math.ceil(n / math.ceil(n / MOST_IN_BATCH))


def tabular_epochs(n: int) -> int:
    """Return how often to go through n samples: as many steps as 256 epochs of whole batches.

    The authors' program leaves out what is over when batches of 256 are taken, in each epoch other
    samples. Here all samples are in batches of one size, and there are as many more of them.

    Examples
    --------
    >>> [tabular_epochs(n) for n in (100, 256, 257, 1000, 10_000)]
    [256, 256, 128, 192, 250]
    """
    whole = max(1, n // MOST_IN_BATCH)
    return round(EPOCHS * whole / math.ceil(n / MOST_IN_BATCH))


def tabular_callbacks(
    x: np.ndarray, classes: bool, epochs: int, variant: str = "td-s", measures: bool = True
) -> list[Callback]:
    """Return what starts the full variant from its samples, and what goes back to the best epoch.

    That is the one with the least error, where it is measured; of equal ones, the last.
    """
    found: list[Callback] = [DataDependentInit(x)] if VARIANTS[variant].full else []
    monitor = "val_accuracy" if classes else "val_loss"
    return [*found, EarlyStopping(monitor, patience=epochs, ties="last")] if measures else found


def within(t: np.ndarray) -> Clamp:
    """Return the layer that holds predictions within the values ``(N, K)`` that there were.

    Examples
    --------
    >>> within(np.array([[1.0], [3.0]]))
    Clamp((1.0,), (3.0,))
    """
    return Clamp(tuple(t.min(axis=0).tolist()), tuple(t.max(axis=0).tolist()))
