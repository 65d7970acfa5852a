"""What a part of the page is: controls, and actions that answer with numbers and arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from tidu.arrays import Array
from tidu.errors import InputError, did_you_mean
from tidu.recipes.signature import Argument, checked

Answer = tuple[dict[str, Any], dict[str, Array]]
"""What an action returns: plain values, and arrays that go as float32."""

Method = TypeVar("Method", bound=Callable[..., Answer])


def action(method: Method) -> Method:
    """Mark a method as one that the page may ask for, with keyword arguments."""
    method.is_action = True  # type: ignore[attr-defined]
    return method


class Part:
    """A part of the page, on the side of Python; one object a session.

    Attributes
    ----------
    arguments
        Its settings, of which the page makes its controls.
    """

    arguments: ClassVar[Mapping[str, Argument]] = {}

    @classmethod
    def actions(cls) -> dict[str, Callable[..., Answer]]:
        """Return what the page may ask for, by name."""
        names = (name for name in dir(cls) if hasattr(getattr(cls, name), "is_action"))
        return {name: getattr(cls, name) for name in names}

    @classmethod
    def controls(cls) -> list[dict[str, Any]]:
        """Return the settings as the page needs them to make controls."""
        return [control(argument) for argument in cls.arguments.values()]

    @classmethod
    def settings(cls, given: object) -> dict[str, Any]:
        """Return all settings, those given and the defaults of the others, or refuse them."""
        if not isinstance(given, dict):
            raise InputError(f"`settings` must be values by name, got {type(given).__name__}")
        return checked(f"this part, {cls.__name__},", cls.arguments, given)

    def ask(self, do: str, values: Mapping[str, Any]) -> Answer:
        """Carry out an action.

        Raises
        ------
        InputError, TypeError
            If there is none of that name, or it does not take these values.
        """
        known = self.actions()
        if do not in known:
            raise InputError(f"there is no action {do!r}; {did_you_mean(do, known)}")
        return known[do](self, **values)


def control(argument: Argument) -> dict[str, Any]:
    """Return what a control of the page must know of a setting.

    Examples
    --------
    >>> from tidu.recipes.signature import Argument, Setting
    >>> found = control(Argument("lr", 0.1, Setting("learning rate", 0, 10), float))
    >>> found["kind"], found["default"], found["low"], found["high"]
    ('float', 0.1, 0, 10)
    """
    return {
        "name": argument.name,
        "kind": argument.kind.__name__,
        "default": argument.default,
        "help": argument.setting.help,
        "low": argument.setting.low,
        "high": argument.setting.high,
        "choices": argument.setting.choices,
        "many": argument.length is not None,
        "optional": argument.optional,
    }


def bounded(argument: Argument, **changes: Any) -> Argument:
    """Return a setting of a recipe within the bounds of a page, with a default of its own.

    Examples
    --------
    >>> from tidu.recipes.signature import Argument, Setting
    >>> found = bounded(Argument("n", 9, Setting("how many", 1), int), default=5, high=8)
    >>> found.default, found.setting.high
    (5, 8)
    """
    own = {name: changes.pop(name) for name in ("default", "optional") if name in changes}
    return replace(argument, setting=replace(argument.setting, **changes), **own)
