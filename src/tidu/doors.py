"""Doors: methods that are functions of a room below, which is imported on first use."""

from __future__ import annotations

from importlib import import_module
from types import FunctionType, MethodType
from typing import Any


class Door:
    """A method defined in another module, with its signature and docstring: ``fit = Door(...)``.

    Parameters
    ----------
    module, name : str
        Where the function is; it takes the instance first.

    Examples
    --------
    >>> class Angle(float):
    ...     in_degrees = Door("math", "degrees")
    >>> Angle(0.0).in_degrees()
    0.0
    """

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __get__(self, instance: Any, owner: type | None = None) -> FunctionType | MethodType:
        """Return the function, bound to an instance if there is one."""
        function = getattr(import_module(self.module), self.name)
        return function if instance is None else MethodType(function, instance)
