"""MNIST, and Fashion-MNIST, which is published in the same form.

Each is four IDX files: images and labels, for training and for testing. They are looked for on
this machine (see `search_paths`) and else downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from tidu.arrays import Array, described
from tidu.cache import cache_folder
from tidu.datasets.dataset import SPLITS, Dataset
from tidu.datasets.digits import DIGIT_NAMES
from tidu.datasets.downloads import download
from tidu.datasets.idx import read_idx
from tidu.datasets.search_paths import find, search_paths
from tidu.errors import DataNotFoundError, FileFormatError, MissingExtraError, check_choice, clause

_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


@dataclass(frozen=True)
class Published:
    """What is known about a data set in MNIST's form."""

    name: str
    title: str
    class_names: tuple[str, ...]
    source: str
    mirrors: tuple[str, ...]
    sha256: dict[str, tuple[str, str]]
    """Of the compressed files of images and of labels."""
    first_labels: dict[str, tuple[int, ...]]
    """They distinguish it from the others, whose files have the same names."""


MNIST = Published(
    name="mnist",
    title="MNIST",
    class_names=DIGIT_NAMES,
    source="Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits, "
    "derived from NIST Special Databases 1 and 3, CC BY-SA 3.0",
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    sha256={
        "train": (
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        "test": (
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    },
    first_labels={
        "train": (5, 0, 4, 1, 9, 2, 1, 3, 1, 4),
        "test": (7, 2, 1, 0, 4, 1, 4, 9, 5, 9),
    },
)

FASHION_MNIST = Published(
    name="fashion-mnist",
    title="Fashion-MNIST",
    class_names=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    source="H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, Zalando Research 2017, MIT License",
    mirrors=(
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    sha256={
        "train": (
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        "test": (
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    },
    first_labels={
        "train": (9, 0, 0, 3, 0, 2, 7, 2, 5, 5),
        "test": (9, 2, 1, 1, 6, 1, 4, 6, 5, 7),
    },
)


def is_here(data: Published) -> bool:
    """Say whether all files of a data set are on this machine, so that none is downloaded."""
    return all(find(names, data.name, search_paths()) for names in _FILES.values())


def load_mnist(split: str = "train", directory: str | PathLike[str] | None = None) -> Dataset:
    """Load MNIST: 60,000 handwritten digits to learn from and 10,000 to test with, 28×28 pixels.

    Parameters
    ----------
    split
        ``"train"``, ``"test"`` or ``"all"`` (the one after the other).
    directory
        The folder of the IDX files, plain or ``.gz``, or of a sub-folder ``mnist`` that holds
        them. If it is given, it is the only place looked in. Else it is the folder in the
        environment variable ``TIDU_DATA``, the user's cache, ``../shared/data``, ``shared/data``;
        and if the files are in none of these, they are downloaded into the cache (which needs the
        extra ``data``) and their SHA-256 is checked.

    Returns
    -------
    Dataset
        ``x`` is (N, 784) uint8 from 0 to 255, ``t`` (N,) uint8.

    Raises
    ------
    DataNotFoundError
        If the files are in none of these places and could not be downloaded; the message says
        what was looked for, where, and what to do.
    FileFormatError
        If a file is damaged.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86 (1998), 2278-2324.

    Examples
    --------
    >>> load_mnist("test")  # doctest: +SKIP
    <Dataset mnist: 10000 rows of 28×28 pixels (uint8, 0 to 255), 10 classes: 0, 1, ..., 9>
    """
    return _load(MNIST, split, directory)


def load_fashion_mnist(
    split: str = "train", directory: str | PathLike[str] | None = None
) -> Dataset:
    """Load Fashion-MNIST: 60,000 pictures of clothes to learn from and 10,000 to test with.

    Parameters
    ----------
    split
        ``"train"``, ``"test"`` or ``"all"`` (the one after the other).
    directory
        As for `load_mnist`; the sub-folder is ``fashion-mnist``.

    Returns
    -------
    Dataset
        ``x`` is (N, 784) uint8 from 0 to 255, ``t`` (N,) uint8.

    Raises
    ------
    DataNotFoundError, FileFormatError
        As for `load_mnist`.

    References
    ----------
    H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
    learning algorithms", arXiv:1708.07747 (2017).

    Examples
    --------
    >>> load_fashion_mnist("test").class_names[:2]  # doctest: +SKIP
    ('T-shirt/top', 'Trouser')
    """
    return _load(FASHION_MNIST, split, directory)


def _load(data: Published, split: str, directory: str | PathLike[str] | None) -> Dataset:
    check_choice("split", split, SPLITS)
    parts = ("train", "test") if split == "all" else (split,)
    pairs = [_read(data, part, _located(data, part, directory)) for part in parts]
    images = np.concatenate([images for images, _ in pairs])
    return Dataset(
        x=images.reshape(len(images), -1),
        t=np.concatenate([labels for _, labels in pairs]),
        name=data.name,
        class_names=data.class_names,
        image_shape=images.shape[1:],
        scale=255,
        source=data.source,
    )


def _located(data: Published, part: str, directory: str | PathLike[str] | None) -> list[Path]:
    """Return the files of images and of labels, downloaded if they are nowhere here."""
    names, looked_in = _FILES[part], search_paths(directory)
    if found := find(names, data.name, looked_in):
        return found
    missing = clause(
        f"{data.title} is not here: looked for {names[0]} and {names[1]} (plain or .gz, also in a "
        f"sub-folder {data.name}) in {', '.join(map(str, looked_in))}"
    )
    if directory is not None:
        raise DataNotFoundError(f"{missing}; put them there, or name the folder that holds them")
    sha256 = {
        f"{name}.gz": checksum for name, checksum in zip(names, data.sha256[part], strict=True)
    }
    try:
        return download(sha256, data.mirrors, cache_folder() / data.name)
    except (DataNotFoundError, MissingExtraError) as error:
        raise DataNotFoundError(
            f"{missing}, and could not download them ({error}); put them into one of these "
            "folders, or name their folder with `directory=` (on the command line --data) or in "
            "the environment variable TIDU_DATA"
        ) from error


def _read(data: Published, part: str, paths: list[Path]) -> tuple[Array, Array]:
    images, labels = map(read_idx, paths)
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise FileFormatError(
            f"{paths[0]} and {paths[1]} do not belong together: they hold {described(images)} "
            f"and {described(labels)}"
        )
    for other in (MNIST, FASHION_MNIST):
        if other.name != data.name and tuple(labels[:10]) == other.first_labels[part]:
            raise FileFormatError(
                f"{paths[1]} is of {other.title}, not of {data.title} (their files have the same "
                f"names): keep each in a folder of its own, {other.name} and {data.name}"
            )
    return images, labels
