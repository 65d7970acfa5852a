"""Objects that consist of settings alone: frozen dataclasses, and how they are shown.

Layers, losses, penalties, optimizers and initializers are such objects. Two with the same settings
are equal, and what `repr` shows makes the same object again.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any


class Config:
    """The base of such objects: how they are shown, compared and hashed.

    A dataclass would write this for each class anew, which took a fifth of the time of an import.
    """

    def __repr__(self) -> str:
        """Return the call that makes this object, without settings left at their defaults."""
        return call_repr(self)

    def __eq__(self, other: object) -> bool:
        """Say whether the other is of the same class and has the same settings."""
        if type(self) is not type(other) or not is_dataclass(self):
            return NotImplemented
        return _values(self) == _values(other)

    def __hash__(self) -> int:
        """Return the same number for equal settings."""
        return hash((type(self), *_values(self))) if is_dataclass(self) else object.__hash__(self)


def _values(settings: Any) -> tuple[Any, ...]:
    kind: Any = type(settings)
    return tuple([getattr(settings, name) for name in _names(kind)])


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """Return the names of a dataclass's fields; `dataclasses.fields` finds them anew each time."""
    return tuple(field.name for field in fields(kind))


def set_fields(settings: Any, **checked: Any) -> None:
    """Put checked values, as plain Python numbers, in the fields of a frozen dataclass.

    To be called from ``__post_init__`` and nowhere else. A setting that came as ``np.float64``
    would otherwise turn float32 arrays into float64, and be shown so by `repr`.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.layers import Rescale
    >>> Rescale(np.float64(0.5))
    Rescale(0.5)
    """
    for name, value in checked.items():
        object.__setattr__(settings, name, value)


def call_repr(settings: Any) -> str:
    """Return the call that makes a dataclass; fields without a default stand without their names.

    Examples
    --------
    >>> from tidu.layers import Affine
    >>> print(call_repr(Affine(50)), call_repr(Affine(50, bias=False)))
    Affine(50) Affine(50, bias=False)
    """
    words = []
    for field in fields(settings) if is_dataclass(settings) else ():
        value = getattr(settings, field.name)
        if field.default is MISSING and field.default_factory is MISSING:
            words.append(repr(value))
        elif value != field.default:
            words.append(f"{field.name}={value!r}")
    return f"{type(settings).__name__}({', '.join(words)})"
