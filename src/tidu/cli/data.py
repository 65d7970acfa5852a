"""Data sets for commands: found by name or path, with the classes numbered as the network's."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from tidu.datasets import Dataset, load_dataset
from tidu.datasets.catalogue import NAMES
from tidu.datasets.files import fingerprint_of
from tidu.errors import ShapeError
from tidu.language import translator
from tidu.network import Network

_ = translator("command")


def _complete_data(incomplete: str) -> list[str]:
    """Return the data sets and the files and folders that a shell offers."""
    folder, slash, _ = incomplete.rpartition("/")
    with suppress(OSError):
        here = [f"{folder}{slash}{path.name}" for path in Path(folder + slash or ".").iterdir()]
        return [name for name in (*NAMES, *sorted(here)) if name.startswith(incomplete)]
    return []


DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        autocompletion=_complete_data,
        help="digits, mnist, fashion-mnist, or a file: .npz, .csv, IDX, a folder of pictures.",
    ),
]
DataFolder = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Where the files of mnist or fashion-mnist are."),
]
Label = Annotated[
    str | None,
    typer.Option(
        "--label",
        metavar="COLUMN",
        help="The table's column of targets, if not called as when learning.",
    ),
]
ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A network that `tidu train` saved.")
]


def usual_split(network: Network, name: str) -> tuple[str, str]:
    """Return the part to evaluate on, and in words which rows these are.

    These are the rows that the network did not learn from: the test part of a published data set
    or of the file that it learned from, which is recognized by its content; all rows of another
    file.
    """
    if name in NAMES:
        return "test", _("the test part")
    path = Path(name).expanduser()
    if not network.fingerprint or not path.exists():
        return "all", _("all rows; --split test takes those that `tidu train` holds out")
    if fingerprint_of(path) == network.fingerprint:
        return "test", _("those that the network did not learn from")
    return "all", _("all rows, for the network did not learn from this file")


def print_notes(notes: Iterable[str]) -> None:
    """Print on stderr what was unusual about a file."""
    for note in notes:
        print(_("note: {note}").format(note=note), file=sys.stderr)


def data_for(
    network: Network, name: str, split: str, folder: Path | None, label: str | None
) -> Dataset:
    """Return a part of a data set, its labels numbered as the network's classes are.

    Raises
    ------
    ShapeError, InputError
        If the inputs or the classes are not those of the network.
    """
    pixels = int(np.prod(network.input_shape))
    data = load_dataset(name, split=split, directory=folder, label=label, schema=network.schema)
    if Path(name).is_dir() and 3 * data.x.shape[1] == pixels:
        data = load_dataset(name, split=split, color=True)
    print_notes(data.notes)
    if data.x.shape[1] != pixels:
        raise ShapeError(
            _("{name} has {given} numbers a sample; this network takes {wanted}").format(
                name=data.name, given=data.x.shape[1], wanted=pixels
            )
        )
    if data.class_names and network.classes:
        return data.with_classes(network.classes)
    return data
