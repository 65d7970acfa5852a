"""One error for each way in which a file cannot be read: it is not there, or it is damaged."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from zipfile import BadZipFile

from tidu.arrays import described
from tidu.errors import DataNotFoundError, FileFormatError, TiduError

_DAMAGE = (
    *(OSError, EOFError, ValueError, KeyError, SyntaxError, MemoryError),
    *(BadZipFile, zlib.error, csv.Error),
)


def as_path(name: str, value: str | PathLike[str]) -> Path:
    """Return a path with ``~`` filled in, or refuse what is none."""
    if not isinstance(value, (str, PathLike)):
        raise TypeError(f"`{name}` must be the path of a file or folder, got {described(value)}")
    return Path(value).expanduser()


def existing(path: str | PathLike[str]) -> Path:
    """Return the path of a file or folder that is there, or say that it is not.

    Examples
    --------
    >>> existing("no/such/file.csv")
    Traceback (most recent call last):
    tidu.errors.DataNotFoundError: there is no file or folder no/such/file.csv
    """
    found = as_path("path", path)
    if not found.exists():
        raise DataNotFoundError(f"there is no file or folder {found}")
    return found


@contextmanager
def reading(path: Path, kind: str) -> Iterator[None]:
    """Turn what a library raises on a damaged or foreign file into one sentence."""
    try:
        yield
    except TiduError:
        raise
    except _DAMAGE as error:
        raise FileFormatError(f"{path} is damaged, or is not {kind}: {error}") from error
