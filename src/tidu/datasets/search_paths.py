"""Where a data set is looked for on this machine.

In this order: the folder in the environment variable ``TIDU_DATA``; the user's cache; and the
folders ``../shared/data`` and ``shared/data`` beside and in the current folder. A folder that is
named in the call is the only folder that is searched.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from tidu.cache import cache_folder
from tidu.datasets.reading import as_path


def search_paths(directory: str | PathLike[str] | None = None) -> list[Path]:
    """Return the folders to look in, the first first."""
    if directory is not None:
        return [as_path("directory", directory)]
    named = os.environ.get("TIDU_DATA")
    return [
        *([Path(named).expanduser()] if named else []),
        cache_folder(),
        Path("../shared/data"),
        Path("shared/data"),
    ]


def find(names: Sequence[str], folder: str, looked_in: Sequence[Path]) -> list[Path] | None:
    """Return the first set of IDX files that lie together in a folder, or None.

    Parameters
    ----------
    names
        The names as published, without ``.gz``: ``train-images-idx3-ubyte``. A file may be
        compressed, and its name may have a dot before ``idx``.
    folder
        The sub-folder that holds them, if they do not lie in the folder itself.
    looked_in
        The folders, the first first.
    """
    for path in looked_in:
        for home in (path / folder, path):
            found = [_spelt(home / name) for name in names]
            if all(found):
                return [path for path in found if path]
    return None


def _spelt(path: Path) -> Path | None:
    """Return the file under one of the spellings of its name, or None."""
    for name in (path.name, path.name.replace("-idx", ".idx")):
        for suffix in ("", ".gz"):
            if (spelt := path.with_name(name + suffix)).is_file():
                return spelt
    return None
