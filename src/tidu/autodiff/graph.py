"""The graph of a computation: values forward, gradients backward, each with its formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.errors import InputError, did_you_mean
from tidu.plain import plain

_ENTRIES = 4
"""Arrays of more entries are shown by their shape."""


@dataclass(frozen=True, eq=False)
class Edge:
    """What one argument of a node hands on, and gets back.

    Attributes
    ----------
    start
        The number of the node that the argument is.
    gradient
        What comes back along this edge, in the shape of the argument.
    slope
        The derivative of the node with respect to this argument, if both are single numbers.
    """

    start: int
    gradient: Array
    slope: float | None


@dataclass(frozen=True, eq=False)
class Node:
    """One operation, or one input, which has no formula and no edges.

    Attributes
    ----------
    name, operation
        What it is called, and the sign or the function that is applied.
    formula, numbers
        The operation on names, and, where all are single numbers, on their values.
    value, gradient
        Its value, and the gradient of the output with respect to it.
    edges
        One for each argument that depends on an input.
    """

    name: str
    operation: str
    formula: str
    numbers: str
    value: Array
    gradient: Array
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, eq=False)
class Graph:
    """The nodes of a computation in the order in which they are computed; the last is the output.

    A node is had by its name, ``graph["a"]``; in a notebook the graph shows itself.

    Examples
    --------
    >>> from tidu.autodiff import graph
    >>> graph(lambda a, b: a * b + b, 2.0, -3.0)
    name  formula  value  ∂L/∂name
    ------------------------------
    a              2      −3
    b              −3     3
    v1    a · b    −6     1
    L     v1 + b   −9     1
    """

    nodes: tuple[Node, ...]

    @property
    def output(self) -> Node:
        """The node of the result."""
        return self.nodes[-1]

    def __getitem__(self, name: str) -> Node:
        """Return the node of a name."""
        for node in self.nodes:
            if node.name == name:
                return node
        names = [node.name for node in self.nodes]
        raise InputError(f"there is no node {name!r}; {did_you_mean(str(name), names)}")

    def consumers(self, k: int) -> Iterator[tuple[Node, Edge]]:
        """Yield each edge that begins at node k, with the node where it ends."""
        for node in self.nodes:
            for edge in node.edges:
                if edge.start == k:
                    yield node, edge

    def steps(self) -> list[str]:
        r"""Return the computation and the chain rule as sentences with their numbers.

        Examples
        --------
        >>> from tidu.autodiff import graph
        >>> print("\n".join(graph(lambda a, b: a * b + b, 2.0, -3.0).steps()))
        a = 2
        b = −3
        v1 = a · b = 2 · (−3) = −6
        L = v1 + b = −6 + (−3) = −9
        ∂L/∂L = 1
        ∂L/∂v1 = ∂L/∂L · ∂L/∂v1 = 1 · 1 = 1
        ∂L/∂b = ∂L/∂v1 · ∂v1/∂b + ∂L/∂L · ∂L/∂b = 1 · 2 + 1 · 1 = 3
        ∂L/∂a = ∂L/∂v1 · ∂v1/∂a = 1 · (−3) = −3
        """
        forward = [
            " = ".join(filter(None, (n.name, n.formula, n.numbers, text_of(n.value))))
            for n in self.nodes
        ]
        backward = [self._backward_step(k) for k in range(len(self.nodes) - 2, -1, -1)]
        return [*forward, f"∂{self.output.name}/∂{self.output.name} = 1", *backward]

    def _backward_step(self, k: int) -> str:
        node, end = self.nodes[k], self.output.name
        to = list(self.consumers(k))
        left = f"∂{end}/∂{node.name}"
        if not to:
            return f"{left} = 0: {end} does not depend on it"
        if any(edge.slope is None for _, edge in to):
            by = " and ".join(f"{n.name} = {n.formula}" for n, _ in to)
            return f"{left} comes back through {by}: {gradient_text(node.gradient)}"
        symbols = " + ".join(f"∂{end}/∂{n.name} · ∂{n.name}/∂{node.name}" for n, _ in to)
        terms = [(text_of(n.gradient), enclosed(number(edge.slope))) for n, edge in to]
        numbers = " + ".join(f"{enclosed(a) if i else a} · {b}" for i, (a, b) in enumerate(terms))
        return f"{left} = {symbols} = {numbers} = {text_of(node.gradient)}"

    def as_dict(self) -> dict[str, Any]:
        """Return the graph as JSON can hold it; `from_dict` reads it."""
        return {
            "nodes": [
                plain(
                    {
                        **{key: getattr(n, key) for key in ("name", "operation", "formula")},
                        "numbers": n.numbers,
                        "shape": list(n.value.shape),
                        "value": n.value,
                        "gradient": n.gradient,
                        "edges": [vars(edge) for edge in n.edges],
                    }
                )
                for n in self.nodes
            ]
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Graph:
        """Return the graph of a record.

        Examples
        --------
        >>> from tidu.autodiff import graph
        >>> Graph.from_dict(graph(lambda a: a**2, 3.0).as_dict()).output.value
        array(9.)
        """

        def array(numbers: Any, shape: Sequence[int]) -> np.ndarray:
            return np.asarray(numbers, float).reshape(shape)

        rows = record["nodes"]
        return cls(
            tuple(
                Node(
                    row["name"],
                    row["operation"],
                    row["formula"],
                    row["numbers"],
                    array(row["value"], row["shape"]),
                    array(row["gradient"], row["shape"]),
                    tuple(
                        Edge(
                            edge["start"],
                            array(edge["gradient"], rows[edge["start"]]["shape"]),
                            edge["slope"],
                        )
                        for edge in row["edges"]
                    ),
                )
                for row in rows
            )
        )

    def draw(self, *, theme: str = "light") -> Any:
        """Draw the graph with its numbers; see `tidu.plots.graph`."""
        from tidu.plots import graph

        return graph(self, theme=theme)

    def svg(self, *, theme: str = "light") -> str:
        """Return the drawing as SVG; see `tidu.plots.graph_svg`."""
        from tidu.plots import graph_svg

        return graph_svg(self, theme=theme)

    def _repr_html_(self) -> str:
        """Return the drawing for a notebook."""
        return self.svg()

    def __repr__(self) -> str:
        """Return a table of the nodes."""
        header = ("name", "formula", "value", f"∂{self.output.name}/∂name")
        rows = [(n.name, n.formula, text_of(n.value), text_of(n.gradient)) for n in self.nodes]
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (header, *rows)
        ]
        return "\n".join([lines[0], "-" * (sum(widths) + 6), *lines[1:]])


def number(x: Any) -> str:
    """Write a number with six digits.

    Examples
    --------
    >>> number(-0.5), number(24.70408163)
    ('−0.5', '24.7041')
    """
    return f"{float(x):.6g}".replace("-", "−")


def enclosed(text: str) -> str:
    """Put a negative number in parentheses.

    Examples
    --------
    >>> enclosed("−3"), enclosed("3")
    ('(−3)', '3')
    """
    return f"({text})" if text.startswith("−") else text


def text_of(x: Any) -> str:
    """Write a number, the entries of a small array, or the shape of a large one.

    Examples
    --------
    >>> text_of(np.array([1.0, -2.0])), text_of(np.zeros((3, 4)))
    ('[1 −2]', '(3, 4)')
    """
    if np.ndim(x) == 0:
        return number(x) if np.isreal(x) and not isinstance(x, (bool, np.bool_)) else str(x)
    if np.ndim(x) == 1 and np.size(x) <= _ENTRIES:
        return f"[{' '.join(map(number, x))}]"
    return str(np.shape(x))


def gradient_text(x: Array) -> str:
    """Write a gradient: as `text_of`, with its norm where only the shape is shown."""
    text = text_of(x)
    return f"{text}, norm {number(np.linalg.norm(x))}" if text == str(np.shape(x)) else text
