"""The table of bad inputs: each row a call that cannot work, and the sentence it must give.

One module a room of the house, each with a list ``ROWS``. ``tests/test_bad_inputs.py`` runs them
all, and sees to it that every argument of every public name has a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bad:
    """One call that must be refused: ``argument`` is "name.argument", as in "gradient.method"."""

    argument: str
    call: Callable[[], Any]
    error: type[Exception]
    sentence: str
    """A part of the message, letter by letter."""
