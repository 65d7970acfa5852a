"""Data sets and networks for commands: found by name or path, and made to agree on classes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from tidu.datasets import Dataset, load_dataset
from tidu.datasets.catalogue import NAMES
from tidu.errors import ShapeError
from tidu.network import Network

DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="digits, mnist, fashion-mnist, or a file: .npz, .csv, IDX, a folder of pictures.",
    ),
]
DataFolder = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Where the files of mnist or fashion-mnist are."),
]
Label = Annotated[
    str | None,
    typer.Option("--label", metavar="COLUMN", help="The column of a CSV file that is the label."),
]
ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A network that `tidu train` saved.")
]


def usual_split(name: str) -> str:
    """Return the part to evaluate on: the test part of a well-known data set, all of a file."""
    return "test" if name in NAMES else "all"


def data_for(
    network: Network, name: str, split: str, folder: Path | None, label: str | None
) -> Dataset:
    """Return a part of a data set, its labels numbered as the network's classes are.

    Raises
    ------
    ShapeError, InputError
        If the inputs or the classes are not those of the network.
    """
    data = load_dataset(name, split=split, directory=folder, label=label)
    pixels = int(np.prod(network.input_shape))
    if data.x.shape[1] != pixels:
        raise ShapeError(
            f"{data.name} has {data.x.shape[1]} numbers a sample; this network takes {pixels}"
        )
    if data.class_names and network.classes:
        return data.with_classes(network.classes)
    return data
