"""The weights that samples have by their classes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.errors import InputError, check_number, did_you_mean

OneWeight = Mapping[Any, float] | str
ClassWeight = OneWeight | Sequence[OneWeight] | None


def weights_by_class(
    class_weight: ClassWeight, classes: np.ndarray, t: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return the factor of each sample, ``(N,)``.

    "balanced" makes all classes count alike, Σw / (K Σ_{i of c} wᵢ) for each sample of class c of
    the K that are present. Of several labels (``t`` of shape ``(N, K)``), each with the classes 0
    and 1, the product is taken.

    Examples
    --------
    >>> t, w = np.array([0, 0, 0, 1]), np.ones(4)
    >>> weights_by_class("balanced", np.array(["a", "b"]), t, w)
    array([0.66666667, 0.66666667, 0.66666667, 2.        ])
    >>> weights_by_class({"b": 5}, np.array(["a", "b"]), t, w)
    array([1., 1., 1., 5.])
    """
    if class_weight is None:
        return np.ones(len(t))
    if t.ndim == 1:
        return _factors(class_weight, classes, t, weights)[t]
    labels = t.shape[1]
    each = class_weight
    if isinstance(each, str):
        each = [each] * labels
    elif not isinstance(each, Sequence) or len(each) != labels:
        raise InputError(
            f"`class_weight` for {labels} labels must be 'balanced', or a list with a dict such as "
            f"{{0: 1, 1: 5}} for each label, got {described(class_weight)}"
        )
    columns = [
        _factors(one, np.arange(2), column, weights)[column]
        for one, column in zip(each, t.T.astype(int), strict=True)
    ]
    return np.prod(columns, axis=0)


def _factors(
    class_weight: ClassWeight, classes: np.ndarray, t: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return the factor of each class."""
    if class_weight == "balanced":
        sums = np.bincount(t, weights, minlength=len(classes))
        present = sums > 0
        sums[~present] = math.inf
        return weights.sum() / (present.sum() * sums)
    if not isinstance(class_weight, Mapping):
        raise InputError(
            "`class_weight` must be 'balanced', or a dict from classes to weights, "
            f"got {described(class_weight)}"
        )
    names = classes.tolist()
    for name, weight in class_weight.items():
        if name not in names:
            raise InputError(
                f"`class_weight` has a weight for {name!r}, which is no class of `y`; "
                f"{did_you_mean(str(name), map(str, names))}"
            )
        check_number(f"class_weight[{name!r}]", weight, minimum=0)
    return np.array([float(class_weight.get(name, 1)) for name in names])
