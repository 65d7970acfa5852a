"""Data as the kernels find it: by address and size, in the form in which it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from tidu.arrays import Array, is_sparse
from tidu.engines.compiled.kernels.operations import (
    BYTES,
    DOUBLES,
    IN_PLACE,
    IN_WORK,
    SINGLES,
    SPARSE,
    SPARSE_INPUTS,
)
from tidu.losses import SoftmaxCrossEntropy
from tidu.objective import Objective

KINDS = {"uint8": BYTES, "bool": BYTES, "float32": SINGLES, "float64": DOUBLES}


@dataclass(frozen=True)
class Stored:
    """What the interpreter is told of arrays, and the arrays, which must live as long."""

    told: np.ndarray
    held: tuple[np.ndarray, ...]

    def x_is(self, dtype: np.dtype, in_order: bool = False) -> int:
        """Return where the x of a first product is; in place if samples are taken in order."""
        kind = self.told[0]
        if kind == SPARSE:
            return SPARSE_INPUTS
        return IN_PLACE if in_order and kind == KINDS[dtype.name] else IN_WORK


def inputs(x: Any, dtype: np.dtype) -> Stored | None:
    """Return samples as they are stored; None if they must be brought into another form first."""
    if is_sparse(x):
        rows = x.tocsr()
        values = np.ascontiguousarray(rows.data, dtype)
        indices = np.ascontiguousarray(rows.indices, np.int32)
        starts = np.ascontiguousarray(rows.indptr, np.int64)
        told = [SPARSE, _at(values), values.size, _at(indices), _at(starts), starts.size]
        return Stored(np.array(told, np.int64), (values, indices, starts))
    kind = KINDS.get(x.dtype.name)
    if kind is None or not x.flags.c_contiguous or not x.dtype.isnative:
        return None
    return Stored(np.array([kind, _at(x), x.size, 0, 0, 0], np.int64), (x,))


def converted(network: Objective, x: Array) -> Stored:
    """Return samples brought into the network's dtype."""
    return cast("Stored", inputs(np.ascontiguousarray(network.batch(x)), network.dtype))


def answers(network: Objective, t: np.ndarray, weights: np.ndarray | None) -> Stored | None:
    """Return targets and weights as they are stored; None if that is not a form for kernels."""
    labels = t[:0]
    others = np.empty(0, network.dtype)
    if type(network.loss_function) is SoftmaxCrossEntropy and t.ndim == 1 and t.dtype.kind in "iu":
        labels = t
    else:
        others = t
        if t.dtype != network.dtype or t.shape != (len(t), *network.output_shape):
            return None
    w = np.empty(0) if weights is None else weights.astype(np.float64, copy=False)
    if not (t.flags.c_contiguous and t.dtype.isnative and w.flags.c_contiguous):
        return None
    told = [_at(labels), labels.size, labels.itemsize, _at(others), others.size, _at(w), w.size]
    return Stored(np.array(told, np.int64), (labels, others, w))


def copied(
    network: Objective, x: np.ndarray, t: np.ndarray, weights: np.ndarray | None, rows: np.ndarray
) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """Return the chosen samples, targets and weights in a form for kernels."""
    part = x[rows]
    if not is_sparse(part):
        part = np.ascontiguousarray(part if part.dtype.name in KINDS else network.batch(part))
        part = part.astype(part.dtype.newbyteorder("="), copy=False)
    targets = t[rows]
    if answers(network, targets, None) is None:
        targets = network.targets(targets, len(rows))
    return part, targets, None if weights is None else weights[rows]


def _at(array: Array) -> int:
    return array.ctypes.data
