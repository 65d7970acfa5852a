"""What each input contributes to a score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.errors import (
    InputError,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Attribution:
    """What each input contributes to a score.

    Attributes
    ----------
    values : (N, *input_shape)
        The contribution of each input.
    x : (N, *input_shape)
        The samples that are explained.
    targets : (N,)
        Which score of each sample is explained.
    scores : (N,)
        These scores.
    baseline_scores : (N,) or None
        The same scores at the baseline, where there is one.
    evaluations : int
        How many samples went through the network.

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy(), seed=0)
    >>> found = td.integrated_gradients(net, np.eye(3))
    >>> found.values.shape
    (3, 3)
    """

    values: np.ndarray
    x: np.ndarray
    targets: np.ndarray
    scores: np.ndarray
    baseline_scores: np.ndarray | None = None
    evaluations: int = 0

    @property
    def completeness_error(self) -> np.ndarray:
        """How far the contributions of each sample are from score − score at the baseline."""
        if self.baseline_scores is None:
            raise InputError("there is no baseline, so there is nothing to add up to")
        return np.abs(summed(self.values) - (self.scores - self.baseline_scores))

    def plot(self, image_shape: tuple[int, int] | None = None, **settings: Any) -> Figure:
        """Return a figure of samples and contributions; see `tidu.plots.attribution`."""
        from tidu.plots import attribution

        return attribution(self, image_shape, **settings)


def summed(values: np.ndarray) -> np.ndarray:
    """Return the sum over the inputs of each sample."""
    return values.reshape(len(values), math.prod(values.shape[1:])).sum(axis=1)
