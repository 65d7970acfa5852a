"""What the exporters share: the names of a layer's values, and rows of tables that may be missing.

Each exporter keeps a table with one row a layer, which says how to write that layer. A layer
without a row trains, checks, saves and loads as any other, and cannot be exported in this form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from tidu.errors import InputError
from tidu.layers import Layer, Parametric
from tidu.layers.chain import NamedLayer
from tidu.losses import Loss
from tidu.network import Network

Row = TypeVar("Row")


def value_names(network: Network, at: NamedLayer) -> dict[str, str]:
    """Return the network's name for each parameter and buffer of a layer, by the layer's own.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(4), td.ReLU(), td.Affine(2)], 3, td.SoftmaxCrossEntropy())
    >>> [value_names(net, at) for at in net.chain.walk(net.input_shape)]
    [{'W': 'W1', 'b': 'b1'}, {}, {'W': 'W2', 'b': 'b2'}]
    """
    entries = (*network.layout.entries, *network.state_layout.entries)
    return {str(e.path[-1]): e.name for e in entries if e.path[:-1] == at.path}


def activation_of(at: NamedLayer) -> NamedLayer:
    """Return the activation of a `Parametric` as a layer at a place of its own, without values."""
    layer: Parametric = at.layer  # type: ignore[assignment]
    return replace(at, layer=layer.activation, path=(*at.path, "activation"))


def row_of(layer: Layer, rows: Mapping[type, Row], form: str) -> Row:
    """Return the row of a layer, or raise with the name of the layer.

    Classes are compared exactly: a subclass may compute something else.
    """
    if type(layer) not in rows:
        known = ", ".join(sorted(kind.__name__ for kind in rows))
        raise InputError(
            f"{layer!r} cannot be written as {form}: there is no row for its class among those "
            f"that can, {known}"
        )
    return rows[type(layer)]


def link_of(loss: Loss, rows: Mapping[str, Row], form: str) -> Row:
    """Return the row of a loss's link, or raise with the name of the loss."""
    if loss.link not in rows:
        raise InputError(
            f"{loss!r} cannot be written as {form}: its link {loss.link!r} is none of "
            f"{', '.join(sorted(rows))}"
        )
    return rows[loss.link]
