import numpy as np
import pytest

from tidu.datasets import load_digits


def test_they_are_those_of_scikit_learn():
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    ours = load_digits()
    np.testing.assert_array_equal(ours.x, theirs.data)
    np.testing.assert_array_equal(ours.images, theirs.images)
    np.testing.assert_array_equal(ours.t, theirs.target)


def test_what_is_known_of_them():
    data = load_digits()
    assert data.x.shape == (1797, 64)
    assert data.x.dtype == data.t.dtype == np.uint8
    assert (data.x.min(), data.x.max(), data.scale) == (0, 16, 16)
    assert data.image_shape == (8, 8)
    assert data.class_names == tuple("0123456789")
    assert "CC BY 4.0" in data.source


def test_the_parts_are_always_the_same_and_share_no_row():
    train, test = load_digits("train"), load_digits("test")
    assert (len(train), len(test)) == (1437, 360)
    together = np.concatenate([train.x, test.x])
    np.testing.assert_array_equal(np.sort(together, axis=0), np.sort(load_digits().x, axis=0))
    # a fifth of 174 to 183 scans of each digit
    assert np.bincount(test.t).min() >= 34
    assert np.bincount(test.t).max() <= 37
    assert test.t[:10].tolist() == [1, 3, 0, 7, 8, 9, 6, 4, 5, 1]
