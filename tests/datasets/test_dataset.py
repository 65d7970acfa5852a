import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tidu.datasets import Dataset
from tidu.errors import InputError


def numbered_rows(t, **known):
    """A data set whose only column says which row it is."""
    return Dataset(x=np.arange(len(t))[:, np.newaxis], t=t, **known)


@given(
    t=st.lists(st.integers(0, 4), min_size=3, max_size=60),
    share=st.floats(0.05, 0.95),
    seed=st.integers(0, 9),
)
@example(t=[0, 0, 0, 1], share=0.5, seed=0)
def test_a_split_has_every_row_once_and_every_class_in_proportion(t, share, seed):
    data = numbered_rows(np.array(t))
    count = round(share * len(t))
    if not 0 < count < len(t):
        return
    first, rest = data.split(share, seed=seed)
    assert len(first) == count
    rows = np.concatenate([first.x, rest.x]).ravel()
    assert sorted(rows) == list(range(len(t)))
    assert (data.t[first.x.ravel()] == first.t).all()
    for k, n in enumerate(np.bincount(t)):
        # each class lies evenly along the line that is cut, so a cut misses by one row at most
        assert abs((first.t == k).sum() - n * count / len(t)) <= 1


def test_a_split_depends_on_its_seed_alone():
    data = numbered_rows(np.arange(100) % 3)
    first, again, other = (data.split(0.5, seed=seed)[0].x for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_counts_and_fractions_may_be_mixed():
    assert [len(part) for part in numbered_rows(np.zeros(20, int)).split(0.5, 3)] == [10, 3, 7]


def test_numbers_to_predict_are_split_too():
    train, test = numbered_rows(np.linspace(0, 1, 10)[:, np.newaxis]).split(0.7)
    assert (len(train), len(test)) == (7, 3)
    assert sorted(np.concatenate([train.x, test.x]).ravel()) == list(range(10))


def test_rows_are_chosen_by_slice_list_and_mask_and_keep_what_is_known():
    data = numbered_rows(np.array([0, 1, 0]), name="three", class_names=("a", "b"), scale=2)
    for rows in (slice(1, None), [1, 2], np.array([False, True, True])):
        part = data[rows]
        assert part.x.ravel().tolist() == [1, 2]
        assert (part.name, part.class_names, part.scale) == ("three", ("a", "b"), 2)


def test_images_are_a_view_in_the_image_shape():
    data = Dataset(x=np.arange(12).reshape(2, 6), t=[0, 1], image_shape=(2, 3))
    assert data.images.shape == (2, 2, 3)
    assert np.shares_memory(data.images, data.x)
    with pytest.raises(InputError, match="are not images"):
        _ = numbered_rows([0]).images


def test_the_dtype_is_kept_and_nothing_is_copied():
    x, t = np.zeros((2, 3), np.uint8), np.zeros(2, np.uint8)
    data = Dataset(x=x, t=t)
    assert data.x is x
    assert data.t is t


TARGETS = [
    # t, class_names, has_labels, n_classes
    ([0, 2], None, True, 3),
    ([0, 1], ("a", "b", "c"), True, 3),
    ([0.0, 2.0], None, False, None),
    ([[0, 1], [1, 0]], None, False, None),
    ([True, False], None, True, 2),
]


@pytest.mark.parametrize(("t", "class_names", "has_labels", "n_classes"), TARGETS)
def test_which_targets_are_class_labels(t, class_names, has_labels, n_classes):
    data = numbered_rows(t, class_names=class_names)
    assert (data.has_labels, data.n_classes) == (has_labels, n_classes)


REPRS = [
    (numbered_rows([0, 1]), "<Dataset data: 2 rows of 1 numbers (int64), 2 classes>"),
    (
        Dataset(x=np.zeros((1, 4), "u1"), t=[0], name="z", image_shape=(2, 2), scale=255),
        "<Dataset z: 1 rows of 2×2 pixels (uint8, 0 to 255), 1 classes>",
    ),
    (numbered_rows([0], class_names=tuple("abcdefg")), ", 7 classes: a, b, ..., g>"),
    (numbered_rows([0.5, 1.5]), "targets of shape (2,) (float64)>"),
]


@pytest.mark.parametrize(("data", "text"), REPRS)
def test_it_prints_what_it_is(data, text):
    assert text in repr(data)


def test_classes_are_renumbered_by_name():
    data = numbered_rows([0, 1, 1], class_names=("cat", "dog"))
    there = data.with_classes(["ant", "dog", "cat"])
    assert there.t.tolist() == [2, 1, 1]
    assert there.class_names == ("ant", "dog", "cat")
    assert data.t.tolist() == [0, 1, 1]


def test_a_name_that_no_row_has_may_be_lacking():
    assert numbered_rows([1], class_names=("cat", "dog")).with_classes(["dog"]).t.tolist() == [0]


def test_labels_without_names_keep_their_numbers():
    assert numbered_rows([1, 0]).with_classes(["a", "b"]).t.tolist() == [1, 0]


def test_the_parts_are_four_fifths_and_one_fifth():
    data = numbered_rows(np.arange(11) % 2)
    train, test = data.part("train"), data.part("test")
    assert (len(train), len(test), data.part("all")) == (8, 3, data)
    assert not set(train.x.ravel()) & set(test.x.ravel())
    assert [len(numbered_rows([0, 1]).part(split)) for split in ("train", "test")] == [1, 1]
