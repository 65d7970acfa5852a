"""Data as the kernels find it: descriptors of samples and targets in their stored form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from tidu.arrays import Array, check_sparse, is_sparse
from tidu.engines.compiled.kernels.arguments import INPUTS
from tidu.engines.compiled.kernels.operations import (
    BYTES,
    DOUBLES,
    IN_PLACE,
    IN_WORK,
    SINGLES,
    SPARSE,
    SPARSE_INPUTS,
)
from tidu.layers import Standardize
from tidu.losses import SoftmaxCrossEntropy
from tidu.native import address_of
from tidu.objective import Objective

KINDS = {"uint8": BYTES, "bool": BYTES, "float32": SINGLES, "float64": DOUBLES}


@dataclass(frozen=True)
class Stored:
    """A descriptor for the interpreter, and the arrays it points to, which must live as long."""

    descriptor: np.ndarray
    held: tuple[np.ndarray, ...]
    samples: int

    def source(self, dtype: np.dtype, in_order: bool = False) -> int:
        """Return where the x of a first product is; in place if samples are taken in order."""
        kind = self.descriptor[INPUTS.KIND]
        if kind == SPARSE:
            return SPARSE_INPUTS
        return IN_PLACE if in_order and kind == KINDS[dtype.name] else IN_WORK


def standardize(network: Objective) -> Standardize | None:
    """Return the layer that standardizes the inputs, if there is one.

    It is done as samples are brought into the form for kernels, whose program does without it.
    """
    first = next(iter(network.chain.layers), None)
    return first if isinstance(first, Standardize) and not first.inverse else None


def as_stored(network: Objective, x: Any) -> Stored | None:
    """Return samples as they are stored; None if they must be brought into another form first."""
    return None if standardize(network) else inputs(x, network.dtype)


def inputs(x: Any, dtype: np.dtype) -> Stored | None:
    """Return samples as they are stored; None if they must be brought into another form first."""
    if is_sparse(x):
        rows = x.tocsr()
        check_sparse(rows)
        values = np.ascontiguousarray(rows.data, dtype)
        indices = np.ascontiguousarray(rows.indices, np.int32)
        starts = np.ascontiguousarray(rows.indptr, np.int64)
        words = [
            SPARSE,
            address_of("x.data", values, dtype, values.size),
            values.size,
            address_of("x.indices", indices, "int32", values.size),
            address_of("x.indptr", starts, "int64", x.shape[0] + 1),
            starts.size,
        ]
        return Stored(np.array(words, np.int64), (values, indices, starts), x.shape[0])
    kind = KINDS.get(x.dtype.name)
    if kind is None or not _plain(x):
        return None
    words = [kind, address_of("x", x, x.dtype, x.size), x.size, 0, 0, 0]
    return Stored(np.array(words, np.int64), (x,), len(x))


def converted(network: Objective, x: Array) -> Stored:
    """Return samples brought into the network's dtype."""
    return cast("Stored", inputs(readable(_standardized(network, x)), network.dtype))


def targets(network: Objective, t: np.ndarray, weights: np.ndarray | None) -> Stored | None:
    """Return targets and weights as they are stored; None if that is not a form for kernels."""
    labels, values = t[:0], np.empty(0, network.dtype)
    if type(network.loss_function) is SoftmaxCrossEntropy and t.ndim == 1 and t.dtype.kind in "iu":
        labels = t
    elif t.dtype == network.dtype and t.shape == (len(t), *network.output_shape):
        values = t
    else:
        return None
    w = np.empty(0) if weights is None else readable(weights.astype(np.float64, copy=False))
    if not _plain(t):
        return None
    words = [
        address_of("t", labels, labels.dtype, labels.size),
        labels.size,
        labels.itemsize,
        address_of("t", values, network.dtype, values.size),
        values.size,
        address_of("sample_weight", w, "float64", 0 if weights is None else len(t)),
        w.size,
    ]
    return Stored(np.array(words, np.int64), (labels, values, w), len(t))


def copied(
    network: Objective, x: np.ndarray, t: np.ndarray, weights: np.ndarray | None, rows: np.ndarray
) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """Return the chosen samples, targets and weights in a form for kernels."""
    part = x[rows]
    if standardize(network):
        part = np.ascontiguousarray(_standardized(network, part))
    elif not is_sparse(part):
        part = np.ascontiguousarray(part if part.dtype.name in KINDS else network.batch(part))
        part = part.astype(part.dtype.newbyteorder("="), copy=False)
    chosen = t[rows]
    if targets(network, chosen, None) is None:
        chosen = network.targets(chosen, len(rows))
    return part, chosen, None if weights is None else weights[rows]


def _standardized(network: Objective, x: Array) -> np.ndarray:
    """Return samples in the network's dtype, standardized if it begins with that."""
    layer, x = standardize(network), network.batch(x)
    return x if layer is None else layer.forward(x)[0]


def readable(array: np.ndarray) -> np.ndarray:
    """Return an array that kernels can read: itself, or a copy of it."""
    return array if _plain(array) else array.astype(array.dtype.newbyteorder("="), order="C")


def _plain(array: np.ndarray) -> bool:
    """Return whether kernels can read an array where it is."""
    flags = array.flags
    return flags.c_contiguous and flags.aligned and array.dtype.isnative
