"""The interpreter, ready to be called: from the cache, or compiled with a word to whoever waits.

Machine code is kept in the user's cache folder under a name that depends on the kernels' source and
on the processor: changed kernels are never mistaken for old ones. Where no folder can be written
to, kernels are compiled anew in each process.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from tidu.cache import cache_folder
from tidu.engines.compiled import kernels
from tidu.errors import need

Interpreter = Callable[[int, float, int], int]
"""Given the address of a message, the sums that are calm, and a thread's number; the steps made."""


def available() -> bool:
    """Return whether Numba, which compiles the kernels, is installed."""
    return importlib.util.find_spec("numba") is not None


def loaded(dtype: np.dtype) -> bool:
    """Return whether the kernels for a dtype are in memory: to use them waits for nothing."""
    return dtype.name in _LOADED


def load_kernels(dtype: np.dtype) -> Interpreter:
    """Return the interpreter for a dtype.

    Raises
    ------
    MissingExtraError
        If Numba is not installed.
    """
    if not loaded(dtype):
        _LOADED[dtype.name] = _from_cache_or_compiled(dtype)
    return _LOADED[dtype.name]


def kernel_folder() -> Path | None:
    """Return a writable folder for machine code, in NUMBA_CACHE_DIR or the user's cache, if any."""
    if not available():
        need("numba", extra="fast")
    given = os.environ.get("NUMBA_CACHE_DIR")
    folder = (Path(given, "tidu") if given else cache_folder()) / f"kernels-{_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


_LOADED: dict[str, Interpreter] = {}


def _from_cache_or_compiled(dtype: np.dtype) -> Interpreter:
    folder = kernel_folder()
    from tidu.engines.compiled.machine_code import linked, read, write

    file = folder / f"{dtype.name}.code" if folder else None
    code = read(file) if file else None
    if code is None:
        kept = f"kept in {folder}" if folder else "no folder to keep them in can be written to"
        print(
            f"tidu: compiling the {dtype.name} kernels for this machine, which takes about half a "
            f"minute ({kept})",
            file=sys.stderr,
            flush=True,
        )
        from tidu.engines.compiled.kernels.entry import entry

        code = entry(dtype)
        if file:
            with suppress(OSError):  # a full disk is no reason not to train
                write(file, code)
    return linked(code, ctypes.c_int64, ctypes.c_double, ctypes.c_int64)


@cache
def _digest() -> str:
    from hashlib import sha256

    import llvmlite

    from tidu.engines.compiled.machine_code import processor

    sources = sorted(Path(kernels.__path__[0]).glob("*.py"))
    sources.append(Path(__file__).with_name("machine_code.py"))
    text = b"".join(path.read_bytes() for path in sources)
    about = f"{llvmlite.__version__} {processor()}".encode()
    return sha256(text + about).hexdigest()[:12]
