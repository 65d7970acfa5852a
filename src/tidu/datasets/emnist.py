"""EMNIST's files: IDX as MNIST's, but their pictures lie on their side, and letters count from 1.

The files are known by their names, as NIST publishes them, such as
``emnist-letters-train-images-idx3-ubyte``. The list of characters beside them is not needed.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_letters, ascii_uppercase, digits

import numpy as np

from tidu.arrays import Array
from tidu.datasets.idx import read_idx
from tidu.errors import FileFormatError

MERGED = digits + ascii_uppercase + "abdefghnqrt"
"""Digits, capitals, and the small letters that do not look like their capitals."""

CLASSES = {
    "letters": ascii_uppercase,
    "balanced": MERGED,
    "bymerge": MERGED,
    "byclass": digits + ascii_uppercase + ascii_letters[:26],
    "digits": digits,
    "mnist": digits,
}
"""The characters of each of EMNIST's parts, in the order of their numbers."""

FIRST = {"letters": 1}
"""The number of the first class, where it is not 0."""


def is_emnist(file: Path) -> bool:
    """Say whether a file is one of EMNIST's, by its name.

    Examples
    --------
    >>> is_emnist(Path("emnist-letters-test-images-idx3-ubyte.gz"))
    True
    """
    return _part(file) in CLASSES


def read_images(file: Path) -> Array:
    """Read an IDX file; pictures of EMNIST, whose rows are columns, are turned upright."""
    images = read_idx(file)
    return images.swapaxes(1, 2) if is_emnist(file) and images.ndim == 3 else images


def emnist_classes(file: Path, labels: Array) -> tuple[Array, tuple[str, ...]]:
    """Return EMNIST's labels counted from 0, and the names of their classes.

    Raises
    ------
    FileFormatError
        If a label is none of the part's.

    References
    ----------
    Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST to handwritten letters",
    2017.
    """
    part = _part(file)
    names, first = CLASSES[part], FIRST.get(part, 0)
    t = labels.astype(np.int64) - first
    if t.ndim != 1 or (t.size and not 0 <= t.min() <= t.max() < len(names)):
        raise FileFormatError(
            f"the labels beside {file} go from {labels.min()} to {labels.max()}, and those of "
            f"EMNIST's {part} from {first} to {first + len(names) - 1}"
        )
    return t, tuple(names)


def _part(file: Path) -> str:
    found = re.match(r"emnist-(\w+)-", file.name.lower())
    return found[1] if found else ""
