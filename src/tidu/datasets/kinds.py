"""Which kind a file is, seen from its name, and NumPy's own kinds read."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tidu.arrays import Array
from tidu.datasets.images import PICTURES
from tidu.datasets.reading import reading
from tidu.datasets.tables import is_table
from tidu.errors import InputError, clause

_SUFFIXES = ".csv, .tsv, .csv.gz, .data, .dat, .parquet, .npz, .npy, .png, .jpg, .webp"
_IDX_NAME = re.compile(r"[-.]idx\d?(-ubyte)?(\.gz)?$")


def kind_of(file: Path) -> str:
    """Return "folder", "table", "idx", "picture" or the suffix; refuse what cannot be read."""
    if file.is_dir():
        return "folder"
    if is_table(file):
        return "table"
    if _IDX_NAME.search(file.name):
        return "idx"
    kind = file.suffix.lower()
    if kind in PICTURES:
        return "picture"
    if kind not in (".npz", ".npy"):
        raise InputError(
            f"{file} is of a kind that cannot be read; known are {_SUFFIXES}, a folder of "
            "pictures, IDX such as images-idx3-ubyte or images.idx.gz"
        )
    return kind


def read_npy(file: Path) -> Array:
    """Return the array in a ``.npy`` file."""
    with reading(file, clause("a NumPy .npy file")), file.open("rb") as opened:
        return np.lib.format.read_array(opened, allow_pickle=False)


def read_npz(file: Path) -> dict[str, Array]:
    """Return the arrays in a ``.npz`` file by their names."""
    with reading(file, clause("a NumPy .npz file")), file.open("rb") as opened:
        return dict(np.lib.npyio.NpzFile(opened, allow_pickle=False))
