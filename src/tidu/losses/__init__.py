"""What a network learns from: losses, each with its gradient and its link.

A loss turns the network's scores and the targets into one value a sample, ℓᵢ; the total is the
weighted mean Σ wᵢ ℓᵢ / Σ wᵢ, which the objective computes from the weights. Its link says what the
scores mean: softmax or sigmoid makes them probabilities, exp makes them means of counts, identity
leaves them as they are. Losses as plain functions of arrays are in `tidu.functions`.
"""

import re

from tidu.errors import check_choice
from tidu.losses.base import Loss, as_array
from tidu.losses.of_classes import SigmoidCrossEntropy, SoftmaxCrossEntropy
from tidu.losses.of_values import MeanSquaredError, Poisson, SumSquaredError

__all__ = [
    "LOSSES",
    "Loss",
    "MeanSquaredError",
    "Poisson",
    "SigmoidCrossEntropy",
    "SoftmaxCrossEntropy",
    "SumSquaredError",
    "as_array",
    "by_name",
]

LOSSES: dict[str, type[Loss]] = {
    loss.__name__: loss
    for loss in (
        SumSquaredError,
        MeanSquaredError,
        Poisson,
        SoftmaxCrossEntropy,
        SigmoidCrossEntropy,
    )
}


def by_name(name: str) -> Loss:
    """Return the loss of that name, with its default settings.

    Raises
    ------
    InputError
        If there is none; the message names the nearest.

    Examples
    --------
    >>> by_name("softmax-cross-entropy")
    SoftmaxCrossEntropy()
    """
    kinds = {re.sub("(?<!^)(?=[A-Z])", "-", kind).lower(): LOSSES[kind] for kind in LOSSES}
    check_choice("loss", name, kinds)
    return kinds[name]()
