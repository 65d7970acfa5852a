"""What is to be predicted: which column, and whether it holds classes or values.

Texts are classes. Numbers with fractions are values. For whole numbers, the number of different
ones decides, in this order:

1. two different ones are classes (-1 and 1, 0 and 1, 1 and 2), as are -1, 0 and 1;
2. negative ones are values, and so are years (three or more between 1500 and 2200);
3. up to 10 different ones, each there twice on average, are classes;
4. more than 10, but at most 1000, are classes if each is there often and none is much rarer than
   the others (20 times on average, a fifth of that at least);
5. all others are values: prices, ages, counts.

So ids and codes that come again are classes, numbered in the order of their size, under their own
names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidu.datasets.dates import are_dates
from tidu.datasets.table import (
    Cells,
    RawTable,
    Texts,
    number_text,
    number_texts,
    numbers,
)
from tidu.errors import FileFormatError, InputError, check_choice, check_integer, did_you_mean
from tidu.schema import Target

LABEL_NAMES = (
    *("label", "labels", "class", "target", "species", "outcome", "diagnosis", "survived"),
    *("response", "y"),
)
"""Names of columns that are the label's, the first first."""

TASKS = ("auto", "classes", "values")
MOST_CLASSES = 10_000
_NO_LABEL = {"", "nan", "<na>", "na", "n/a", "#n/a", "null", "?"}
"""Texts that say that a label is missing; others, such as none, may be the name of a class."""


@dataclass(frozen=True)
class Targets:
    """Targets of the rows that have one, and what they are.

    ``rows`` are the numbers of these rows, ``t`` class numbers (N,) or values (N, 1).
    """

    rows: np.ndarray
    t: np.ndarray
    target: Target

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The names of the classes, unless these are their numbers 0, 1, ..."""
        names = self.target.classes
        return None if not names or names == tuple(map(str, range(len(names)))) else names


def find_label(table: RawTable, label: str | int | None, where: str) -> int:
    """Return which column is the label's.

    Raises
    ------
    InputError
        If there is no such column.
    """
    names = table.names
    if label is None:
        return _likely_label(table)
    if isinstance(label, str):
        if label in names:
            return names.index(label)
        if label.lstrip("-").isdigit():
            label = int(label)
        else:
            raise InputError(
                f"`label` cannot be {label!r}: {where} has no such column in its first line; "
                f"{did_you_mean(label, names[:20])}"
            )
    if check_integer("label", label, minimum=-len(names)) >= len(names):
        raise InputError(f"`label` cannot be {label}: {where} has columns 0 to {len(names) - 1}")
    return label % len(names)


def _likely_label(table: RawTable) -> int:
    names = [name.casefold() for name in table.names]
    last = len(names) - 1
    if table.named:
        known = [name for name in LABEL_NAMES if name in names]
        if "z" in names and "x" in names and "y" in known:  # coordinates
            known.remove("y")
        return names.index(known[0]) if known else last
    first, final = table.columns[0], table.columns[last]
    if last and isinstance(first, np.ndarray) and isinstance(final, np.ndarray):
        _, counts = np.unique(final, return_counts=True)
        dull = counts.max() >= 0.9 * len(final)
        if dull and _even_classes(first):
            return 0
    return last


def _even_classes(cells: np.ndarray) -> bool:
    """Say whether numbers are classes of which none is rare."""
    found, counts = np.unique(cells, return_counts=True)
    return 1 < len(found) <= 100 and classes_or_values(cells)[0] == "classes" and (
        counts.min() >= 0.2 * counts.mean()
    )  # fmt: skip


def decide(name: str, cells: Cells, task: str, where: str) -> Targets:
    """Return the targets in the cells of a column, as classes or as values.

    Parameters
    ----------
    name
        That of the column.
    cells
        Of all rows; those without a target are left out.
    task
        ``"auto"`` decides by the cells, ``"classes"`` and ``"values"`` decide.
    where
        The name of the file, for messages.

    Raises
    ------
    InputError
        If all labels are equal, or cannot be what the task says.
    """
    check_choice("task", task, TASKS)
    if isinstance(cells, Texts):
        gone = np.array([value.casefold() in _NO_LABEL for value in cells.values])[cells.codes]
    else:
        gone = np.isnan(cells)
    rows = np.flatnonzero(~gone)
    if not len(rows):
        raise FileFormatError(f"{where}: column {name!r} is to be predicted, and it is empty")
    cells = cells[rows]
    if task == "values" and isinstance(cells, Texts):
        values, bad = numbers(cells.values)
        cells = cells if bad[cells.codes].any() else values[cells.codes]
    if isinstance(cells, np.ndarray) and not np.isfinite(cells).all():
        row = int(rows[int(np.argmin(np.isfinite(cells)))]) + 1
        raise FileFormatError(f"{where}: the label of row {row} is infinite")
    if task == "auto" and are_dates(cells):
        raise InputError(
            f"{where}: column {name!r} is to be predicted, and it holds dates; name another column "
            "(label=..., on the command line --label NAME), or take each date for a class "
            '(task="classes", --task classes)'
        )
    kind, why = ("classes", "texts") if isinstance(cells, Texts) else classes_or_values(cells)
    if task != "auto" and task != kind:
        if isinstance(cells, Texts):
            raise InputError(
                f"`task` cannot be 'values': column {name!r} of {where} holds texts such as "
                f"{cells.values[cells.codes[0]]!r}"
            )
        kind, why = task, "as asked"
    if isinstance(cells, np.ndarray) and kind == "values":
        if len(cells) > 1 and cells.min() == cells.max():
            raise _constant(name, number_text(float(cells[0])), where)
        return Targets(rows, cells[:, np.newaxis], Target(name, "values", (), why))
    texts = cells if isinstance(cells, Texts) else number_texts(cells)
    return _classes(name, texts, rows, where, why)


def _classes(name: str, cells: Texts, rows: np.ndarray, where: str, why: str) -> Targets:
    there = np.flatnonzero(cells.counts)
    names = [cells.values[k] for k in there]
    if len(names) == 1 and len(rows) > 1:
        raise _constant(name, names[0], where)
    if len(names) > MOST_CLASSES or (len(names) > 0.5 * len(rows) and len(rows) >= 20):
        raise InputError(
            f"{where}: column {name!r} has {len(names)} different labels in {len(rows)} rows, too "
            "many to be classes; name the column to predict (label=..., on the command line "
            "--label NAME)"
        )
    if why == "texts":
        there = there[np.argsort(np.array(names), kind="stable")]
    number = np.zeros(len(cells.values), np.int64)
    number[there] = np.arange(len(there))
    names = [cells.values[k] for k in there]
    return Targets(rows, number[cells.codes], Target(name, "classes", tuple(names), why))


def _constant(name: str, value: str, where: str) -> InputError:
    return InputError(
        f"{where}: column {name!r} is to be predicted, and it is always {value}: there is nothing "
        "to learn; name another column (label=..., on the command line --label NAME)"
    )


def classes_or_values(t: np.ndarray) -> tuple[str, str]:
    """Return "classes" or "values", and why, for numbers to predict.

    Examples
    --------
    >>> classes_or_values(np.array([-1, 1, 1]))
    ('classes', '2 whole numbers')
    >>> classes_or_values(np.array([0.5, 1.5]))
    ('values', 'numbers from 0.5 to 1.5')
    """
    found, counts = np.unique(t, return_counts=True)
    k, n = len(found), len(t)
    values = "values", f"numbers from {found[0]:.6g} to {found[-1]:.6g}"
    classes = "classes", f"{k} whole numbers"
    if (found != np.floor(found)).any():
        return values
    if k <= 2 and (n >= 2 * k or np.abs(found).max() <= 2):
        return classes
    if np.array_equal(found, (-1, 0, 1)):
        return classes
    if found[0] < 0 or (found[0] >= 1500 and found[-1] <= 2200):
        return values
    if k <= 10:
        return classes if n >= 2 * k else values
    often = n >= 20 * k and counts.min() >= 0.2 * counts.mean()
    return classes if often and k <= 1000 else values
