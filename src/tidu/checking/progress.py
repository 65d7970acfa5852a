"""The progress of a long check: one line on a terminal, with a hint how to check less."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")

MANY = 100_000
"""From so many slopes on, a check says how to look at fewer."""
PATIENCE = 2.0
"""Seconds before the first line, and half a second between lines."""


def with_progress(items: Iterable[T], total: int, stream: TextIO | None = None) -> Iterator[T]:
    """Yield the items, and write to a terminal how many are done once it takes long.

    Examples
    --------
    >>> sum(with_progress([1, 2, 3], 3))
    6
    """
    out = sys.stderr if stream is None else stream
    start = due = time.monotonic()
    due += PATIENCE
    written = False
    for done, item in enumerate(items):
        now = time.monotonic()
        if now >= due and out.isatty():
            left = (now - start) * (total - done) / max(done, 1)
            hint = "; entries=1000 looks at some" if total >= MANY else ""
            out.write(f"\r{done:,} of {total:,} slopes, {left:.0f} s left{hint}  ")
            out.flush()
            due, written = now + 0.5, True
        yield item
    if written:
        out.write("\r" + 72 * " " + "\r")
        out.flush()
