"""Where steps get their samples from: arrays in a shuffled order, or batches as they come."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.arrays import Array, check_sparse, dense, described, is_sparse, promoted
from tidu.engines import TrainingSet
from tidu.errors import InputError
from tidu.losses import as_array
from tidu.objective import checked_weights
from tidu.training.run import Run

if TYPE_CHECKING:
    from tidu.network import Network

VALIDATED_AT_ONCE = 65536
CHECKSUMMED = 1000
"""How many samples, spread over all, tell data from other data of the same size."""


@dataclass(frozen=True)
class Chunk:
    """Samples, and the order in which an engine takes them, ``batch_size`` a step."""

    x: np.ndarray
    t: np.ndarray
    weights: np.ndarray | None
    order: np.ndarray
    batch_size: int


@dataclass(frozen=True)
class Data:
    """What an epoch goes through: ``chunks(run)``, and the number of steps if it is known.

    ``fingerprint()`` identifies the data; a saved run goes on only with the same. ``samples`` are
    the samples, where this process has them all.
    """

    chunks: Callable[[Run], Iterator[Chunk]]
    steps: int | None
    fingerprint: Callable[[], dict[str, Any]] = dict
    samples: TrainingSet | None = None


def samples_of(
    network: Network,
    x: Array,
    t: Array,
    weights: Array | None,
    batch_size: int,
    rows: np.ndarray | None = None,
) -> TrainingSet:
    """Return the samples to learn from, of some rows or of all, their targets judged."""
    x, t = _samples(network, x), as_array(t)
    n = x.shape[0]
    if t.ndim == 0 or len(t) != n:
        raise InputError(f"`x` has {n} samples and `t` is {described(t)}; they must go together")
    if not n:
        raise InputError("`x` is empty: there is nothing to learn from")
    for start in range(0, n, VALIDATED_AT_ONCE):
        part = t[start : start + VALIDATED_AT_ONCE]
        network.targets(part, len(part))
    weights = checked_weights(weights, n)
    used = np.arange(n) if rows is None else rows
    if weights is not None:
        used = used[weights[used] != 0]
    if not len(used):
        raise InputError("`sample_weight` is 0 for all samples: there is nothing to learn from")
    return TrainingSet(x, t, weights, used, batch_size, _needs_batches(network))


def from_samples(samples: TrainingSet) -> Data:
    """Return the data of chosen samples; each epoch's order is drawn anew."""
    x, t, weights, batch_size = samples.x, samples.t, samples.weights, samples.batch_size

    def chunks(run: Run) -> Iterator[Chunk]:
        order = samples.order(run.seed, run.epoch)
        start = run.position * batch_size
        if not (samples.joins and run.last_batch_joins):
            yield Chunk(x, t, weights, order[start:], batch_size)
            return
        last = (samples.steps - 1) * batch_size
        yield Chunk(x, t, weights, order[start:last], batch_size)
        if start <= last:
            yield Chunk(x, t, weights, order[last:], batch_size + 1)

    def fingerprint() -> dict[str, Any]:
        checksum = _checksum(x, t, weights)
        return {"samples": len(t), "batch_size": batch_size, "data": checksum}

    return Data(chunks, samples.steps, fingerprint, samples)


def from_batches(network: Network, batches: Iterable[tuple[Array, ...]], epochs: int) -> Data:
    """Return the data of an iterable of batches ``(x, t)`` or ``(x, t, sample_weight)``."""
    if hasattr(batches, "dtype") or not isinstance(batches, Iterable):
        raise InputError("`t` is missing: give targets, or an iterable of batches (x, t) as `x`")
    if isinstance(batches, Iterator) and epochs > 1:
        raise InputError(
            f"`x` is an iterator, which can be gone through only once, and `epochs` is {epochs}: "
            "give a list or another iterable, or epochs=1"
        )

    def chunks(run: Run) -> Iterator[Chunk]:
        empty = run.position == 0
        for batch in islice(batches, run.position, None):
            if not isinstance(batch, (tuple, list)) or len(batch) not in (2, 3):
                raise InputError(
                    f"a batch must be (x, t) or (x, t, sample_weight), got {described(batch)}"
                )
            x, t, *rest = batch
            x, t = _samples(network, x), as_array(t)
            n = x.shape[0]
            if not n:
                raise InputError("a batch must hold at least one sample, got an empty one")
            network.targets(t, n)
            weights = checked_weights(rest[0], n) if rest else None
            empty = False
            yield Chunk(x, t, weights, np.arange(n), n)
        if empty:
            raise InputError("`x` gave no batches: an iterable of batches must not be empty")

    steps = len(batches) if isinstance(batches, Sized) else None
    return Data(chunks, steps, lambda: {"batches": steps})


def _needs_batches(network: Network) -> bool:
    """Return whether a layer keeps statistics of batches, which one sample has none of."""
    return network.chain.scope == "batch" and network.state_layout.size > 0


def _checksum(*arrays: np.ndarray | None) -> str:
    """Return a checksum of some of the samples, and of the arrays' shapes and dtypes."""
    found = 0
    for array in arrays:
        if array is not None:
            n = array.shape[0]
            rows = np.linspace(0, n - 1, min(n, CHECKSUMMED)).astype(int)
            found = zlib.crc32(f"{array.shape} {array.dtype}".encode(), found)
            found = zlib.crc32(np.ascontiguousarray(dense(array[rows])).data, found)
    return f"{found:08x}"


def _samples(network: Network, x: Array) -> Array:
    """Return samples in the dtype in which they are stored, or refuse them."""
    if is_sparse(x):
        check_sparse(x)
        x = x.tocsr()
    elif not isinstance(x, np.ndarray):
        x = promoted(x)
    fits = x.ndim > 0 and x.shape[1:] == network.input_shape
    network.batch(x[:0] if fits else x)
    return x
