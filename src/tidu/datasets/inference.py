"""What the columns of a table are, seen from their cells.

=============  ===================================================================================
kind           how it is seen
=============  ===================================================================================
``empty``      every value is missing
``number``     all cells are numbers; or at least nine in ten are, and the rest counts as missing
``yes/no``     two words such as yes and no, true and false, t and f; or 0 and 1
``date``       texts such as 2024-01-31 or 31.1.2024 12:30, numbers such as 20240131
``id``         whole numbers that count the rows; different numbers under a name such as id; texts
               that are nearly all different
``category``   all other texts, whole numbers with zeros in front such as 01234 among them, and
               numbers that the caller calls so
=============  ===================================================================================

Medians, means, spreads and categories are those of the training part.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np

from tidu.datasets.dates import are_dates, days, order_of
from tidu.datasets.table import (
    Cells,
    RawTable,
    Texts,
    has_leading_zeros,
    is_missing,
    number_texts,
    numbers,
)
from tidu.errors import InputError, did_you_mean
from tidu.schema import Column

YES_NO = (("no", "yes"), ("false", "true"), ("f", "t"), ("n", "y"), ("off", "on"))
MISSING_CATEGORY = "(missing)"
MOST_CATEGORIES = 100
"""How many categories may have a column of their own."""

_ID_NAME = re.compile(r"(?i)(unnamed.*|index|.*[_ .-]?(?<![a-z])id|id[_ .-]?\w*|uuid|guid|row\w*)$")
_ID_CAMEL = re.compile(r".*[a-z]I[dD]$")
_UNNAMED = re.compile(r"(?i)(unnamed.*|index|rownames|row_?names|row\.names)$")


def infer_columns(
    table: RawTable,
    keep: Collection[str] = (),
    categories: Collection[str] = (),
    rows: np.ndarray | None = None,
) -> tuple[Column, ...]:
    """Return what each column of a table is, and what becomes of it.

    Parameters
    ----------
    table
        The inputs alone.
    keep
        Names of columns that are used although they would be left out.
    categories
        Names of columns of numbers that are categories.
    rows
        Those of the training part, on which everything is measured; all, if not given. Whether a
        column tells no more than which row it is, is seen from all rows in their order.

    Raises
    ------
    InputError
        If there is no column of such a name, or what is kept gives no numbers.
    """
    for argument, names in (("keep", keep), ("categories", categories)):
        for name in names:
            if name not in table.names:
                raise InputError(
                    f"`{argument}` names {name!r}, which is no column of inputs; "
                    f"{did_you_mean(name, table.names[:20])}"
                )
    part = table if rows is None else table[rows]
    found = []
    for i, (name, cells) in enumerate(zip(part.names, part.columns, strict=True)):
        whole = table.columns[i]
        if name in categories:
            found.append(
                _categories(name, number_texts(cells) if isinstance(cells, np.ndarray) else cells)
            )
        elif isinstance(cells, Texts):
            found.append(_of_texts(name, cells, name in keep, table.decimal_comma))
        elif np.isnan(cells).all():
            found.append(Column(name, "empty", left_out="every value is missing"))
        elif are_dates(cells):
            found.append(_dates(name, cells, (), name in keep))
        elif (
            name not in keep
            and isinstance(whole, np.ndarray)
            and (why := _counts_rows(name, whole, first=i == 0))
        ):
            found.append(Column(name, "id", left_out=why))
        else:
            found.append(measured(name, cells))
    if all(column.left_out for column in found):  # the number of the row may be all there is
        for i, (column, cells) in enumerate(zip(found, part.columns, strict=True)):
            if column.kind == "id" and isinstance(cells, np.ndarray):
                found[i] = measured(column.name, cells)
    return tuple(found)


def _of_texts(name: str, cells: Texts, keep: bool, decimal_comma: bool) -> Column:
    present = cells.present()
    if not present:
        return Column(name, "empty", left_out="every value is missing")
    counts = cells.counts
    if (pair := yes_no(present)) is not None:
        return measured(name, as_yes_no(cells, pair), "yes/no", pair)
    if keep or not has_leading_zeros(present):
        values, bad = numbers(cells.values, decimal_comma)
        share_bad = counts[bad].sum() / max(counts[~cells.missing].sum(), 1)
        many = np.isfinite(values[counts > 0]).sum() > 20
        if not share_bad or (share_bad <= 0.1 and many):
            return measured(name, values[cells.codes])
    if are_dates(cells):
        return _dates(name, cells, present, keep)
    n = counts[~cells.missing].sum()
    if not keep and n >= 10 and len(present) >= 0.9 * n:
        return Column(name, "id", left_out=f"{len(present)} different texts in {n} rows")
    return _categories(name, cells)


def _dates(name: str, cells: Cells, present: Sequence[str], keep: bool) -> Column:
    if not keep:
        return Column(name, "date", left_out="dates")
    order = order_of(name, present)
    return measured(name, days(cells, order), "date", (order,) if order else ())


def _categories(name: str, cells: Texts) -> Column:
    own = own_categories(cells)
    shared = bool((category_codes(cells, own) == len(own)).any())
    return Column(name, "category", own, indicator=shared)


def measured(
    name: str, values: np.ndarray, kind: str = "number", categories: Sequence[str] = ()
) -> Column:
    """Return a column of numbers with its median, mean and spread."""
    missing = np.isnan(values)
    median = float(np.median(values[~missing]))
    if kind == "yes/no":
        median = float(np.round(median))
    filled = np.where(missing, median, values) if missing.any() else values
    if kind == "number" and np.isin(filled, (0, 1)).all() and len(np.unique(filled)) == 2:
        kind, categories = "yes/no", ("0", "1")
    if kind == "yes/no":
        mean, spread = 0.0, float(filled.min() != filled.max())
    else:
        mean = float(filled.mean())
        spread = float(filled.std())
        if spread <= 1e-12 * abs(mean):
            spread = 0.0
    return Column(name, kind, tuple(categories), median, mean, spread, bool(missing.any()))


def _counts_rows(name: str, cells: np.ndarray, first: bool) -> str:
    """Return why a column of numbers says no more than which row it is, or ""."""
    n = len(cells)
    if n < 3 or np.isnan(cells).any() or (cells != np.floor(cells)).any():
        return ""
    steps = np.diff(cells)
    counting = bool((steps == 1).all()) and cells[0] in (0, 1)
    if counting and (n >= 10 or _UNNAMED.match(name)) and (first or _is_id_name(name) or n >= 50):
        return "counts the rows"
    if _UNNAMED.match(name) and (steps > 0).all():
        return "counts the rows"
    if n >= 10 and _is_id_name(name) and len(np.unique(cells)) >= 0.8 * n:
        return "different in each row, and called an id"
    return ""


def _is_id_name(name: str) -> bool:
    return bool(_ID_NAME.match(name) or _ID_CAMEL.match(name))


def yes_no(present: Sequence[str]) -> tuple[str, str] | None:
    """Return the words for 0 and 1 if these are two such words.

    Examples
    --------
    >>> yes_no(["Yes", "No"]), yes_no(["yes", "maybe"])
    (('no', 'yes'), None)
    """
    words = {text.casefold() for text in present}
    return next((pair for pair in YES_NO if words == set(pair)), None)


def as_yes_no(cells: Cells, pair: Sequence[str]) -> np.ndarray:
    """Return 0 and 1 for the two words (or the numbers), and NaN for anything else."""
    if isinstance(cells, np.ndarray):
        return np.where(np.isin(cells, (0, 1)), cells, np.nan)
    number = {pair[0]: 0.0, pair[1]: 1.0, "0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0}
    known = [number.get(value.casefold(), np.nan) for value in cells.values]
    return np.array(known, float)[cells.codes]


def category_codes(cells: Cells, categories: Sequence[str]) -> np.ndarray:
    """Return the number of each row's category; one more than the last for all others."""
    if isinstance(cells, np.ndarray):
        cells = number_texts(cells)
        own = [name for name in categories if name != MISSING_CATEGORY]
        if has_leading_zeros(own):  # whoever made numbers of the codes lost these
            cells = Texts(cells.codes, [value.zfill(len(own[0])) for value in cells.values])
    number = {name: k for k, name in enumerate(categories)}
    missing = number.get(MISSING_CATEGORY, len(categories))
    codes = [
        missing if is_missing(value) else number.get(value, len(categories))
        for value in cells.values
    ]
    return np.array(codes, np.intp)[cells.codes]


def own_categories(cells: Texts) -> tuple[str, ...]:
    """Return the categories that get a column of their own, in alphabetical order.

    Those that are rare do not: fewer than 1 + n / 200 rows, 10 at most.
    """
    counts, missing = cells.counts, cells.missing
    found = {
        value: int(count)
        for value, count, gone in zip(cells.values, counts, missing, strict=True)
        if not gone
    }
    if absent := int(counts[missing].sum()):
        found[MISSING_CATEGORY] = absent
    least = min(1 + len(cells) // 200, 10)
    frequent = sorted(
        (name for name, count in found.items() if count >= least), key=lambda k: -found[k]
    )
    return tuple(sorted(frequent[:MOST_CATEGORIES]))
