"""How far each entry is moved."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tidu.numeric.methods import METHODS, base_step


class StepSizes(NamedTuple):
    """By how much each entry of an array moves up and down, and what differences are divided by.

    The first two are what ``v + h`` and ``v − h`` come to in floating point.
    """

    h_plus: np.ndarray
    h_minus: np.ndarray
    width: np.ndarray

    @classmethod
    def of(cls, v: np.ndarray, step: float | None, times: float = 1.0) -> StepSizes:
        """Return the steps of each entry: ``step``, or ``times`` that of `tidu.gradient`.

        Examples
        --------
        >>> StepSizes.of(np.array([1.0, 1e20]), 0.5)
        StepSizes(h_plus=array([0.5, 0. ]), h_minus=array([0.5, 0. ]), width=array([1., 1.]))
        """
        if step is None:
            size = np.abs(v)
            scale = 2.0 ** np.floor(np.log2(np.maximum(1.0, size)))
            h = base_step(METHODS["central"], float(np.finfo(v.dtype).eps), v.dtype) * scale * times
            h = (size + h) - size
        else:
            h = np.full_like(v, step)
        return cls((v + h) - v, v - (v - h), 2 * h)

    def view(self, at: slice, shape: tuple[int, ...]) -> StepSizes:
        """Return those of some entries of a flat array, in another shape."""
        return StepSizes(*(steps[at].reshape(shape) for steps in self))
