"""One door to every data set: by its name, or by the path of a file."""

from __future__ import annotations

from collections.abc import Collection
from os import PathLike
from pathlib import Path
from typing import Any

from tidu.datasets.dataset import SPLITS, Dataset
from tidu.datasets.digits import load_digits
from tidu.datasets.files import load_whole, part
from tidu.datasets.mnist import load_fashion_mnist, load_mnist
from tidu.datasets.reading import as_path
from tidu.errors import InputError, check_choice, did_you_mean
from tidu.schema import Schema

NAMES = ("digits", "mnist", "fashion-mnist")


def load_dataset(
    name_or_path: str | PathLike[str],
    split: str = "train",
    directory: str | PathLike[str] | None = None,
    label: str | int | None = None,
    *,
    task: str = "auto",
    keep: Collection[str] = (),
    categories: Collection[str] = (),
    schema: Schema | None = None,
    color: bool = False,
) -> Dataset:
    """Load a data set by its name, or a labelled file by its path.

    Parameters
    ----------
    name_or_path
        ``"digits"``, ``"mnist"``, ``"fashion-mnist"``, or the path of a file (see `load_file`).
    split
        ``"train"``, ``"test"`` or ``"all"``.
    directory
        The folder of the files of ``"mnist"`` or ``"fashion-mnist"`` (see `load_mnist`).
    label, task, keep, categories, schema, color
        How the columns of a file, or pictures, are read (see `load_file`).

    Returns
    -------
    Dataset

    Raises
    ------
    InputError
        If there is neither a data set of this name nor a file, or an argument does not go with it.
    DataNotFoundError, FileFormatError
        As the loaders do.

    Examples
    --------
    >>> len(load_dataset("digits")), len(load_dataset("digits", split="test"))
    (1437, 360)
    """
    check_choice("split", split, SPLITS)
    options: dict[str, Any] = {"label": label, "task": task, "keep": keep, "categories": categories,
                               "color": color}  # fmt: skip
    if _is_name(name_or_path, directory, options):
        return _PUBLISHED[str(name_or_path)](split, directory)
    whole, n_train = load_whole(
        _existing(name_or_path), from_part=split != "all", schema=schema, **options
    )
    return part(whole, n_train, split)


def load_parts(
    name_or_path: str | PathLike[str],
    directory: str | PathLike[str] | None = None,
    label: str | int | None = None,
    *,
    task: str = "auto",
    keep: Collection[str] = (),
    categories: Collection[str] = (),
    color: bool = False,
) -> tuple[Dataset, Dataset]:
    """Return the training part and the test part of a data set, from one reading.

    Arguments and errors are those of `load_dataset`.

    Examples
    --------
    >>> [len(part) for part in load_parts("digits")]
    [1437, 360]
    """
    options: dict[str, Any] = {"label": label, "task": task, "keep": keep, "categories": categories,
                               "color": color}  # fmt: skip
    if _is_name(name_or_path, directory, options):
        load = _PUBLISHED[str(name_or_path)]
        return load("train", directory), load("test", directory)
    whole, n_train = load_whole(_existing(name_or_path), **options)
    return part(whole, n_train, "train"), part(whole, n_train, "test")


_PUBLISHED = {
    "digits": lambda split, directory: load_digits(split),
    "mnist": load_mnist,
    "fashion-mnist": load_fashion_mnist,
}


def _is_name(
    name_or_path: str | PathLike[str],
    directory: str | PathLike[str] | None,
    options: dict[str, Any],
) -> bool:
    """Say whether a published data set is meant, and refuse arguments that do not go with it."""
    if directory is not None and name_or_path not in ("mnist", "fashion-mnist"):
        raise InputError(
            "a folder to look for files in goes with 'mnist' and 'fashion-mnist', not with "
            f"{str(name_or_path)!r}"
        )
    named = name_or_path in NAMES
    for name, value in options.items():
        if named and value not in (None, "auto", (), [], False):
            if name == "color":
                raise InputError(f"`color` is about folders of pictures, not of {name_or_path!r}")
            raise InputError(f"`{name}` names columns of a table, not of {name_or_path!r}")
    return named


def _existing(name_or_path: str | PathLike[str]) -> Path:
    path = as_path("name_or_path", name_or_path)
    if not path.exists() and path.name == str(name_or_path) and not path.suffix:
        raise InputError(
            f"there is no data set {str(name_or_path)!r}: no file is called so, and as a name "
            f"{did_you_mean(str(name_or_path), NAMES)}"
        )
    return path
