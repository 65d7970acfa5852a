"""Where the nodes of a graph are drawn, by Graphviz: its program ``dot``, where installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

Point = tuple[float, float]
Places = tuple[list[Point], list[list[Point]]]
"""The middle of each node, and for each edge the points at which it bends, in inches."""

_SECONDS = 20
"""How long ``dot`` may take; larger graphs are arranged by `tidu.plots.layered`."""


def arranged(
    sizes: Sequence[Point], edges: Sequence[tuple[int, int]], *, gap: float, row: float
) -> Places | None:
    """Return places for nodes of the given widths and heights, from left to right.

    None where ``dot`` is not installed, or fails.

    Parameters
    ----------
    sizes
        The width and height of each node.
    edges
        Pairs of numbers of nodes.
    gap, row
        How far columns, and nodes of one column, are kept apart.
    """
    program = shutil.which("dot")
    if program is None:
        return None
    nodes = [f"{k} [width={w:.3f}, height={h:.3f}];" for k, (w, h) in enumerate(sizes)]
    arrows = [f"{a} -> {b};" for a, b in edges]
    head = (
        f"digraph {{ rankdir=LR; splines=polyline; ranksep={gap:.3f}; nodesep={row:.3f}; "
        'node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none];'
    )
    try:
        ended = subprocess.run(
            [program, "-Tplain"], input="\n".join([head, *nodes, *arrows, "}"]), check=True,
            capture_output=True, text=True, timeout=_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return _read(ended.stdout, len(sizes), edges)


def _read(plain: str, n: int, edges: Sequence[tuple[int, int]]) -> Places:
    """Read Graphviz's plain format: lines "node name x y ..." and "edge tail head n x1 y1 ..."."""
    nodes: dict[int, Point] = {}
    ways: dict[tuple[int, int], list[list[Point]]] = {}
    for kind, *words in (line.split() for line in plain.splitlines() if line):
        if kind == "node":
            nodes[int(words[0])] = float(words[1]), float(words[2])
        elif kind == "edge":
            numbers = [float(word) for word in words[3 : 3 + 2 * int(words[2])]]
            ends = list(zip(numbers[::2], numbers[1::2], strict=True))[::3]  # of Bézier curves
            ways.setdefault((int(words[0]), int(words[1])), []).append(ends[1:-1])
    return [nodes[k] for k in range(n)], [ways[edge].pop(0) for edge in edges]
