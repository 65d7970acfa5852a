"""Libraries that Tidu is tested beside: left out where absent, demanded by `make test-neighbours`.

A test that uses one of them is marked ``neighbours``, so that it runs there as well.
"""

import importlib
import os
from typing import Any

import pytest


def neighbour(name: str) -> Any:
    """Return the module; without it skip, or fail where all of them have to be there."""
    if os.environ.get("TIDU_TEST_NEIGHBOURS") == "1":
        return importlib.import_module(name)
    return pytest.importorskip(
        name, reason=f"{name} is not installed; `make test-neighbours` brings it"
    )
