"""What each of many networks is given: one value for all, or a list with one of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.arrays import described
from tidu.engines import TrainingSet
from tidu.errors import InputError, check_list
from tidu.training.batches import samples_of
from tidu.training.callbacks import Callback

if TYPE_CHECKING:
    from tidu.network import Network


def checked_networks(networks: Iterable[Network]) -> list[Network]:
    """Return the networks as a list, or refuse what is none."""
    from tidu.network import Network

    networks = check_list("networks", networks, Network, described)
    if not networks:
        raise InputError("`networks` is empty: there is nothing to learn or to predict with")
    if len({id(network) for network in networks}) < len(networks):
        raise InputError("`networks` holds a network twice; give copies, by its method copy()")
    return networks


def each(name: str, value: Any, count: int, listed: tuple[Any, ...]) -> list[Any]:
    """Return a value for each network: those of a list, or the one for all."""
    if not isinstance(value, listed):
        return [value] * count
    if len(value) != count:
        raise InputError(f"`{name}` has {len(value)} entries for {count} networks")
    return [item.item() if isinstance(item, np.generic) else item for item in value]


def is_own(networks: Sequence[Network], x: Any) -> bool:
    """Return whether x is a list with the samples of each network."""
    dimensions = 1 + len(networks[0].input_shape)
    return isinstance(x, (list, tuple)) and bool(x) and np.ndim(x[0]) == dimensions


def training_sets(
    networks: Sequence[Network],
    x: Any,
    t: Any,
    rows: Any,
    sample_weight: Any,
    batch_sizes: Sequence[int],
) -> list[tuple[TrainingSet, bool]]:
    """Return the samples of each network, and whether others share them."""
    count, own = len(networks), is_own(networks, x)
    if own and rows is not None:
        raise InputError("`rows` are of shared samples; `x` is a list with those of each network")
    if own:
        for name, given in (("t", t), ("sample_weight", sample_weight)):
            if given is not None and not isinstance(given, (list, tuple)):
                raise InputError(
                    f"`{name}` must be a list of {count} arrays, as `x` is one, "
                    f"got {described(given)}"
                )
        parts = zip(
            each("x", x, count, (list, tuple)),
            each("t", t, count, (list, tuple)),
            each("sample_weight", sample_weight, count, (list, tuple)),
            batch_sizes,
            strict=True,
        )
        return [
            (samples_of(network, *part), False)
            for network, part in zip(networks, parts, strict=True)
        ]
    several = isinstance(sample_weight, (list, tuple)) and np.ndim(sample_weight[0]) == 1
    weights = each("sample_weight", sample_weight, count, (list, tuple) if several else ())
    chosen = each("rows", rows, count, (list, tuple))
    if rows is not None and not isinstance(rows, (list, tuple)):
        raise TypeError(f"`rows` must be a list of arrays, one a network, got {described(rows)}")
    found: list[tuple[TrainingSet, bool]] = []
    judged: dict[Any, TrainingSet] = {}
    for i, network in enumerate(networks):
        key = network.chain, network.loss_function, network.dtype, id(weights[i])
        if key not in judged:
            judged[key] = samples_of(network, x, t, weights[i], batch_sizes[i])
        samples = replace(judged[key], batch_size=batch_sizes[i])
        if chosen[i] is not None:
            samples = samples.of_rows(_checked_rows(i, chosen[i], len(samples.t)))
            if not len(samples.rows):
                raise InputError(
                    f"`sample_weight` is 0 for all samples that network {i} learns from"
                )
        found.append((samples, True))
    return found


def _checked_rows(i: int, rows: Any, n: int) -> np.ndarray:
    found = np.asarray(rows)
    if found.ndim != 1 or found.dtype.kind not in "iu":
        raise TypeError(
            f"`rows[{i}]` must be numbers of rows, integers, got {described(rows)}; "
            "np.flatnonzero(mask) makes them of a mask"
        )
    if not len(found):
        raise InputError(f"`rows[{i}]` is empty: network {i} has nothing to learn from")
    if not (found.min() >= 0 and found.max() < n):
        raise InputError(f"`rows[{i}]` must be numbers from 0 to {n - 1}, those of rows of `x`")
    return np.ascontiguousarray(found, np.int64)


def callbacks_of_each(callbacks: Any, count: int) -> list[list[Callback]]:
    """Return the callbacks of each network: its own, or copies of those for all."""
    if _is_list_of_lists(callbacks):
        return [
            check_list(f"callbacks[{i}]", own, Callback)
            for i, own in enumerate(each("callbacks", callbacks, count, (list, tuple)))
        ]
    callbacks = check_list("callbacks", callbacks, Callback)
    return [[callback.for_network(i) for callback in callbacks] for i in range(count)]


def _is_list_of_lists(value: Any) -> bool:
    is_list = isinstance(value, (list, tuple)) and bool(value)
    return is_list and all(isinstance(item, (list, tuple)) for item in value)
