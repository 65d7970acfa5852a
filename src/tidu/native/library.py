"""The shared library of kernels: found in the package, checked, loaded once."""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tidu.errors import MissingExtraError, clause
from tidu.native.levels import architecture, runnable
from tidu.native.sources import digest

FOLDER = Path(__file__).parent / "lib"
SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
HOW_TO_BUILD = clause("`make kernels` in a checkout of Tidu builds them")


def library_path(level: str) -> Path:
    """Return where the library of a level lies in the package."""
    return FOLDER / f"tidu-{level}{SUFFIX}"


def manifest_path(level: str) -> Path:
    """Return where the manifest of a library lies: its own checksum, and that of its sources."""
    return library_path(level).with_suffix(".json")


def kernel_function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Return an exported function of the library, with these C types.

    Raises
    ------
    MissingExtraError
        If this installation has no kernels that can be used here; the message says why.
    """
    found = _load()
    if isinstance(found, str):
        raise MissingExtraError(found)
    return ctypes.CFUNCTYPE(result, *arguments)((name, found))


def why_no_kernels() -> str:
    """Return why no kernels can be used here; empty if they can."""
    found = _load()
    return found if isinstance(found, str) else ""


@cache
def _load() -> ctypes.CDLL | str:
    """Return the library of the best level that runs here, or a sentence on why there is none."""
    for level in runnable():
        path = library_path(level)
        if not path.is_file():
            continue
        fault = fault_of(level)
        if fault:
            return fault
        try:
            return ctypes.CDLL(str(path))
        except OSError as error:
            return clause(f"the kernels in {path} cannot be loaded: {error}")
    return clause(
        f"this installation has no kernels for this {architecture()} processor; {HOW_TO_BUILD}"
    )


def fault_of(level: str) -> str:
    """Return what is wrong with a library's file; to load a damaged one could end the process."""
    try:
        manifest = json.loads(manifest_path(level).read_text("utf-8"))
    except (OSError, ValueError):
        manifest = {}
    path = library_path(level)
    if manifest.get("library") != sha256(path.read_bytes()).hexdigest():
        return clause(f"the kernels in {path} are damaged; install Tidu again")
    if manifest["sources"] != (digest() or manifest["sources"]):
        return clause(f"the kernels in {path} are not those of their sources; {HOW_TO_BUILD}")
    return ""
