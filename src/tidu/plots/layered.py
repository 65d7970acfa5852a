"""Where the nodes of a graph without cycles are drawn: in columns, each after all it depends on.

The method is that of Sugiyama, Tagawa and Toda (1981): columns by the longest path, an order within
each column with few crossings, then positions near those of the neighbours. An edge across several
columns passes each of them at a point of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 12
_PASSING = 0.6
"""How much room an edge that passes a column takes, if a node takes 1."""


@dataclass(frozen=True)
class LayeredLayout:
    """Places of nodes, (column, height), and for each edge the points that it leads through."""

    nodes: list[tuple[float, float]]
    edges: list[list[tuple[float, float]]]


def layered(n: int, edges: Sequence[tuple[int, int]]) -> LayeredLayout:
    """Return places for n nodes, which are numbered so that each edge leads to a larger number.

    Examples
    --------
    >>> layered(3, [(0, 2), (1, 2)]).nodes
    [(0.0, 0.5), (0.0, -0.5), (1.0, 0.0)]
    """
    columns = _columns(n, edges)
    ways: list[list[int]] = []
    column_of = list(columns)
    for a, b in edges:  # points at which an edge passes a column are numbered after the nodes
        passing = range(columns[a] + 1, columns[b])
        ways.append([a, *range(len(column_of), len(column_of) + len(passing)), b])
        column_of += passing
    before, after = defaultdict(list), defaultdict(list)
    for way in ways:
        for a, b in pairwise(way):
            after[a].append(b)
            before[b].append(a)
    order: list[list[int]] = [[] for _ in range(max(column_of, default=0) + 1)]
    for i in _from_the_end(len(column_of), n, before):
        order[column_of[i]].append(i)
    order = _untangled(order, before, after)
    heights = _heights(
        order, before, after, [1.0 if i < n else _PASSING for i in range(len(column_of))]
    )
    places = [(float(column_of[i]), heights[i]) for i in range(len(column_of))]
    return LayeredLayout(places[:n], [[places[i] for i in way] for way in ways])


def _columns(n: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return each node's column: its longest path; a source is just before its first use."""
    columns = [0] * n
    for a, b in sorted(edges, key=lambda edge: edge[1]):
        columns[b] = max(columns[b], columns[a] + 1)
    ends = {b for _, b in edges}
    for i in range(n):
        uses = [columns[b] for a, b in edges if a == i]
        if i not in ends and uses:
            columns[i] = min(uses) - 1
    return columns


def _from_the_end(total: int, n: int, before: dict[int, list[int]]) -> list[int]:
    """Return all points in the order of a walk from the last node back to the sources."""
    seen: dict[int, None] = {}
    waiting = [*range(total), n - 1]
    while waiting:
        i = waiting.pop()
        if i not in seen:
            seen[i] = None
            waiting += reversed(before[i])
    return list(seen)


def _untangled(
    order: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]
) -> list[list[int]]:
    """Return an order with few crossings: each point is moved to the mean of its neighbours."""
    best, fewest = order, _crossings(order, after)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        forward = sweep % 2 == 0
        neighbours = before if forward else after
        order = [list(column) for column in order]
        for c in range(1, len(order)) if forward else range(len(order) - 2, -1, -1):
            place = {i: k for k, i in enumerate(order[c - 1 if forward else c + 1])}
            here = {i: k for k, i in enumerate(order[c])}
            order[c].sort(key=lambda i: _mean([place[j] for j in neighbours[i]], here[i]))
        crossings = _crossings(order, after)
        if crossings < fewest:
            best, fewest = order, crossings
    return best


def _crossings(order: list[list[int]], after: dict[int, list[int]]) -> int:
    count = 0
    for column, following in pairwise(order):
        place = {i: k for k, i in enumerate(following)}
        ends = [sorted(place[j] for j in after[i]) for i in column]
        lines = [(k, e) for k, some in enumerate(ends) for e in some]
        count += sum(a < c and b > d for a, b in lines for c, d in lines)
    return count


def _heights(
    order: list[list[int]],
    before: dict[int, list[int]],
    after: dict[int, list[int]],
    room: list[float],
) -> list[float]:
    """Return heights near those of the neighbours, with enough room between two in a column."""
    heights = [0.0] * len(room)
    for column in order:
        for k, i in enumerate(column):
            heights[i] = (len(column) - 1) / 2 - k
    for _ in range(_SWEEPS):
        for neighbours in (before, after):
            for column in order if neighbours is before else reversed(order):
                wanted = [_mean([heights[j] for j in neighbours[i]], heights[i]) for i in column]
                spread = _spread(wanted, [room[i] for i in column])
                for i, height in zip(column, spread, strict=True):
                    heights[i] = height
    middle = (max(heights, default=0.0) + min(heights, default=0.0)) / 2
    return [round(height - middle, 6) for height in heights]


def _spread(wanted: list[float], room: list[float]) -> list[float]:
    """Return decreasing heights as near as possible to those wanted, with the room that each needs.

    Least squares: neighbours that come too close are moved as one block, to the mean of their
    wanted heights (pool adjacent violators).
    """
    offsets = [0.0]
    for a, b in pairwise(room):
        offsets.append(offsets[-1] + (a + b) / 2)
    blocks: list[tuple[float, int]] = []  # the mean of what is wanted, and how many want it
    for height, offset in zip(wanted, offsets, strict=False):
        mean, count = height + offset, 1
        while blocks and blocks[-1][0] < mean:
            other, several = blocks.pop()
            mean, count = (mean * count + other * several) / (count + several), count + several
        blocks.append((mean, count))
    level = [mean for mean, count in blocks for _ in range(count)]
    return [mean - offset for mean, offset in zip(level, offsets, strict=False)]


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
