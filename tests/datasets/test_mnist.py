import gzip
import hashlib
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.datasets.test_idx import idx_bytes
from tidu.datasets import load_fashion_mnist, load_mnist, mnist, search_paths
from tidu.datasets.mnist import FASHION_MNIST, MNIST, _located
from tidu.errors import DataNotFoundError, FileFormatError

SIZES = {"train": 6, "test": 3}
STEMS = {"train": "train", "test": "t10k"}
LOADERS = {"mnist": load_mnist, "fashion-mnist": load_fashion_mnist}


def write_tiny(folder, labels=None):
    """Write a data set of MNIST's form with a few images; return them."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    arrays = {}
    for part, n in SIZES.items():
        images = rng.integers(0, 256, (n, 28, 28), np.uint8)
        t = np.arange(n, dtype=np.uint8) if labels is None else np.array(labels[part], np.uint8)
        images = np.resize(images, (len(t), 28, 28))
        for kind, array in (("images-idx3", images), ("labels-idx1", t)):
            path = folder / f"{STEMS[part]}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(idx_bytes(array)))
        arrays[part] = images, t
    return arrays


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """No data anywhere, and no mirror that answers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIDU_DATA", raising=False)
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(search_paths, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("home", ["directory", "TIDU_DATA", "cache", "shared"])
def test_it_is_found_in_each_place(alone, monkeypatch, name, home):
    where = {"cache": alone / "cache", "shared": alone / "shared" / "data"}.get(home, alone / "my")
    where.mkdir(parents=True)
    arrays = write_tiny(where / name)
    if home == "TIDU_DATA":
        monkeypatch.setenv("TIDU_DATA", str(where))
    directory = where if home == "directory" else None
    for part, (images, t) in arrays.items():
        data = LOADERS[name](part, directory)
        np.testing.assert_array_equal(data.images, images)
        np.testing.assert_array_equal(data.t, t)
        assert data.x.dtype == np.uint8
        assert (data.name, data.scale, data.image_shape) == (name, 255, (28, 28))
        assert len(data.class_names) == 10
    assert len(LOADERS[name]("all", directory)) == sum(SIZES.values())


def test_it_learns_from_the_training_part_unless_told_otherwise(tmp_path):
    write_tiny(tmp_path)
    assert len(load_mnist(directory=tmp_path)) == SIZES["train"]


def test_the_one_is_not_taken_for_the_other(tmp_path):
    write_tiny(tmp_path, MNIST.first_labels)
    assert len(load_mnist("test", tmp_path)) == 10
    with pytest.raises(FileFormatError, match="is of MNIST, not of Fashion-MNIST"):
        load_fashion_mnist("test", tmp_path)


def test_images_and_labels_must_belong_together(tmp_path):
    write_tiny(tmp_path)
    path = tmp_path / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(idx_bytes(np.zeros(2, np.uint8)))
    with pytest.raises(FileFormatError, match="do not belong together"):
        load_mnist("test", tmp_path)


def test_a_damaged_file_is_named(tmp_path):
    write_tiny(tmp_path)
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FileFormatError, match=r"t10k-images-idx3-ubyte\.gz is damaged"):
        load_mnist("test", tmp_path)


def test_offline_one_sentence_says_what_where_and_what_to_do(alone):
    pytest.importorskip("pooch")
    nowhere = replace(MNIST, mirrors=("http://127.0.0.1:9/mnist/",))
    with pytest.raises(DataNotFoundError) as caught:
        _located(nowhere, "test", None)
    for part in (
        "MNIST is not here",
        "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte",
        str(alone / "cache"),
        "../shared/data",
        "http://127.0.0.1:9/mnist/ cannot be reached",
        "`directory=`",
        "--data",
        "TIDU_DATA",
    ):
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_pooch_the_sentence_names_the_extra(alone, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(DataNotFoundError, match=r"pip install 'tidu\[data\]'.*TIDU_DATA"):
        load_mnist()


def test_a_named_folder_without_the_files_is_an_error_and_no_download(alone):
    with pytest.raises(DataNotFoundError, match="in empty; put them there"):
        load_mnist(directory="empty")


def test_a_download_goes_to_the_cache_and_is_found_there(alone, monkeypatch):
    asked = []

    def pretend(files, mirrors, into):
        asked.append((dict(files), mirrors))
        into.mkdir(parents=True)
        write_tiny(into)
        return [into / name for name in files]

    monkeypatch.setattr(mnist, "download", pretend)
    assert len(load_mnist("test")) == SIZES["test"]
    assert len(load_mnist("test")) == SIZES["test"]
    names = ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
    assert asked == [(dict(zip(names, MNIST.sha256["test"], strict=True)), MNIST.mirrors)]


@pytest.mark.parametrize("data", [MNIST, FASHION_MNIST], ids=lambda data: data.name)
def test_the_table_of_checksums_is_whole(data):
    sums = [checksum for part in ("train", "test") for checksum in data.sha256[part]]
    assert len(set(sums)) == 4
    assert all(len(bytes.fromhex(checksum)) == 32 for checksum in sums)
    assert len(data.mirrors) >= 2
    assert all(mirror.endswith("/") for mirror in data.mirrors)


REAL = [
    # split, rows, MD5 of the images and of the labels, as published
    ("train", 60_000, "6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624"),
    ("test", 10_000, "2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637"),
]


@pytest.mark.parametrize(("split", "rows", "images_md5", "labels_md5"), REAL)
def test_the_real_mnist(monkeypatch, split, rows, images_md5, labels_md5):
    def offline(*_):
        raise DataNotFoundError("this test does not download")

    monkeypatch.setattr(mnist, "download", offline)
    try:
        data = load_mnist(split)
    except DataNotFoundError as error:
        pytest.skip(f"needs MNIST: {error}")
    assert len(data) == rows
    assert tuple(data.t[:10]) == MNIST.first_labels[split]
    for array, md5 in ((data.images, images_md5), (data.t, labels_md5)):
        assert hashlib.md5(idx_bytes(array)).hexdigest() == md5
