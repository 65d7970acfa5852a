"""The layered layout: edges lead to the right, nothing shares a place, and few edges cross."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu.plots.layered import layered


@st.composite
def graphs(draw):
    n = draw(st.integers(1, 12))
    pairs = [(a, b) for b in range(n) for a in range(b)]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=20)) if pairs else []
    return n, edges


@given(graphs())
def test_edges_lead_to_the_right_and_no_two_nodes_share_a_place(drawn):
    n, edges = drawn
    layout = layered(n, edges)
    assert len(layout.nodes) == n
    for (a, b), way in zip(edges, layout.edges, strict=True):
        assert way[0] == layout.nodes[a]
        assert way[-1] == layout.nodes[b]
        np.testing.assert_array_equal(np.diff([x for x, _ in way]), 1)
    for i in range(n):
        for j in range(i):
            (x, y), (u, v) = layout.nodes[i], layout.nodes[j]
            assert x != u or abs(y - v) >= 1 - 1e-6


def test_a_source_stands_just_before_its_use():
    columns = [x for x, _ in layered(5, [(0, 2), (1, 4), (2, 3), (3, 4)]).nodes]
    assert columns == [0, 2, 1, 2, 3]


def test_a_chain_is_straight():
    assert {y for _, y in layered(4, [(0, 1), (1, 2), (2, 3)]).nodes} == {0.0}


@pytest.mark.parametrize("swap", [False, True])
def test_crossings_that_can_be_avoided_are(swap):
    ends = [(2, 3), (3, 2)][swap]
    edges = [(0, ends[0]), (1, ends[1]), (2, 4), (3, 4)]
    nodes = layered(5, edges).nodes
    above = nodes[0][1] > nodes[1][1]
    assert (nodes[ends[0]][1] > nodes[ends[1]][1]) == above
