"""From object files to a shared library, by the system's C compiler or by Zig's."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tidu.errors import TiduError


def linker() -> list[str]:
    """Return the command that links: ``CC`` or ``cc``, else that of the package ``ziglang``."""
    given = os.environ.get("CC", "cc")
    if shutil.which(given):
        return [given]
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    raise TiduError(
        f"building kernels needs a linker: there is no command {given!r}; "
        "install a C compiler, or `pip install ziglang`"
    )


def link(objects: Sequence[Path], target: Path) -> None:
    """Link object files into a shared library; a library that is in use stays as it is."""
    mathematics = [] if sys.platform == "win32" else ["-lm"]
    unfinished = target.with_name(target.name + ".new")
    command = [*linker(), "-shared", "-s", "-o", str(unfinished), *map(str, objects), *mathematics]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TiduError(f"{' '.join(command)} failed: {done.stderr.strip()}")
    unfinished.replace(target)
