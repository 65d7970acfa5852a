"""Fixtures for the tests of projects that use Tidu, which pytest finds by itself.

Each hands over Tidu's function of the same name. This module stands beside the package, not in it,
so that Tidu is imported by a test that asks for a fixture and costs other tests nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="session")
def assert_gradient() -> Callable[..., None]:
    """`tidu.assert_gradient(f, x, grad)`: fail, with a report, unless a gradient is right."""
    import tidu

    return tidu.assert_gradient


@pytest.fixture(scope="session")
def assert_layer() -> Callable[..., None]:
    """`tidu.assert_layer(layer, input_shape)`: fail, with a report, unless a layer is right."""
    import tidu

    return tidu.assert_layer


@pytest.fixture(scope="session")
def check_gradient() -> Callable[..., Any]:
    """`tidu.check_gradient(f, x, grad)`: return the report on a gradient."""
    import tidu

    return tidu.check_gradient


@pytest.fixture(scope="session")
def check_layer() -> Callable[..., Any]:
    """`tidu.check_layer(layer, input_shape)`: return the report on a layer."""
    import tidu

    return tidu.check_layer
