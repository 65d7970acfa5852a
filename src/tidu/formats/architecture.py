"""Settings as JSON and back: layers, losses, penalties and initializers by their classes' names.

Only known classes are ever created: Tidu's own, and those that the caller passes by name. A file
can therefore say which layers it needs, but not which code to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from tidu import initializers, layers, losses, optimizers, penalties, schema
from tidu.errors import FileFormatError, InputError, did_you_mean

KNOWN: dict[str, type] = {
    **layers.LAYERS,
    **losses.LOSSES,
    **{kind.__name__: kind for kind in initializers.INITIALIZERS.values()},
    **{kind.__name__: kind for kind in (penalties.L1, penalties.L2, penalties.ElasticNet)},
    **{name: getattr(optimizers, name) for name in optimizers.__all__ if name[0].isupper()},
    **{kind.__name__: kind for kind in (schema.Schema, schema.Column, schema.Target)},
}
for _base in ("Optimizer", "Rule", "OPTIMIZERS"):
    del KNOWN[_base]


class UnknownClassError(FileFormatError):
    """A class that a file needs and that is not known here."""


def encoded(value: Any) -> Any:
    """Return settings as what JSON can hold: an object becomes ``{"type": name, field: ...}``.

    Examples
    --------
    >>> encoded(layers.Dropout(0.2))
    {'type': 'Dropout', 'rate': 0.2}
    """
    if is_dataclass(value) and not isinstance(value, type):
        settings = {field.name: encoded(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__, **settings}
    if isinstance(value, (list, tuple)):
        return [encoded(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise InputError(
        f"cannot save objects of {type(value).__name__}: a layer to be saved must be a dataclass "
        "whose fields are numbers, strings, other such objects or lists of them"
    )


def decoded(value: Any, own: Mapping[str, type]) -> Any:
    """Return the settings that `encoded` turned into this; ``own`` are further classes by name.

    Raises
    ------
    UnknownClassError
        If a class is not known.
    FileFormatError
        If a class refuses its settings.

    Examples
    --------
    >>> decoded({"type": "Dropout", "rate": 0.2}, own={})
    Dropout(rate=0.2)
    """
    if isinstance(value, list):
        return tuple(decoded(item, own) for item in value)
    if not isinstance(value, dict):
        return value
    name = value.get("type")
    known = {**KNOWN, **own}
    if name not in known:
        raise UnknownClassError(
            f"there is no class {name!r} here; {did_you_mean(str(name), known)}. A layer of your "
            f"own is passed by name: tidu.load(path, layers={{{str(name)!r}: ...}})"
        )
    settings = {key: decoded(item, own) for key, item in value.items() if key != "type"}
    try:
        return known[name](**settings)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise FileFormatError(f"{name} cannot be made of these settings: {error}") from error
