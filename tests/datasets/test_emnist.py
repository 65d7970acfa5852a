"""EMNIST's files, in the form in which they are published."""

import gzip
import string

import numpy as np
import pytest

import tidu as td
from tidu.datasets.emnist import CLASSES
from tidu.datasets.inputs import read_inputs
from tidu.errors import FileFormatError


def write_idx(path, array):
    sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
    path.write_bytes(gzip.compress(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()))


def published(folder, labels, part="letters"):
    """Write pictures of an L, lying on their side as EMNIST's do, and their labels."""
    upright = np.zeros((28, 28), np.uint8)
    upright[4:24, 8], upright[23, 8:20] = 255, 255
    x = np.stack([upright.T] * len(labels))
    path = folder / f"emnist-{part}-train-images-idx3-ubyte.gz"
    write_idx(path, x)
    write_idx(folder / f"emnist-{part}-train-labels-idx1-ubyte.gz", np.uint8(labels))
    return path, upright


def test_letters_stand_upright_and_have_their_names(tmp_path):
    path, upright = published(tmp_path, list(range(1, 27)) * 2)
    data = td.datasets.load_file(path)
    assert data.class_names == tuple(string.ascii_uppercase)
    assert (data.t.min(), data.t.max(), data.n_classes) == (0, 25, 26)
    assert data.class_names[data.t[11]] == "L"
    np.testing.assert_array_equal(data.images[11], upright)
    np.testing.assert_array_equal(read_inputs(path, 784)[0].reshape(28, 28), upright)


def test_a_letter_that_is_lacking_keeps_its_number(tmp_path):
    path, _ = published(tmp_path, [1, 26, 1, 26])
    assert td.datasets.load_file(path).t.tolist() == [0, 25, 0, 25]


@pytest.mark.parametrize("part", CLASSES)
def test_every_part_has_its_characters(tmp_path, part):
    n = {"letters": 26, "balanced": 47, "bymerge": 47, "byclass": 62}.get(part, 10)
    assert len(set(CLASSES[part])) == n
    first = 1 if part == "letters" else 0
    path, _ = published(tmp_path, np.arange(n) + first, part)
    assert td.datasets.load_file(path).t.tolist() == list(range(n))


def test_other_labels_are_refused(tmp_path):
    path, _ = published(tmp_path, [0, 5])
    with pytest.raises(FileFormatError, match="from 0 to 5, and those of EMNIST's letters from 1"):
        td.datasets.load_file(path)


def test_other_idx_files_stay_as_they_are(tmp_path):
    path, upright = published(tmp_path, [1, 2])
    other = tmp_path / "train-images-idx3-ubyte.gz"
    path.rename(other)
    np.testing.assert_array_equal(read_inputs(other, 784)[0].reshape(28, 28), upright.T)
