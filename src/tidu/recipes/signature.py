"""Settings as a function's own signature: read, checked, and converted to and from text.

A recipe or an experiment annotates each of its settings with a `Setting`. What is read here feeds
the checks, the flags of the command line and, later, the controls of a page; there is no second
list.
"""

from __future__ import annotations

import functools
import inspect
import math
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints

from tidu.arrays import described
from tidu.errors import InputError, check_choice, check_integer, check_number, clause, did_you_mean


@dataclass(frozen=True)
class Setting:
    """What a setting means in a few words, and what it may be.

    Parameters
    ----------
    help
        A few words, with no full stop.
    low, high
        The smallest and the largest number allowed; in a tuple, of each entry.
    choices
        The words allowed.
    fewest
        The smallest number of entries of a tuple of any length.
    flag, metavar
        The flag of the command line, where it is not the name of the setting, and what stands for
        the value in its help.

    Examples
    --------
    >>> rates = Annotated[tuple[float, ...], Setting("learning rates", 0, 100)]
    """

    help: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    fewest: int = 1
    flag: str = ""
    metavar: str = ""


Seed = Annotated[int, Setting("seed of the random numbers", 0)]
"""The annotation of a setting ``seed``."""


@dataclass(frozen=True)
class Argument:
    """One setting of one function.

    Attributes
    ----------
    name, default, setting
        As they stand in the signature.
    kind
        ``int``, ``float``, ``bool``, ``str`` or ``Path``; of each entry, if it is a tuple.
    length
        None for a single value; how many entries a tuple has, or 0 for any number of them.
    optional
        Whether it may be None.
    """

    name: str
    default: Any
    setting: Setting
    kind: type
    length: int | None = None
    optional: bool = False

    def checked(self, value: Any) -> Any:
        """Return a value as plain Python numbers and words, or raise with a sentence."""
        if value is None and self.optional:
            return None
        if self.length is None:
            return self._checked_item(self.name, value)
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise TypeError(f"`{self.name}` must be {self._wanted()}, got {described(value)}")
        items = tuple(self._checked_item(f"{self.name}[{i}]", v) for i, v in enumerate(value))
        if len(items) != (self.length or len(items)) or len(items) < self.setting.fewest:
            raise InputError(f"`{self.name}` must be {self._wanted()}, got {items!r}")
        return items

    def read(self, text: str) -> Any:
        """Return the value that a text such as ``0.1,1,10`` stands for, unchecked."""
        if self.length is None:
            return self._read_item(text)
        return tuple(self._read_item(part) for part in text.strip("()[] ").split(",") if part)

    def written(self, value: Any) -> str:
        """Return a value as the text that `read` takes; nothing for None."""
        if value is None:
            return ""
        if self.length is None:
            return f"{value:g}" if self.kind is float else str(value)
        return ",".join(f"{item:g}" if self.kind is float else str(item) for item in value)

    @property
    def words(self) -> str:
        """What the setting means and may be, for a page of help."""
        low, high, choices = self.setting.low, self.setting.high, self.setting.choices
        if choices:
            return f"{self.setting.help}: {', '.join(choices)}"
        if self.optional:
            return self.setting.help
        if low > -math.inf and high < math.inf:
            return f"{self.setting.help}, {low:g} to {high:g}"
        if low > -math.inf and self.name != "seed":
            return f"{self.setting.help}, at least {low:g}"
        return self.setting.help

    def _checked_item(self, name: str, value: Any) -> Any:
        low, high, choices = self.setting.low, self.setting.high, self.setting.choices
        if choices and isinstance(value, self.kind):
            check_choice(name, value, choices)
        if self.kind is float:
            return check_number(name, value, minimum=low, maximum=high)
        if self.kind is int:
            integer = check_integer(name, value, minimum=math.ceil(max(low, -(2**62))))
            check_number(name, integer, maximum=high)
            return integer
        if self.kind is Path and isinstance(value, str | os.PathLike):
            return Path(value)
        if not isinstance(value, self.kind):
            wanted = {bool: "True or False", str: "a text", Path: "a path"}[self.kind]
            raise TypeError(f"`{name}` must be {wanted}, got {described(value)}")
        return value

    def _read_item(self, text: str) -> Any:
        try:
            return self.kind(text.strip())
        except ValueError:
            wanted = self._wanted()
            if example := self.written(self.default):
                wanted = clause(f"{wanted}, such as {example}")
            raise InputError(f"`{self.name}` must be {wanted}, got {text!r}") from None

    def _wanted(self) -> str:
        one, many = {
            int: (clause("an integer"), clause("integers")),
            float: (clause("a number"), clause("numbers")),
            str: (clause("a word"), clause("words")),
            Path: (clause("a path"), clause("paths")),
        }[self.kind]
        if self.length is None:
            return one
        if self.length:
            return clause(f"exactly {self.length} {many}")
        return clause(f"one or more {many}" if self.setting.fewest else f"zero or more {many}")


def arguments_of(
    function: Callable, besides: Collection[str] = ("progress",)
) -> dict[str, Argument]:
    """Return the settings of a function by name, as its signature declares them.

    Parameters
    ----------
    function
        Its settings follow ``*``, and each has a default.
    besides
        The names of its parameters that are no settings.

    Raises
    ------
    TypeError
        If an argument is positional, or lacks a `Setting` or a default.

    Examples
    --------
    >>> def walk(*, steps: Annotated[int, Setting("how many steps", 1)] = 20): ...
    >>> arguments_of(walk)["steps"].words
    'how many steps, at least 1'
    """
    hints = get_type_hints(function, include_extras=True)
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name in besides:
            continue
        hint = hints.get(name)
        notes = [note for note in get_args(hint)[1:] if isinstance(note, Setting)]
        if parameter.kind is not parameter.KEYWORD_ONLY or parameter.default is parameter.empty:
            raise TypeError(f"`{name}` of {function.__name__} must follow * and have a default")
        if get_origin(hint) is not Annotated or not notes:
            raise TypeError(f"`{name}` of {function.__name__} lacks Annotated[..., Setting(...)]")
        kind, length, optional = _kind(get_args(hint)[0])
        argument = Argument(name, parameter.default, notes[0], kind, length, optional)
        argument.checked(parameter.default)
        found[name] = argument
    return found


def checked(
    owner: str, arguments: Mapping[str, Argument], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all settings, those that were given and the defaults of the others.

    Raises
    ------
    TypeError
        If there is no setting of a name, or a value is of the wrong type.
    InputError
        If a value is not one of those allowed.
    """
    for name in given:
        if name not in arguments:
            hint = did_you_mean(name, arguments) if arguments else "it has none"
            raise TypeError(f"{owner} has no setting {name!r}; {hint}")
    return {
        name: argument.checked(given.get(name, argument.default))
        for name, argument in arguments.items()
    }


Function = TypeVar("Function", bound=Callable)


def with_settings(*besides: str) -> Callable[[Function], Function]:
    """Return a decorator: the settings of a function are checked before each call.

    Parameters
    ----------
    *besides
        The names of its parameters that are no settings.

    Examples
    --------
    >>> @with_settings("x")
    ... def scaled(x, *, by: Annotated[float, Setting("factor", 0)] = 1.0):
    ...     return by * x
    >>> scaled(2.0, by=3)
    6.0
    >>> scaled(2.0, buy=3)
    Traceback (most recent call last):
        ...
    TypeError: scaled has no setting 'buy'; did you mean 'by'? (one of 'by')
    """

    def decorate(function: Function) -> Function:
        arguments = arguments_of(function, besides)

        @functools.wraps(function)
        def call(*positional: Any, **given: Any) -> Any:
            others = {name: given.pop(name) for name in besides if name in given}
            return function(*positional, **others, **checked(function.__name__, arguments, given))

        return cast(Function, call)

    return decorate


def _kind(hint: Any) -> tuple[type, int | None, bool]:
    """Return the type of a setting or of its entries, how many there are, and if None may stand."""
    members = get_args(hint)
    if NoneType in members:
        (hint,) = (member for member in members if member is not NoneType)
        return (*_kind(hint)[:2], True)
    if get_origin(hint) is not tuple:
        return hint, None, False
    first, *rest = members
    return first, 0 if rest == [...] else 1 + len(rest), False
