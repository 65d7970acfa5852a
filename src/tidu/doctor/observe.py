"""One pass over a batch, forward and backward, and what every layer did.

The layers of nested chains are observed one by one; a `Residual` is one layer. Where numbers stop
being finite, the pass ends and says which operation of which layer produced them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.language import translator
from tidu.layers import BatchNorm, Layer
from tidu.layers.base import Path, Tree, backward, forward

if TYPE_CHECKING:
    from tidu.network import Network

_ = translator("doctor")

SATURATED = 0.02
"""An activation is saturated where its slope is below this share of its largest slope."""


@dataclass
class LayerSeen:
    """What one layer did.

    Attributes
    ----------
    name, layer, weights
        The layer, its name as in `Network.trace`, and the names of the weights that it learns.
    mean, std
        Of its output.
    dead
        The share of units whose slope is 0 for every sample, for layers that are flat below 0
        such as a ReLU; NaN for others.
    saturated
        The share of outputs where the layer is nearly flat, for layers that are flat on both sides
        such as a sigmoid; NaN for others.
    off
        The root mean square difference, in standard deviations, of the output of a `BatchNorm` with
        its running averages and with the batch's own; NaN for others, and before the first batch.
    gradient
        The norm of the gradient of the loss with respect to its output.
    column_size
        The root mean square of each number of its input, over the samples.
    """

    name: str
    layer: Layer
    weights: tuple[str, ...]
    mean: float
    std: float
    dead: float
    saturated: float
    off: float
    gradient: float
    column_size: np.ndarray


@dataclass
class Observation:
    """What a pass saw: the layers, the size of each weight, the loss, the first NaN or infinity."""

    layers: list[LayerSeen] = field(default_factory=list)
    sizes: dict[str, float] = field(default_factory=dict)
    loss: float = math.nan
    first_nonfinite: str = ""


def observe(network: Network, x: np.ndarray, t: np.ndarray, seed: int = 0) -> Observation:
    """Pass a batch through the network as while learning; ``t`` is encoded by the loss.

    The loss is without the penalty.
    """
    seen = Observation()
    for entry in network.layout.entries:
        part = network.theta[entry.slice]
        if not np.isfinite(part).all():
            seen.first_nonfinite = _("the parameter {name} itself").format(name=entry.name)
            return seen
        if entry.kind == "weight":
            seen.sizes[entry.name] = rms(part)
    with np.errstate(all="ignore"):
        _pass(network, x, t, seed, seen)
    return seen


def _pass(network: Network, x: np.ndarray, t: np.ndarray, seed: int, seen: Observation) -> None:
    params = network.layout.tree(network.theta, network.parameters)
    state = network.state_layout.tree(network.state, network.buffers)
    noise = network.draw_noise(len(x), seed, 0)
    kept = []
    y = x
    for at in network.chain.walk(network.input_shape):
        x, name, layer, path = y, at.name, at.layer, at.path
        column_size = np.sqrt((x.astype(float) ** 2).mean(axis=0)).ravel()
        trees = _at(params, path), _at(state, path), _at(noise, path)
        y, saved = forward(layer, x, *trees, True)[:2]
        if not np.isfinite(y).all():
            seen.first_nonfinite = _("the forward pass of {name}, {layer!r}").format(
                name=name, layer=layer
            )
            return
        names = tuple(
            e.name
            for e in network.layout.entries
            if e.path[: len(path)] == path and e.kind == "weight"
        )
        flat = y.reshape(len(y), -1).astype(float)
        shares = _dead(layer, x, saved), _saturated(layer, x, saved)
        off = _off(layer, x, _at(state, path))
        numbers = float(flat.mean()), float(flat.std()), *shares, off, math.nan, column_size
        seen.layers.append(LayerSeen(name, layer, names, *numbers))
        kept.append((seen.layers[-1], saved))
    w = network.normalized_weights(t, None)[0]
    seen.loss = float((w * network.loss_function.values(y, t)).sum())
    dy = network.loss_function.gradient(y, t)
    if not (math.isfinite(seen.loss) and np.isfinite(dy).all()):
        seen.first_nonfinite = _("the loss, {loss!r}").format(loss=network.loss_function)
        return
    dy = dy * w.reshape(-1, *(1,) * (dy.ndim - 1))
    for layer_seen, saved in reversed(kept):
        layer_seen.gradient = float(np.linalg.norm(dy.astype(float)))
        dy, dparams = backward(layer_seen.layer, dy, saved, need_dx=True)
        if not all(np.isfinite(d).all() for d in _arrays((dy, dparams))):
            seen.first_nonfinite = _("the backward pass of {name}, {layer!r}").format(
                name=layer_seen.name, layer=layer_seen.layer
            )
            return


def inputs_of_first_weights(network: Network, x: np.ndarray, seed: int = 0) -> np.ndarray | None:
    """Return the input of the first layer with parameters; None if these hold no weights.

    It depends on no parameter, so it shows how the data are scaled, at any moment of a run.
    """
    learned = [(e.path, e.kind) for e in network.layout.entries]
    noise, y = network.draw_noise(len(x), seed, 0), x
    for at in network.chain.walk(network.input_shape):
        kinds = {kind for path, kind in learned if path[: len(at.path)] == at.path}
        if kinds:
            return y if "weight" in kinds else None
        y, _, _ = forward(at.layer, y, {}, {}, _at(noise, at.path), True)
    return None


def rms(values: np.ndarray) -> float:
    """Return the root mean square, 0 for nothing.

    Examples
    --------
    >>> rms(np.array([1.0, 7.0]))
    5.0
    """
    return float(np.sqrt((values.astype(float) ** 2).mean())) if values.size else 0.0


def _at(tree: Tree, path: Path) -> Tree:
    for key in path:
        tree = tree and tree[key]
    return tree


def _arrays(tree: Any) -> Iterator[np.ndarray]:
    if isinstance(tree, (dict, tuple)):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from _arrays(item)
    else:
        yield tree


def _slope(layer: Layer, x: np.ndarray, saved: Tree) -> np.ndarray:
    """Return f′(x) of an elementwise layer, in float64, one row a sample."""
    slope, _ = backward(layer, np.ones_like(x), saved, need_dx=True)
    return np.asarray(slope, float).reshape(len(x), -1)


def _dead(layer: Layer, x: np.ndarray, saved: Tree) -> float:
    if layer.saturates != "below":
        return math.nan
    return float((_slope(layer, x, saved) == 0).all(axis=0).mean())


def _off(layer: Layer, x: np.ndarray, state: Tree) -> float:
    if not isinstance(layer, BatchNorm) or not state["running_weight"].any() or len(x) < 2:
        return math.nan
    axes = (0, *range(2, x.ndim))
    mean, variance = x.mean(axis=axes, dtype=float), x.var(axis=axes, dtype=float)
    running = np.sqrt(state["running_var"].astype(float) + layer.eps)
    shift, stretch = (mean - state["running_mean"]) / running, np.sqrt(variance) / running
    return rms(np.hypot(shift, stretch - np.sqrt(variance / (variance + layer.eps))))


def _saturated(layer: Layer, x: np.ndarray, saved: Tree) -> float:
    if layer.saturates != "both":
        return math.nan
    zero = np.zeros((1, 1), x.dtype)
    _, saved_at_zero, _ = forward(layer, zero, {}, {}, None, True)
    greatest = _slope(layer, zero, saved_at_zero)
    return float((_slope(layer, x, saved) < SATURATED * greatest).mean())
