"""What a measurement was made on: the processor, the versions, and how busy the machine was."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LIBRARIES = ("tidu", "numpy", "jax", "torch", "scikit-learn")


def machine(libraries: Sequence[str] = LIBRARIES) -> dict[str, Any]:
    """Return the processor, its cores, the system and the versions of libraries."""
    versions = {"python": platform.python_version()}
    for name in libraries:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "processor": _processor(), "cores": len(os.sched_getaffinity(0)),
        "system": platform.platform(terse=True), "versions": versions,
    }  # fmt: skip


def sentence(found: dict[str, Any]) -> str:
    """Return what `machine` found in one line."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return f"{found['processor']}, {found['cores']} cores, {found['system']}; {versions}"


def load() -> float | None:
    """Return the mean number of processes that ran in the last minute; None if nobody counts."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def busy_seconds() -> float | None:
    """Return the processor seconds that all programs have used so far; None if nobody counts."""
    try:
        first = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, *rest = map(int, first.split()[1:])
    return (user + nice + system + sum(rest[:3])) / os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    """Return the processor seconds that this process and its ended children have used."""
    return sum(os.times()[:4])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
