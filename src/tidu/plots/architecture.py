"""A network drawn as units and edges, the colour and width of an edge being its weight."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.errors import InputError
from tidu.language import translator
from tidu.layers.affine import Affine
from tidu.network import Network
from tidu.plots.style import Theme, halo, new_figure, styled

_ = translator("library")

_SHOWN = 8
"""Units of a column that are drawn; of more, the first and the last with dots between them."""
_NUMBERS = 40
"""A network with at most so many weights has them written on its edges."""

_LETTERS = 16


@dataclass
class DrawnLayer:
    """The units of one layer: how many there are, which are drawn, and the weights into them."""

    units: int
    notes: list[str]
    shown: list[int] = field(default_factory=list)
    weights: np.ndarray | None = None


def network(net: Network, *, theme: str = "light") -> Any:
    r"""Draw a network: a column of units for the input and each affine layer, edges by weight.

    Blue edges are positive and orange ones negative, the wider and darker the larger the weight is
    beside the largest of its layer. Where a layer has many units, some of them stand for all. A
    network of at most 40 weights has their values written on the edges. Layers between two affine
    ones are named under the column that they act on.

    Parameters
    ----------
    net
        With affine layers, one after another.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, InputError
        If ``net`` is not a network, or has no affine layer.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(3), td.Sigmoid(), td.Affine(2)], 2, "mean-squared-error")
    >>> [text.get_text() for text in network(net).axes[0].texts][-3:]
    ['input\n2', 'Affine\n3\nSigmoid()', 'Affine\n2']
    """
    if not isinstance(net, Network):
        raise TypeError(f"`net` must be a Network, got {described(net)}")
    columns = columns_of(net)
    if len(columns) < 2:
        raise InputError("`net` has no affine layer, so there are no edges to draw")
    total = sum(c.weights.size for c in columns if c.weights is not None)
    with styled(theme) as look:
        places = [_places(column) for column in columns]
        top = max(float(heights[0]) for heights in places)
        figure = new_figure(height=1.4 + 1.1 * max(top, 1), width=max(4.5, 2.4 * len(columns)))
        axes = figure.subplots()
        axes.axis("off")
        for c, column in enumerate(columns[1:], start=1):
            _draw_edges(axes, c, columns[c - 1], column, places, total <= _NUMBERS, look)
        for c, (column, heights) in enumerate(zip(columns, places, strict=True)):
            for y in heights:
                axes.plot(
                    c, y, marker="o", markersize=11, color=look.paper, markeredgecolor=look.ink,
                    zorder=3,
                )  # fmt: skip
            if len(column.shown) < column.units:
                axes.text(c, 0, "⋮", ha="center", va="center", color=look.ink, fontsize=14)
        for c, column in enumerate(columns):
            axes.text(c, -top - 0.5, "\n".join(column.notes), ha="center", va="top", color=look.ink)
        lines = max(len(column.notes) for column in columns)
        axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(-top - 0.5 - 0.4 * lines, top + 0.4))
    return figure


def columns_of(net: Network) -> list[DrawnLayer]:
    """Return the columns of a network: its input, then each affine layer."""
    first = int(np.prod(net.input_shape))
    columns = [DrawnLayer(first, [_("input"), "×".join(map(str, net.input_shape))])]
    number = 0
    for at in net.chain.walk(net.input_shape):
        for each in at.with_inner():
            layer = each.layer
            if isinstance(layer, Affine):
                number += 1
                name = next(e.name for e in net.layout.entries if e.path == (*each.path, "W"))
                columns.append(
                    DrawnLayer(layer.units, ["Affine", str(layer.units)], weights=net[name])
                )
            elif not each.inner:
                shown = repr(layer)
                columns[-1].notes.append(shown if len(shown) <= _LETTERS else type(layer).__name__)
    for column in columns:
        half = _SHOWN // 2
        every = list(range(column.units))
        column.shown = every if column.units <= _SHOWN else every[: half - 1] + every[1 - half :]
    return columns


def _places(column: DrawnLayer) -> np.ndarray:
    """Return the heights of the units that are drawn, with a gap where some are left out."""
    n = len(column.shown)
    heights = (n - 1) / 2 - np.arange(n, dtype=float)
    if n < column.units:
        heights += np.where(np.arange(n) < n // 2, 0.5, -0.5)
    return heights


def _draw_edges(
    axes: Any,
    c: int,
    before: DrawnLayer,
    column: DrawnLayer,
    places: list[np.ndarray],
    numbers: bool,
    look: Theme,
) -> None:
    assert column.weights is not None
    largest = float(np.abs(column.weights).max()) or 1.0
    for k, i in enumerate(before.shown):
        part = 0.5 if len(before.shown) == 1 else 0.3 + 0.4 * k / (len(before.shown) - 1)
        for m, j in enumerate(column.shown):
            weight = float(column.weights[i, j])
            strength = abs(weight) / largest
            start, end = np.array([c - 1, places[c - 1][k]]), np.array([c, places[c][m]])
            axes.plot(
                *np.array([start, end]).T, color=look.blue if weight > 0 else look.orange,
                linewidth=0.4 + 2.2 * strength, alpha=0.15 + 0.7 * strength, zorder=1,
            )  # fmt: skip
            if numbers:
                angle = np.degrees(np.arctan2(*(end - start)[::-1]))
                axes.text(
                    *(start + part * (end - start)), f"{weight:.3g}".replace("-", "−"),
                    fontsize=7.5, ha="center", va="center", rotation=angle,
                    rotation_mode="anchor", transform_rotates_text=True, path_effects=halo(look),
                    color=look.ink, zorder=2,
                )  # fmt: skip
