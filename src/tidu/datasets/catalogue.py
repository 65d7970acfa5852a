"""One door to every data set: by its name, or by the path of a file."""

from __future__ import annotations

from os import PathLike

from tidu.datasets.dataset import Dataset
from tidu.datasets.digits import load_digits
from tidu.datasets.files import load_file
from tidu.datasets.mnist import load_fashion_mnist, load_mnist
from tidu.datasets.reading import as_path
from tidu.errors import InputError, did_you_mean

NAMES = ("digits", "mnist", "fashion-mnist")


def load_dataset(
    name_or_path: str | PathLike[str],
    split: str = "train",
    directory: str | PathLike[str] | None = None,
    label: str | int | None = None,
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
    label
        The label column of a CSV file (see `load_file`).

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
    if directory is not None and name_or_path not in ("mnist", "fashion-mnist"):
        raise InputError(
            "a folder to look for files in goes with 'mnist' and 'fashion-mnist', not with "
            f"{str(name_or_path)!r}"
        )
    if label is not None and name_or_path in NAMES:
        raise InputError(f"`label` names a column of a CSV file, not of {name_or_path!r}")
    if name_or_path == "digits":
        return load_digits(split)
    if name_or_path == "mnist":
        return load_mnist(split, directory)
    if name_or_path == "fashion-mnist":
        return load_fashion_mnist(split, directory)
    path = as_path("name_or_path", name_or_path)
    if not path.exists() and path.name == str(name_or_path) and not path.suffix:
        raise InputError(
            f"there is no data set {str(name_or_path)!r}: no file is called so, and as a name "
            f"{did_you_mean(str(name_or_path), NAMES)}"
        )
    return load_file(path, split=split, label=label)
