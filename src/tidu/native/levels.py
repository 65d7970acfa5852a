"""The levels of processors: which machine code each architecture has, and which runs here."""

from __future__ import annotations

import platform
import sys

import numpy as np

ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
"""Other names of an architecture."""

LEVELS = {
    "x86_64": ("x86-64-v4", "x86-64-v3", "x86-64-v2"),
    "aarch64": ("aarch64",),
}
"""The levels of each architecture, the best first."""

NEEDS = {
    "x86-64-v4": ({"X86_V4"}, {"AVX512_SKX"}),
    "x86-64-v3": ({"X86_V3"}, {"AVX2", "FMA3"}),
    "x86-64-v2": ({"X86_V2"}, {"SSE42", "POPCNT"}),
    "aarch64": (set(),),
}
"""What NumPy finds on a processor of each level, by the names of its newer or older versions."""


def architecture() -> str:
    """Return the name of this machine's architecture."""
    name = platform.machine().lower()
    return ARCHITECTURES.get(name, name)


def levels() -> tuple[str, ...]:
    """Return the levels of this architecture, the best first; none if it is not known."""
    return LEVELS.get(architecture(), ())


def runnable(found: set[str] | None = None) -> tuple[str, ...]:
    """Return the levels that this processor can run, the best first.

    Parameters
    ----------
    found : set of str, optional
        What the processor can do, by NumPy's names; NumPy is asked if it is not given.

    Examples
    --------
    >>> from tidu.native.levels import NEEDS, runnable
    >>> set(runnable()) <= set(NEEDS)
    True
    """
    found = features() if found is None else found
    return tuple(name for name in levels() if any(need <= found for need in NEEDS[name]))


def features() -> set[str]:
    """Return what NumPy found this processor able to do."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return {*simd.get("baseline", ()), *simd.get("found", ())}


def llvm_processor(level: str) -> str:
    """Return LLVM's name of the processor that a level stands for."""
    if level == "aarch64":
        return "apple-m1" if sys.platform == "darwin" else "generic"
    return level
