"""Romberg's tableau: a number that depends on a step, extrapolated to step 0.

Entry ``(k, m)`` has rid the numbers at the steps 1, r, r², ..., rᵏ of the errors s², ..., s²ᵐ. Its
own error is taken to be its distance from the two entries it was made of (Ridders), which bounds
it generously until rounding, growing as the steps shrink, takes over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tidu.arrays import Array
from tidu.errors import NonFiniteError

ROWS = 8
"""How many steps there are at most: the last is 1/280 of the first."""

RATIO = 5**-0.5
"""Each step is this part of the one before.

Half of it would be an integer fraction: an oscillation with a period of one step would look
constant at all of them.
"""


@dataclass(frozen=True, slots=True)
class TableauEntry:
    """An entry of the tableau, for each value of f: with its errors, and the step of its row."""

    value: Array
    truncation: Array
    rounding: Array
    s: Array

    @property
    def doubt(self) -> Array:
        """The two errors together."""
        return self.truncation + self.rounding


def tableau(
    at: Callable[[float], tuple[Array, Array, Array]], ratio: float = RATIO, all_rows: bool = False
) -> list[TableauEntry]:
    """Return the entries of the tableau, row by row, without its first column.

    First steps that leave the domain of f are passed over. The last ones are left out once they no
    longer help, unless ``all_rows`` are asked for.

    Parameters
    ----------
    at
        Gives the number at a step, by how much rounding may move it, and an error that
        extrapolation does not take away.
    ratio, all_rows
        Of each step to the one before; whether to stop early.

    Raises
    ------
    NonFiniteError
        If ``at`` raised it at all steps but the last, or after it had given a number.
    """
    above: list[Array] = []
    entries: list[TableauEntry] = []
    for k in range(ROWS):
        s = ratio**k
        try:
            value, rounding, lasting = at(s)
        except NonFiniteError:
            if above or k == ROWS - 1:
                raise
            continue
        row = [value]
        for m, upper in enumerate(above):
            row.append(row[m] + (row[m] - upper) / (ratio ** (-2 * m - 2) - 1))
            error = np.maximum(np.abs(row[-1] - row[m]), np.abs(row[-1] - upper))
            entries.append(
                TableauEntry(row[-1], np.maximum(error, lasting), rounding, np.asarray(s))
            )
        above = row
        if len(row) > 2 and not all_rows and _settled(entries, len(row) - 1):
            break
    if not entries:
        raise NonFiniteError("`f` is finite at the smallest step alone; give a smaller `step`")
    return entries


def least_doubtful(entries: list[TableauEntry]) -> TableauEntry:
    """Return the entry of least doubt, for each value of f."""
    value, truncation, rounding, s, doubt = _stacked(entries)
    best = np.argmin(doubt, axis=0)[None]

    def at_best(array: Array) -> Array:
        return np.take_along_axis(array, best, axis=0)[0]

    return TableauEntry(at_best(value), at_best(truncation), at_best(rounding), at_best(s))


def corroborated(entries: list[TableauEntry]) -> TableauEntry:
    """Return the entry of least doubt, no surer of itself than the others allow.

    The least of many doubts is small by chance where f is noisier than its rounding. The error of
    the last row, where extrapolation has nothing left to do, times its step is that noise; and
    entries of comparable doubt are not farther away than the error.
    """
    best = least_doubtful(entries)
    last = [entry for entry in entries if entry.s == entries[-1].s]
    noise = 2 * np.min([entry.truncation for entry in last], axis=0) * last[0].s / best.s
    value, *_, doubt = _stacked(entries)
    comparable = doubt <= 16 * best.doubt
    apart = np.where(comparable, np.abs(value - best.value), 0.0).max(axis=0)
    return TableauEntry(
        best.value, np.max([best.truncation, noise, apart], axis=0), best.rounding, best.s
    )


def _stacked(entries: list[TableauEntry]) -> tuple[Array, Array, Array, Array, Array]:
    columns = ([getattr(e, name) for e in entries] for name in ("value", "truncation", "rounding"))
    shape = np.shape(entries[0].value)
    value, truncation, rounding = (
        np.stack([np.broadcast_to(array, shape) for array in column]) for column in columns
    )
    s = np.stack([np.broadcast_to(entry.s, shape) for entry in entries])
    return value, truncation, rounding, s, truncation + rounding


def _settled(entries: list[TableauEntry], new: int) -> bool:
    """Say whether rows may end: the last was no better, or shows that f is not resolved at all."""
    value, *_, doubt = _stacked(entries)
    before, after = doubt[:-new].min(axis=0), doubt[-new:].min(axis=0)
    hopeless = doubt.min(axis=0) > np.abs(value).max(axis=0) / 2
    return bool(((after > before / 2) | hopeless).all())
