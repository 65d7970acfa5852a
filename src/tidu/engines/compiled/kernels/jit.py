"""How kernels are compiled, and where the machine code is kept.

A kernel is compiled when a program first needs it, in one of two precisions, and kept in the
user's cache folder under a name that depends on the kernels' source: a changed kernel is never
mistaken for an old one. Where no folder can be written to, kernels are compiled anew in each
process.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator

INSIDE = {
    "error_model": "numpy",
    "nogil": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
SAFE = {"contract"}
"""a·b + c in one rounding: changes last digits, and nothing about NaN or infinity."""
SUMS = {"contract", "reassoc"}
"""Sums in any order too, without which a sum is not vectorized; NaN and infinity stay seen."""


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that other kernels call; a division by 0 gives an infinity."""
    return numba.njit(fastmath=SAFE, **INSIDE)(function)


def summing(function: Callable[..., Any]) -> Any:
    """Compile a kernel that adds up many numbers, in whatever order is fastest."""
    return numba.njit(fastmath=SUMS, **INSIDE)(function)


def entry(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls, and keep its machine code from process to process."""
    options = {**INSIDE, "no_cpython_wrapper": False}
    dispatcher = numba.njit(fastmath=SAFE, **options)(function)
    if cache_folder():
        dispatcher._cache = _Kept(function)  # as cache=True does, but in our folder
    return dispatcher


class _Folder(_CacheLocator):
    """Names the folder, whatever the place of the source: copies of Tidu share one."""

    def get_cache_path(self) -> str:
        return str(cache_folder())

    def get_source_stamp(self) -> str:
        return _digest()

    def get_disambiguator(self) -> str:
        return "tidu"

    @classmethod
    def from_function(cls, function: Any, file: str) -> _Folder:
        return cls()


class _KeptImplementation(CompileResultCacheImpl):
    _locator_classes = (_Folder,)


class _Kept(FunctionCache):
    _impl_class = _KeptImplementation


def cache_folder() -> Path | None:
    """Return a writable folder for machine code, or None: NUMBA_CACHE_DIR, or the user's cache."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    folder = (Path(given) if given else _users_cache()) / "tidu" / f"kernels-{_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def _users_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _digest() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    text = b"".join(path.read_bytes() for path in sources) + numba.__version__.encode()
    return hashlib.sha256(text).hexdigest()[:12]
