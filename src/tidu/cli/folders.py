"""The folder for the results of a command: made before the work, gone if nothing is put into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def folder_for_results(folder: Path) -> Iterator[None]:
    """Make a folder, so that a wrong name raises before the work that is inside the block.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with folder_for_results(Path(home, "out", "digits")):
    ...         print(Path(home, "out", "digits").exists())
    ...     print(Path(home, "out").exists())
    True
    False
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):  # something is in it
            for path in made:
                path.rmdir()
