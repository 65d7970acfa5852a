"""Places by Graphviz: edges lead to the right, and nothing overlaps."""

import itertools
import shutil

import pytest

from tidu.plots import graphviz
from tidu.plots.graphviz import arranged

SIZES = [(1.0, 0.5), (0.4, 0.5), (0.4, 0.5), (0.6, 0.5), (0.4, 0.5)]
EDGES = [(0, 2), (0, 2), (1, 2), (2, 3), (3, 4), (0, 4)]


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_places():
    places, ways = arranged(SIZES, EDGES, gap=1.0, row=0.3)
    assert len(places) == len(SIZES)
    assert len(ways) == len(EDGES)
    for a, b in EDGES:
        assert places[b][0] - places[a][0] >= 1.0 + (SIZES[a][0] + SIZES[b][0]) / 2 - 1e-3
    for (p, s), (q, t) in itertools.combinations(zip(places, SIZES, strict=True), 2):
        apart = [abs(p[k] - q[k]) - (s[k] + t[k]) / 2 for k in (0, 1)]
        assert max(apart) >= 0.3 - 1e-3
    assert any(ways)  # the long edge goes round the nodes between


def test_the_plain_format(monkeypatch):
    plain = """graph 1 4 2
node 0 0.5 1 1 0.5 "" solid box black lightgrey
node 1 3 1 0.4 0.5 "" solid box black lightgrey
edge 0 1 7 1 1 1.5 1 1.5 1 2 1.5 2.2 1.5 2.2 1.5 2.8 1 solid black
stop
"""
    places, ways = graphviz._read(plain, 2, [(0, 1)])
    assert places == [(0.5, 1.0), (3.0, 1.0)]
    assert ways == [[(2.0, 1.5)]]


def test_without_graphviz(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    assert arranged(SIZES, EDGES, gap=1.0, row=0.3) is None
