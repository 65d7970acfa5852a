"""A lock on a folder, so that one process at a time writes to it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tidu.errors import InputError, clause

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FolderLock:
    """Locks a folder until it is released, or until the process ends in any way.

    The lock is the operating system's, on a file ``.lock`` in the folder: a process that was killed
    leaves the file behind, and no lock. The file says who held it last.

    Raises
    ------
    InputError
        If another process, or other code in this one, has locked the folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lock = FolderLock(Path(folder))
    ...     lock.release()
    """

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            holder = os.read(self._file, 100).decode(errors="replace") or clause("another process")
            os.close(self._file)
            raise InputError(
                f"{folder} is in use by {holder}: two runs cannot be saved in one folder at the "
                "same time; wait for the other to end, or choose another folder"
            ) from None
        os.truncate(self._file, 0)
        os.write(self._file, f"process {os.getpid()}".encode())

    def release(self) -> None:
        """Unlock the folder."""
        os.close(self._file)
