"""The sources of the kernels, and the digest by which a library is known to be theirs."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
PATTERNS = ("engines/compiled/kernels/*.py", "perturbation/kernels.py", "native/codegen.py")


def digest() -> str:
    """Return the SHA-256 of the kernels' sources, as hex; empty where they are not installed."""
    files = sorted(path for pattern in PATTERNS for path in PACKAGE.glob(pattern))
    total = sha256()
    for path in files:
        total.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest() if files else ""
