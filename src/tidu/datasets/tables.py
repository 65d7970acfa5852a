"""Tables of numbers in text: CSV, with or without a line of column names.

Columns are separated by commas, semicolons or tabs, whichever the first line has most of. All
columns but the label's must be numbers; a missing value is an error that names its place, since
only the owner of the data can say what should stand there.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from itertools import chain
from os import PathLike
from pathlib import Path

import numpy as np

from tidu.arrays import Array
from tidu.datasets.reading import existing, reading
from tidu.errors import FileFormatError, InputError, check_integer, did_you_mean

_LABEL_NAMES = ("label", "class", "target")
_MOST_CLASSES = 10_000


def read_csv(
    path: str | PathLike[str], label: str | int | None = None, *, labelled: bool = True
) -> tuple[Array, list[str]]:
    """Read a table into numbers and the texts of its label column.

    Parameters
    ----------
    path
        The file, in UTF-8.
    label
        The label's column, by name or by number (0 is the first, −1 the last). By default the one
        named label, class or target, else the last.
    labelled
        Whether there is a label column at all; if not, all columns are numbers.

    Returns
    -------
    x : float64 array (N, d)
    labels : list of N texts, empty if there is no label column

    Raises
    ------
    FileFormatError
        If a line has more or fewer columns than the first, or something that is not a finite
        number; the message names line and column.
    InputError
        If there is no such label column.
    """
    file = existing(path)
    with reading(file, "a CSV file in UTF-8"), file.open(encoding="utf-8-sig", newline="") as text:
        first = text.readline()
        text.seek(0)
        lines = csv.reader(text, delimiter=max(",;\t", key=first.count), strict=True)
        rows = ((lines.line_num, cells) for cells in lines if any(map(str.strip, cells)))
        first_number, cells = next(rows, (0, []))
        if not cells:
            raise FileFormatError(f"{file} is empty")
        head = [cell.strip() for cell in cells]
        column = _label_column(file, head, label) if labelled else None
        has_names = _is_header(head, column)
        titles = [repr(cell) if has_names else str(i) for i, cell in enumerate(head, 1)]
        x, labels = [], []
        for number, cells in rows if has_names else chain([(first_number, head)], rows):
            where = f"{file}, line {number}"
            if len(cells) != len(titles):
                raise FileFormatError(
                    f"{where}: {len(cells)} columns, where the first line has {len(titles)}"
                )
            if column is not None:
                labels.append(cells[column].strip())
            x.append(_row(_without(cells, column), _without(titles, column), where))
    if not x:
        raise FileFormatError(f"{file} has no rows of numbers")
    if not len(x[0]):
        raise FileFormatError(f"{file} has one column alone: a label needs numbers to go with it")
    return np.stack(x), labels


def numbered(labels: Sequence[str], where: str) -> tuple[Array, tuple[str, ...] | None]:
    """Return targets from the texts of labels, and the names of the classes if these are names.

    Whole numbers are class labels as they are; other numbers are values to predict, shape (N, 1);
    anything else is the name of a class, and the classes are numbered in alphabetical order.

    Raises
    ------
    FileFormatError
        If a label is empty, not finite, negative, or too large for the number of a class.

    Examples
    --------
    >>> numbered(["dog", "cat", "dog"], "here")
    (array([1, 0, 1]), ('cat', 'dog'))
    >>> numbered(["7", "2.0"], "here")
    (array([7, 2]), None)
    """
    if not all(labels):
        raise FileFormatError(f"{where}: the label of row {list(labels).index('') + 1} is empty")
    try:
        values = np.array([float(label) for label in labels])
    except ValueError:
        names, t = np.unique(labels, return_inverse=True)
        return t.astype(np.int64), tuple(map(str, names))
    if not np.isfinite(values).all():
        raise FileFormatError(
            f"{where}: a label is {labels[int(np.argmin(np.isfinite(values)))]!r}"
        )
    if (values != np.floor(values)).any():
        return values[:, np.newaxis], None
    if values.min() < 0 or values.max() >= _MOST_CLASSES:
        raise FileFormatError(
            f"{where}: labels in whole numbers must be class numbers 0, 1, ..., and these go from "
            f"{values.min():.0f} to {values.max():.0f}; give classes names, or values to predict "
            "as floats `t` in an .npz file"
        )
    return values.astype(np.int64), None


def _label_column(file: Path, head: list[str], label: str | int | None) -> int:
    if label is None:
        known = [i for i, name in enumerate(head) if name.lower() in _LABEL_NAMES]
        return known[0] if known else len(head) - 1
    if isinstance(label, str):
        if label not in head:
            raise InputError(
                f"`label` cannot be {label!r}: {file} has no such column in its first line; "
                f"{did_you_mean(label, head[:20])}"
            )
        return head.index(label)
    if check_integer("label", label, minimum=-len(head)) >= len(head):
        raise InputError(f"`label` cannot be {label}: {file} has columns 0 to {len(head) - 1}")
    return label % len(head)


def _is_header(head: list[str], column: int | None) -> bool:
    """Whether the first line holds names: it has no number, but perhaps in the label's place."""
    if column is not None and head[column].lower() in _LABEL_NAMES:
        return True
    others = [cell for cell in _without(head, column) if cell]
    return bool(others) and all(_number(cell) is None for cell in others)


def _without(cells: list[str], column: int | None) -> list[str]:
    return cells if column is None else cells[:column] + cells[column + 1 :]


def _row(cells: list[str], titles: list[str], where: str) -> Array:
    try:
        row = np.array([float(cell) for cell in cells])
    except ValueError:
        row = np.array([np.nan])
    if np.isfinite(row).all():
        return row
    cell, title = next(
        (cell, title)
        for cell, title in zip(cells, titles, strict=True)
        if (value := _number(cell)) is None or not math.isfinite(value)
    )
    raise FileFormatError(
        f"{where}, column {title}: {cell.strip()!r} is not a finite number; fill in what is "
        "missing, or leave out such rows or columns"
    )


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
