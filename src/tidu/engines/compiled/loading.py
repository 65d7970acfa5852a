"""The interpreter, ready to be called: from the cache, or compiled with a word to whoever waits."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tidu.errors import need


def available() -> bool:
    """Return whether Numba, which compiles the kernels, is installed."""
    return importlib.util.find_spec("numba") is not None


def kernel_folder() -> Path | None:
    """Return the folder in which kernels are kept from process to process, if there is one."""
    need("numba", extra="fast")
    from tidu.engines.compiled.kernels.jit import cache_folder

    return cache_folder()


def loaded(dtype: np.dtype) -> bool:
    """Return whether the kernels for a dtype are in memory: to use them waits for nothing."""
    interpreter = sys.modules.get("tidu.engines.compiled.kernels.interpreter")
    return interpreter is not None and _signature(dtype) in interpreter.carry_out.overloads


@cache
def load_kernels(dtype: np.dtype) -> Callable[..., int]:
    """Return the interpreter for a dtype.

    Raises
    ------
    MissingExtraError
        If Numba is not installed.
    """
    folder = kernel_folder()
    from tidu.engines.compiled.kernels.interpreter import carry_out

    mark = folder / f"{dtype.name}.compiled" if folder else None
    if mark is None or not mark.exists():
        kept = f"kept in {folder}" if folder else "no folder to keep them in can be written to"
        print(
            f"tidu: compiling the {dtype.name} kernels for this machine, which takes about half a "
            f"minute ({kept})",
            file=sys.stderr,
            flush=True,
        )
    carry_out.compile(_signature(dtype))
    if mark:
        mark.touch()
    return carry_out


def _signature(dtype: np.dtype) -> tuple[Any, ...]:
    from numba import boolean, float64, from_dtype, int64, uint64

    number = from_dtype(dtype)
    vector = number[::1]
    return (
        int64[::1], vector, boolean, int64[::1],  # program, settings, training, functions
        *(vector,) * 7,  # work, theta, dtheta, a, b, state, new_state
        int64[::1], int64[::1], vector,  # inputs, answers, class_weights
        int64[::1], int64, int64, float64[:, ::1],  # order, batch_size, k, pace
        uint64[:, ::1], int64[:, ::1], float64,  # streams, segments, calm
        vector, float64[:, ::1], float64[:, ::1],  # scores, outcome, notes
        int64[:, ::1], int64[::1], int64, int64,  # errands, sync, thread, threads
    )  # fmt: skip
