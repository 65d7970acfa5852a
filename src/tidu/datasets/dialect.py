"""How a text file writes a table: what separates columns, decimal commas, a line of names.

All is seen from the first lines, by rules that are few and said here:

- Columns are separated by the first of tab, semicolon, bar and comma that cuts the lines into
  equally many (at least two), else by spaces.
- The first line holds names where a text stands over numbers, or where it counts 0, 1, 2, ... as
  pandas does; it holds data where a number stands over numbers, or a text that comes again below.
  If neither is the case, it holds names if no cell of it is empty (but the first, over an index),
  a number, or there twice.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tidu.datasets.table import is_comma_decimal, is_comma_number, is_missing, numbers, unique_names

SEPARATORS = "\t;|,"
_POINT_DECIMAL = re.compile(r"[-+]?\d*\.\d+([eE][-+]?\d+)?$")


@dataclass(frozen=True)
class Dialect:
    """What separates columns (a space: any number of them), and whether decimals have commas."""

    separator: str
    decimal_comma: bool = False

    def rows(self, lines: Iterable[str]) -> csv.Reader:  # type: ignore[name-defined]
        """Return the rows of lines, as a reader of `csv`."""
        if self.separator == " ":
            lines = (" ".join(line.split()) + "\n" for line in lines)
        return csv.reader(
            lines, delimiter=self.separator, strict=True, skipinitialspace=self.separator == " "
        )


def recognize(lines: Sequence[str]) -> Dialect:
    """Return the dialect of a file, from its first lines that are not blank.

    Examples
    --------
    >>> recognize(["1,5;2,25", "0,5;1,75"])
    Dialect(separator=';', decimal_comma=True)
    >>> recognize(["a,b", "1.5,2"])
    Dialect(separator=',', decimal_comma=False)
    """
    separator = _separator(lines)
    cells = [c.strip() for row in _tolerant(lines, separator) for c in row]
    sure = any(map(is_comma_decimal, cells))
    likely = separator != "," and not any(map(_POINT_DECIMAL.match, cells))
    return Dialect(separator, sure or (likely and any(map(is_comma_number, cells))))


def _separator(lines: Sequence[str]) -> str:
    best, most = "", 0.0
    for separator in (*SEPARATORS, " "):
        widths = Counter(len(row) for row in _tolerant(lines, separator))
        width, _ = widths.most_common(1)[0] if widths else (1, 0)
        if width < 2:
            continue
        near = widths[width] + widths[width - 1] * (widths[width - 1] == 1)
        share = near / sum(widths.values())
        if share >= 0.9:
            return separator
        if share > most and separator != " ":
            best, most = separator, share
    return best or ","


def _tolerant(lines: Sequence[str], separator: str) -> list[list[str]]:
    """Return rows as far as they can be read: a sample may end within a quoted cell."""
    try:
        return [row for row in Dialect(separator).rows(lines) if row]
    except csv.Error:
        return [line.split(separator) for line in lines]


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first of these rows holds the names of the columns.

    Examples
    --------
    >>> has_header([["w", "h"], ["1", "2"]]), has_header([["1", "2"], ["3", "4"]])
    (True, False)
    >>> has_header([["0", "1", "2"], ["0.5", "1.5", "7"]])
    True
    """
    head, body = [cell.strip() for cell in rows[0]], rows[1:]
    width = len(head)
    if any(len(row) == width + 1 for row in body[:1]) and any(map(_is_text, head)):
        return True
    columns = [[row[j].strip() for row in body if j < len(row)] for j in range(width)]
    columns = [[cell for cell in column if not is_missing(cell)] for column in columns]
    over_numbers = [_all_numbers(column) for column in columns]
    if any(
        over and not is_missing(name) and _is_text(name)
        for name, over in zip(head, over_numbers, strict=True)
    ):
        return True
    if _counts(head) and body and not _same_kind(head, columns):
        return True
    repeated = any(
        name in column for name, column in zip(head, columns, strict=True) if _is_text(name)
    )
    numeric = any(not is_missing(name) and not _is_text(name) for name in head)
    index = len(head) > 1 and not head[0] and over_numbers[0]  # pandas writes no name over it
    gaps = any(map(is_missing, head[index:]))
    return not (repeated or numeric or gaps) and len(set(head)) == width


def column_names(head: Sequence[str], width: int) -> tuple[str, ...]:
    """Return the names in a header, one for each of so many columns.

    R leaves the name of the first column out where it writes the names of rows, and pandas leaves
    it empty.

    Examples
    --------
    >>> column_names(["w", "h", "w"], 4)
    ('unnamed', 'w', 'h', 'w.1')
    """
    names = [cell.strip() or "unnamed" for cell in head]
    return unique_names(["unnamed"] * (width - len(names)) + names[:width])


def _is_text(cell: str) -> bool:
    return bool(cell) and bool(numbers([cell], decimal_comma=True)[1][0]) and not is_missing(cell)


def _all_numbers(column: Sequence[str]) -> bool:
    return bool(column) and not numbers(column, decimal_comma=True)[1].any()


def _counts(head: Sequence[str]) -> bool:
    """Say whether a row counts 0, 1, 2, ... as pandas names columns, but for its first cell."""
    start = 1 if head and is_missing(head[0]) else 0
    counted = list(head[start:])
    return len(counted) > 1 and counted == [str(i) for i in range(len(counted))]


def _same_kind(head: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Say whether a counting row could be one of whole numbers like those below it."""
    if len(head) >= 8:  # that a row of data counts this far is no accident
        return False
    whole = [all(cell.lstrip("+-").isdigit() for cell in column) for column in columns]
    return all(whole)
