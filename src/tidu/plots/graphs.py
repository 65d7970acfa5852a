"""The graph of a computation, with the value and the gradient on each edge."""

from __future__ import annotations

import io
import math
from collections import defaultdict
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.autodiff import Graph
from tidu.autodiff.graph import Node
from tidu.errors import InputError, need
from tidu.plots.graphviz import Places, Point, arranged
from tidu.plots.layered import layered
from tidu.plots.style import WIDTH, Theme, new_figure, styled

_GAP, _ROW = 1.05, 0.8
"""The smallest length of an edge and the distance between rows, in inches."""
_HEIGHT, _LETTER = 0.5, 0.08
"""How high a node is with what is written above and below it, and how wide a letter, in inches."""
_LARGEST = 150
"""How many nodes can be drawn so that a person can read them."""


def graph(computation: Graph, *, theme: str = "light") -> Any:
    """Draw the graph of a computation: values go forward, gradients come back.

    Each edge has the value above it and, below, the gradient of the output that comes back along
    it. Where several edges leave a node, their gradients add up to that of the node, which stands
    beside it. Arrays are shown by their shape, and their gradients by the norm.

    Parameters
    ----------
    computation
        What `tidu.graph` returns, with at most 150 nodes.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure
        As wide as its columns need, and at least as wide as the other figures.

    Raises
    ------
    TypeError, InputError
        If ``computation`` is not a graph, or is too large to read.

    Examples
    --------
    >>> from tidu.autodiff import graph as graph_of
    >>> figure = graph(graph_of(lambda a, b: a * b + b, 2.0, -3.0))
    >>> [text.get_text() for text in figure.axes[0].texts][:3]
    ['a', 'b = −3', 'Σ 3']
    """
    if not isinstance(computation, Graph):
        raise TypeError(
            f"`computation` must be what td.graph returns, got {described(computation)}"
        )
    if len(computation.nodes) > _LARGEST:
        raise InputError(
            f"`computation` has {len(computation.nodes)} nodes, more than the {_LARGEST} that one "
            "can read: draw a smaller part, or read steps()"
        )
    with styled(theme) as look:
        return graph_figure(computation, look)


def graph_svg(computation: Graph, *, theme: str = "light") -> str:
    """Return the drawing of a graph as SVG text.

    Parameters
    ----------
    computation, theme
        As for `graph`.

    Examples
    --------
    >>> graph_svg(td.graph(lambda x: x**2, 3.0))  # doctest: +SKIP
    """
    figure, out = graph(computation, theme=theme), io.StringIO()
    with need("matplotlib", extra="plots").rc_context({"svg.hashsalt": "tidu"}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def graph_figure(computation: Graph, look: Theme) -> Any:
    """Return the drawing of a graph, in the colours of a theme."""
    drawing = _Drawing(computation, look)
    (left, bottom), (right, top) = drawing.corners()
    width = max(WIDTH, right - left)
    figure = new_figure(height=top - bottom, width=width)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    spare = (width - (right - left)) / 2
    axes.set(xlim=(left - spare, right + spare), ylim=(bottom, top))  # in inches
    drawing.draw(axes)
    return figure


class _Drawing:
    """A graph with a place for each of its nodes, in inches."""

    def __init__(self, computation: Graph, look: Theme) -> None:
        self.nodes, self.look = computation.nodes, look
        edges = [(e.start, k) for k, node in enumerate(self.nodes) for e in node.edges]
        self.uses = [sum(start == k for start, _ in edges) for k in range(len(self.nodes))]
        self.places, ways = self._by_graphviz(edges) or self._by_columns(edges)
        self.ways = dict(zip(self._edges(), ways, strict=True))

    def _by_graphviz(self, edges: list[tuple[int, int]]) -> Places | None:
        """Return the places of nodes and the points of edges; None without Graphviz."""
        sizes = [self._size(k) for k in range(len(self.nodes))]
        found = arranged(sizes, edges, gap=_GAP, row=_ROW - _HEIGHT)
        if found is None:
            return None
        rights = [width / 2 - _fan(uses) for (width, _), uses in zip(sizes, self.uses, strict=True)]
        ends: defaultdict[float, float] = defaultdict(float)  # the names of a column end together
        for (x, _), right, node in zip(found[0], rights, self.nodes, strict=True):
            if not node.operation:
                ends[x] = max(ends[x], right)
        places = [
            (x + (right if node.operation else ends[x]) - _radius(node), y)
            for (x, y), right, node in zip(found[0], rights, self.nodes, strict=True)
        ]
        ways = [[places[a], *way, places[b]] for (a, b), way in zip(edges, found[1], strict=True)]
        return places, ways

    def _size(self, k: int) -> Point:
        node = self.nodes[k]
        width = 2 * _radius(node) if node.operation else _LETTER * len(self._name(k))
        return width + _fan(self.uses[k]), _HEIGHT

    def _by_columns(self, edges: list[tuple[int, int]]) -> Places:
        """Return the places of nodes and the points of edges in columns of our own."""
        layout = layered(len(self.nodes), edges)
        across = self._columns([int(x) for x, _ in layout.nodes])
        places, *ways = [
            [(across[int(x)], _ROW * y) for x, y in way] for way in (layout.nodes, *layout.edges)
        ]
        return places, ways

    def _edges(self) -> list[tuple[int, int]]:
        """Return the number of each node and of its arguments, in the order of the layout."""
        return [(k, i) for k, node in enumerate(self.nodes) for i in range(len(node.edges))]

    def _columns(self, column_of: list[int]) -> list[float]:
        """Return where each column is: apart by what its widest node and its many edges need."""
        radius: defaultdict[int, float] = defaultdict(float)
        most: defaultdict[int, int] = defaultdict(int)
        for column, node, uses in zip(column_of, self.nodes, self.uses, strict=True):
            radius[column] = max(radius[column], _radius(node))
            most[column] = max(most[column], uses)
        across = [0.0]
        for column in range(max(column_of)):
            beside = _GAP + radius[column] + radius[column + 1] + _fan(most[column])
            across.append(across[-1] + beside)
        return across

    def corners(self) -> tuple[Point, Point]:
        """Return the lower left and the upper right corner of all that is drawn."""
        points = np.array([*self.places, *(point for way in self.ways.values() for point in way)])
        (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
        letters = max(
            (len(self._name(k)) for k, n in enumerate(self.nodes) if not n.edges), default=0
        )
        end = _GAP + _radius(self.nodes[-1]) + 0.4
        return (left - 0.3 - _LETTER * letters, bottom - 0.6), (right + end, top + 0.6)

    def _name(self, k: int) -> str:
        """Return what is written beside an input; with its value, if several edges share it."""
        name = self.nodes[k].name.replace("_", " ")
        return f"{name} = {_short(self.nodes[k].value)}" if self.uses[k] > 1 else name

    def draw(self, axes: Any) -> None:
        """Draw nodes and edges."""
        for k in range(len(self.nodes)):
            self._draw_node(axes, k)
        for k, i in self._edges():
            edge = self.nodes[k].edges[i]
            start = self.nodes[edge.start]
            value = start.value if self.uses[edge.start] == 1 else None
            part = 0.42 if value is not None else 0.64
            ends = _radius(start), _radius(self.nodes[k])
            self._draw_edge(axes, self.ways[k, i], ends, value, edge.gradient, part)
        output, (x, y) = self.nodes[-1], self.places[-1]
        end = x + _GAP + _radius(output)
        self._draw_edge(
            axes, [(x, y), (end, y)], (_radius(output), 0.05), output.value, output.gradient, 0.5
        )
        axes.text(end, y, output.name, ha="left", va="center")

    def _draw_node(self, axes: Any, k: int) -> None:
        node, (x, y), look = self.nodes[k], self.places[k], self.look
        centred = {"ha": "center", "va": "center"}
        if not node.operation:
            axes.text(x, y, self._name(k), ha="right", va="center")
            if self.uses[k] > 1:
                total = f"Σ {_short(node.gradient, norm=True)}"
                axes.text(
                    x, y - 0.17, total, ha="right", va="center", color=look.orange, fontsize=8
                )
            return
        sign, short = _sign(node), len(_sign(node)) < 3
        axes.text(
            x, y, sign, **centred, color=look.ink, zorder=3, fontsize=12 if short else 9,
            bbox={
                "boxstyle": "circle,pad=0.3" if short else "round,pad=0.4,rounding_size=0.6",
                "fc": look.paper, "ec": look.ink, "lw": 0.9,
            },
        )  # fmt: skip
        several = self.uses[k] > 1
        if several:
            total = f"Σ {_short(node.gradient, norm=True)}"
            axes.text(x, y - 0.3, total, **centred, color=look.orange, fontsize=7.5)
        if node is not self.nodes[-1]:  # the output has its name at the end of its arrow
            above = f"{node.name} = {_short(node.value)}" if several else node.name
            colour = look.blue if several else look.faint
            axes.text(x, y + 0.3, above, **centred, color=colour, fontsize=7.5)

    def _draw_edge(
        self,
        axes: Any,
        way: list[Point],
        radii: tuple[float, float],
        value: Any,
        gradient: Any,
        part: float,
    ) -> None:
        """Draw an arrow, with the value above and the gradient below it."""
        points = np.array(way, float)
        points[0] += radii[0] * _unit(points[1] - points[0])
        points[-1] -= radii[1] * _unit(points[-1] - points[-2])
        line = {"color": self.look.faint, "linewidth": 0.9}
        axes.plot(*points[:-1].T, **line, zorder=1)
        axes.annotate(
            "", points[-1], points[-2], zorder=1,
            arrowprops={"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0, **line},
        )  # fmt: skip
        lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
        k = int(lengths.argmax())
        place = points[k] + part * (points[k + 1] - points[k])
        across, up = _unit(points[k + 1] - points[k])
        written = [(_short(gradient, norm=True), self.look.orange, -0.105)]
        if value is not None:
            written.append((_short(value), self.look.blue, 0.105))
        for text, colour, side in written:
            axes.text(
                *(place + side * np.array([-up, across])), text, color=colour, fontsize=8.5,
                rotation=math.degrees(math.atan2(up, across)), rotation_mode="anchor",
                ha="center", va="center",
            )  # fmt: skip


def _sign(node: Node) -> str:
    return node.operation.replace("·", "×").replace("/", "÷")


def _radius(node: Node) -> float:
    """Return how far from its place the edges of a node begin or end, in inches."""
    if not node.operation:
        return 0.05
    return 0.2 if len(_sign(node)) < 3 else 0.1 + 0.042 * len(_sign(node))


def _fan(uses: int) -> float:
    """Return how much more room the edges that leave a node need, so that their numbers part."""
    return min(0.3 * max(uses - 2, 0), 1.2)


def _short(x: Any, norm: bool = False) -> str:
    """Write a number with four digits; of an array the shape, or the norm."""
    if np.ndim(x) and not norm:
        return str(np.shape(x))
    text = f"{np.linalg.norm(x) if np.ndim(x) else float(x):.4g}".replace("-", "−")
    return f"‖{text}‖" if np.ndim(x) else text


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
