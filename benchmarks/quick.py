"""What all benchmarks share: tiny sizes for a look, and a word on peers that are not installed.

A benchmark names its sizes as constants, and in ``QUICK`` what takes their place when it is run as
``python -m benchmarks.NAME --quick``: seconds, and numbers that mean nothing.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from typing import Any


def run(names: dict[str, Any]) -> None:
    """Run the ``main`` of a module, whose names these are, in the size that is asked for."""
    if "--quick" in sys.argv[1:]:
        names.update(names["QUICK"])
    names["main"]()


def installed(modules: Mapping[str, str]) -> list[str]:
    """Return the contestants whose module is there, and say which are not."""
    there = [name for name, module in modules.items() if importlib.util.find_spec(module)]
    missing = [f"{name} ({modules[name]})" for name in modules if name not in there]
    if missing:
        print(f"not installed, so not compared: {', '.join(missing)}")
    return there
