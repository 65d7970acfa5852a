"""What to try after a training step whose numbers were not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array
from tidu.doctor.observe import inputs_of_first_weights
from tidu.language import translator

if TYPE_CHECKING:
    from tidu.network import Network

_ = translator("doctor")

MUCH_TOO_LARGE = 30.0
"""Inputs up to this size rarely make a step overflow at a usual learning rate."""


def after_step_not_finite(network: Network, batch: Array, rate: float) -> str:
    """Return what to try: to scale the inputs, where they are large, or a lower learning rate.

    ``batch`` is that of the step, and finite; ``rate`` is the learning rate of the step.
    """
    x = inputs_of_first_weights(network, network.batch(batch))
    largest = 0.0 if x is None else float(np.abs(x).max(initial=0))
    if largest > MUCH_TOO_LARGE:
        return _("inputs go up to {largest:g}: put Rescale({scale:.2g}) first").format(
            largest=largest, scale=1 / largest
        )
    return _("the learning rate {rate:g} may be too high: try {lower:g}").format(
        rate=rate, lower=rate / 10
    )
