"""Where everything is in a flat vector."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from tests.tables import strict
from tidu.errors import InputError
from tidu.layers.base import Buffer, Parameter
from tidu.layout import Layout, NamedVector, UnknownNameError, with_paths

TREE = (
    {"W": Parameter("weight", (2, 3)), "b": Parameter("bias", (3,))},
    {},
    ({"gamma": Parameter("scale", (3,))}, {"W": Parameter("weight", (3, 1))}),
)
LAYOUT = Layout.of(TREE)


def test_names_count_the_layers_that_have_them():
    assert list(LAYOUT) == ["W1", "b1", "gamma1", "W2"]
    assert [entry.kind for entry in LAYOUT.values()] == ["weight", "bias", "scale", "weight"]
    assert [entry.size for entry in LAYOUT.values()] == [6, 3, 3, 3]
    assert LAYOUT.size == 15
    assert len(LAYOUT) == 4


def test_entries_tile_the_vector():
    covered = np.zeros(LAYOUT.size, int)
    for entry in LAYOUT.values():
        covered[entry.slice] += 1
    assert_array_equal(covered, 1)


def test_parts_are_views():
    vector = np.arange(15.0)
    parts = LAYOUT.tree(vector, TREE)
    assert parts[1] == {}
    assert_array_equal(parts[2][1]["W"], [[12], [13], [14]])
    parts[0]["b"][:] = -1
    assert_array_equal(vector[6:9], -1)


@given(st.integers(0, 10**6))
def test_there_and_back(seed):
    vector = np.random.default_rng(seed).normal(size=LAYOUT.size)
    again = LAYOUT.vector(LAYOUT.tree(vector, TREE), like=vector)
    assert_array_equal(again, vector)
    assert not np.shares_memory(again, vector)


def test_the_vector_has_the_dtype_of_its_model():
    vector = np.arange(15.0)
    like = np.zeros(15, np.float32)
    assert LAYOUT.vector(LAYOUT.tree(vector, TREE), like=like).dtype == np.float32


def test_runs_on_another_array_library():
    vector = np.arange(15.0)
    tree = LAYOUT.tree(strict(vector), TREE)
    assert_array_equal(np.asarray(LAYOUT.vector(tree, like=strict(vector))), vector)


def test_nothing_at_all():
    empty = Layout.of(({}, ()))
    assert empty.size == len(empty) == 0
    assert empty.vector(({}, ()), like=np.zeros(0)).shape == (0,)
    assert empty.mask().shape == (0,)


def test_masks():
    assert_array_equal(np.flatnonzero(LAYOUT.mask(decays=True)), [*range(6), 12, 13, 14])
    frozen = LAYOUT.with_trainable(("W1", "gamma1"), trainable=False)
    assert_array_equal(np.flatnonzero(frozen.mask()), [6, 7, 8, 12, 13, 14])
    assert_array_equal(np.flatnonzero(frozen.mask(decays=True)), [12, 13, 14])
    assert_array_equal(frozen.mask(trainable=False), ~frozen.mask())
    assert LAYOUT.mask().all()


def test_freezing_makes_a_new_layout_and_can_be_undone():
    frozen = LAYOUT.with_trainable(("b1",), trainable=False)
    assert LAYOUT["b1"].trainable
    assert not frozen["b1"].trainable
    assert frozen.with_trainable(("b1",), trainable=True) == LAYOUT


@pytest.mark.parametrize("name", ["W3", "w1", 0, None, "W"])
def test_unknown_names(name):
    assert name not in LAYOUT
    with pytest.raises(UnknownNameError, match="there is no parameter") as caught:
        LAYOUT[name]
    assert isinstance(caught.value, (InputError, KeyError))
    assert "'gamma1'" in str(caught.value)
    with pytest.raises(UnknownNameError):
        LAYOUT.with_trainable((name,), trainable=False)


def test_named_parts_of_a_vector():
    named = NamedVector(LAYOUT, np.arange(15.0))
    assert list(named) == list(LAYOUT)
    assert len(named) == 4
    assert named["W1"].shape == (2, 3)
    assert np.shares_memory(named["W1"], named.vector)
    assert {name: part.shape for name, part in named.items()}["W2"] == (3, 1)
    assert repr(named) == "<15 numbers: W1 (2, 3), b1 (3,), gamma1 (3,), W2 (3, 1)>"


def test_leaves_tell_their_paths():
    assert [path for path, _ in with_paths(TREE)] == [
        (0, "W"),
        (0, "b"),
        (2, 0, "gamma"),
        (2, 1, "W"),
    ]
    assert [path for path, _ in with_paths(({"m": Buffer((2,))},))] == [(0, "m")]
