"""What is in a file or folder as a short text, by which it is known again."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path


def fingerprint(*paths: Path) -> str:
    """Return the SHA-256 of what is in files, unpacked, and in folders with their names.

    The same data give the same text, wherever they lie. Hidden files are passed over.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.csv").write_bytes(b"1,2")
    ...     _ = Path(folder, "b.csv.gz").write_bytes(gzip.compress(b"1,2"))
    ...     fingerprint(Path(folder, "a.csv")) == fingerprint(Path(folder, "b.csv.gz"))
    True
    """
    found = hashlib.sha256()
    for path in paths:
        if not path.is_dir():
            _add(found, path)
            continue
        for file in sorted(path.rglob("*")):
            name = file.relative_to(path)
            if file.is_file() and not any(part.startswith(".") for part in name.parts):
                found.update(f"{name.as_posix()} {file.stat().st_size}\n".encode())
                _add(found, file)
    return found.hexdigest()


def _add(found: hashlib._Hash, file: Path) -> None:
    with gzip.open(file) if file.suffix.lower() == ".gz" else file.open("rb") as content:
        while block := content.read(1 << 20):
            found.update(block)
