"""A network as other formats see it: its layers in a row, each with the names of its values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tidu.errors import InputError
from tidu.layers import Chain, Layer, Residual
from tidu.layers.base import Path, Shape
from tidu.network import Network


@dataclass(frozen=True)
class Part:
    """A layer, the shape of a sample before it, and the network's names for its values.

    ``names`` maps the layer's own names to the network's, as in ``{"W": "W2", "b": "b2"}``;
    ``inner`` are the parts within a `Residual`.
    """

    layer: Layer
    shape: Shape
    names: dict[str, str]
    inner: tuple[Part, ...] = ()


def parts(network: Network) -> tuple[Part, ...]:
    """Return the layers in the order in which data passes through them, chains taken apart.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Chain([td.Affine(4), td.ReLU()]), td.Affine(2)], 3,
    ...                  td.SoftmaxCrossEntropy())
    >>> [part.names for part in parts(net)]
    [{'W': 'W1', 'b': 'b1'}, {}, {'W': 'W2', 'b': 'b2'}]
    """
    return tuple(_parts(network, network.chain, (), network.input_shape))


def _parts(network: Network, layer: Layer, path: Path, shape: Shape) -> Iterator[Part]:
    if isinstance(layer, Chain):
        shapes = layer.shapes(shape)
        for i, each in enumerate(layer.layers):
            yield from _parts(network, each, (*path, i), shapes[i])
    elif isinstance(layer, Residual):
        yield Part(layer, shape, {}, tuple(_parts(network, layer.block, path, shape)))
    else:
        entries = (*network.layout.entries, *network.state_layout.entries)
        names = {str(e.path[-1]): e.name for e in entries if e.path[:-1] == path}
        yield Part(layer, shape, names)


def refuse(thing: object, form: str) -> InputError:
    """Return the error for a layer or a loss that has no counterpart in another form."""
    return InputError(f"{thing!r} cannot be written as {form}: only what comes with Tidu can")
