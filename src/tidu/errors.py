"""What can go wrong, and the few checks whose sentences are the same everywhere.

An error message names what was given, what was expected, and what to do about it. Every error
that Tidu raises on purpose is a `TiduError` or a plain ``TypeError``/``ValueError``; the kinds
below also inherit from the built-in exception that one would catch without knowing Tidu.
"""

from __future__ import annotations

import importlib
import math
import numbers
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any


class TiduError(Exception):
    """The base of all errors that Tidu defines."""


class InputError(TiduError, ValueError):
    """A value that cannot be used as it is."""


class ShapeError(InputError):
    """Arrays, or layers, whose shapes do not fit together."""


class NonFiniteError(TiduError, ArithmeticError):
    """A NaN or an infinity where only a finite number makes sense."""


class FileFormatError(TiduError, ValueError):
    """A file that is damaged, or is not of the expected kind."""


class DataNotFoundError(TiduError, FileNotFoundError):
    """A data set that is in none of the search paths."""


class MissingRuleError(TiduError, NotImplementedError):
    """An operation that automatic differentiation has no rule for."""


class MissingExtraError(TiduError, ImportError):
    """An optional part of Tidu that is not installed."""


class TiduWarning(UserWarning):
    """The base of all warnings that Tidu gives."""


class TrainingStoppedWarning(TiduWarning):
    """A training run that ended because its numbers were no longer finite."""


class StepVanishedWarning(TiduWarning):
    """A difference step so small beside ``x`` that ``x + h`` is ``x``: the slope read there is 0.

    Attributes
    ----------
    entries
        The indices of the entries of ``x`` where it happened.
    """

    def __init__(self, message: str, entries: Iterable[tuple[int, ...]] = ()) -> None:
        super().__init__(message)
        self.entries = list(entries)


class InaccurateDerivativeWarning(TiduWarning):
    """A derivative on which longer and shorter steps do not agree: f has a kink or a jump there."""


def clause(text: str) -> str:
    """Return a part of an error's sentence as it is: it is marked here, for its translations.

    Examples
    --------
    >>> clause("a positive integer")
    'a positive integer'
    """
    return text


def need(module: str, extra: str | None = None) -> ModuleType:
    """Import an optional module, or say how to install it: by an extra of Tidu, or by itself.

    Raises
    ------
    MissingExtraError
        If the module is not installed; the message holds the ``pip install`` line.

    Examples
    --------
    >>> need("math", extra="plots").pi > 3
    True
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        line = f"pip install 'tidu[{extra}]'" if extra else f"pip install {name}"
        raise MissingExtraError(f"this needs {name}, which is not installed: {line}") from error


def check_list(
    name: str, values: Any, kind: type, shown: Callable[[object], str] = repr
) -> list[Any]:
    """Return values as a list, each of a kind, or raise with what was given instead."""
    word = kind.__name__
    if isinstance(values, kind) or not isinstance(values, Iterable):
        raise TypeError(f"`{name}` must be a list of {word.lower()}s, got {shown(values)}")
    values = list(values)
    for i, value in enumerate(values):
        if not isinstance(value, kind):
            raise TypeError(f"`{name}[{i}]` must be a {word}, got {shown(value)}")
    return values


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """Return a sentence that lists the choices, nearest first where one is near.

    Examples
    --------
    >>> did_you_mean("centrl", ["forward", "central"])
    "did you mean 'central'? (one of 'forward', 'central')"
    """
    known = [str(choice) for choice in choices]
    listed = ", ".join(repr(choice) for choice in known)
    if near := nearest(name, known):
        return clause(f"did you mean {near!r}? (one of {listed})")
    return clause(f"it is one of {listed}")


def nearest(name: str, choices: Iterable[str]) -> str:
    """Return the choice that is spelled most like a name, or "" where none is near.

    Examples
    --------
    >>> nearest("centrl", ["forward", "central"])
    'central'
    """
    import difflib

    folded = {choice.casefold(): choice for choice in choices}
    near = difflib.get_close_matches(str(name).casefold(), folded, n=1)
    return folded[near[0]] if near else ""


def check_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Refuse a value that is not one of the named choices."""
    known = list(choices)
    if not isinstance(value, str) or value not in known:
        raise InputError(f"`{name}` cannot be {value!r}; {did_you_mean(str(value), known)}")


def check_integer(name: str, value: object, *, minimum: int = 1) -> int:
    """Return ``value`` as an int, or refuse it; booleans are not counted as integers."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise TypeError(f"`{name}` must be an integer, got {value!r}")
    if value < minimum:
        kind = {0: clause("zero or a positive integer"), 1: clause("a positive integer")}.get(
            minimum, clause(f"an integer of at least {minimum}")
        )
        raise InputError(f"`{name}` must be {kind}, got {value}")
    return int(value)


def check_number(
    name: str,
    value: object,
    *,
    minimum: float = -math.inf,
    maximum: float = math.inf,
    above: float | None = None,
    below: float | None = None,
) -> float:
    """Return ``value`` as a float, or refuse it; it must not reach `above` or `below`."""
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        raise TypeError(f"`{name}` must be a number, got {value!r}")
    number = float(value)
    fits = minimum <= number <= maximum
    fits = fits and (above is None or number > above) and (below is None or number < below)
    if not fits or not math.isfinite(number):
        high = ""
        if below is not None:
            high = clause(f"below {below:g}")
        elif maximum < math.inf:
            high = clause(f"at most {maximum:g}")
        if above is not None:
            wanted = clause(f"above {above:g} and {high}") if high else clause(f"above {above:g}")
        elif minimum > -math.inf:
            wanted = (
                clause(f"at least {minimum:g} and {high}")
                if high
                else clause(f"at least {minimum:g}")
            )
        else:
            wanted = high or clause("a finite number")
        raise InputError(f"`{name}` must be {wanted}, got {value!r}")
    return number
