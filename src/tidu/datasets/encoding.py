"""A table as numbers for a network: its columns found, gaps filled, categories spread out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidu.arrays import Array
from tidu.datasets.dates import days, order_of
from tidu.datasets.inference import as_yes_no, category_codes
from tidu.datasets.table import Cells, RawTable, Texts, numbers
from tidu.errors import FileFormatError, InputError, ShapeError
from tidu.language import translator
from tidu.schema import Column, Schema

_ = translator("data")


def encode(schema: Schema, table: RawTable, where: str) -> tuple[Array, list[str]]:
    """Return the inputs of a network, ``(N, d)`` float64, and notes about what was odd.

    Columns are found by their names in any order, and by their order where there are no names.

    Raises
    ------
    InputError
        If a column that the network needs is not there.
    ShapeError
        If there are no names, and not as many columns as there were.
    FileFormatError
        If a number is infinite.
    """
    positions, notes = match(schema, table, where)
    refuse_infinite(table, where)
    x = np.zeros((len(table), len(schema.inputs)))
    start = 0
    for column, position in zip(schema.columns, positions, strict=True):
        if position is None:
            continue
        width = len(column.outputs)
        notes += _fill(x[:, start : start + width], column, table, position)
        start += width
    return x, notes


def match(schema: Schema, table: RawTable, where: str) -> tuple[list[int | None], list[str]]:
    """Return where in a table each column of a schema is; None for those that are left out."""
    if schema.named and table.named:
        return _match_names(schema, table, where)
    wanted, width = len(schema.columns), len(table.names)
    order = list(range(width))
    if width == wanted + 1:
        del order[schema.position]
    elif width != wanted:
        raise ShapeError(
            f"{where} has {width} columns, and the network learned from {wanted} and a label; "
            "without names in both, columns must be those that it learned from, in their order"
        )
    notes = []
    if schema.named or table.named:
        notes.append(_("columns are taken in their order, for one of the tables has no names"))
    left_out = [bool(column.left_out) for column in schema.columns]
    return [None if out else i for out, i in zip(left_out, order, strict=True)], notes


def _match_names(schema: Schema, table: RawTable, where: str) -> tuple[list[int | None], list[str]]:
    position = {name: i for i, name in enumerate(table.names)}
    needed = [column.name for column in schema.columns if not column.left_out]
    lacking = [name for name in needed if name not in position]
    if lacking:
        gone, there = _listed(lacking), _listed(table.names)
        raise InputError(
            f"{where} lacks the columns {gone}, which the network learned from; it has {there}"
            if len(lacking) > 1
            else f"{where} lacks the column {gone}, which the network learned from; it has {there}"
        )
    known = {column.name for column in schema.columns} | {schema.target.name}
    extra = [name for name in table.names if name not in known]
    said = _("not used, for the network did not learn from it: {columns}")
    notes = [said.format(columns=_listed(extra))] if extra else []
    return [None if c.left_out else position[c.name] for c in schema.columns], notes


def refuse_infinite(table: RawTable, where: str) -> None:
    """Refuse a table with an infinite number, and name its position."""
    for name, cells in zip(table.names, table.columns, strict=True):
        if isinstance(cells, np.ndarray) and np.isinf(cells).any():
            row = int(np.flatnonzero(np.isinf(cells))[0]) + 1
            raise FileFormatError(
                f"{where}, column {name!r}: the number in row {row} is infinite; write nothing "
                "where a value is missing"
            )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:10])) + (", ..." if len(names) > 10 else "")


def _fill(x: Array, column: Column, table: RawTable, position: int) -> list[str]:
    """Write what a column becomes into the columns of ``x`` that are its own."""
    cells = table.columns[position]
    if column.kind == "category":
        codes = category_codes(cells, column.categories)
        x[np.arange(len(x)), codes] = 1
        return []
    values, notes = _values(column, cells, table.decimal_comma)
    missing = np.isnan(values)
    x[:, 0] = np.where(missing, column.median, values) if missing.any() else values
    if column.indicator:
        x[:, 1] = missing
    return notes


def _values(column: Column, cells: Cells, decimal_comma: bool) -> tuple[Array, list[str]]:
    """Return the numbers of a column, NaN where one is missing, and a note on what is none."""
    if column.kind in ("date", "yes/no"):
        if column.kind == "yes/no":
            values = as_yes_no(cells, column.categories)
        else:
            texts = cells.present() if isinstance(cells, Texts) else ()
            values = days(cells, (*column.categories, "")[0] or order_of(column.name, texts))
        gone = cells.missing[cells.codes] if isinstance(cells, Texts) else np.isnan(cells)
        wrong = np.isnan(values) & ~gone
    elif isinstance(cells, Texts):
        found, none = numbers(cells.values, decimal_comma)
        values, wrong = found[cells.codes], none[cells.codes]
    else:
        return cells, []
    if not wrong.any():
        return values, []
    row = int(np.flatnonzero(wrong)[0])
    example = cells.values[cells.codes[row]] if isinstance(cells, Texts) else f"{cells[row]:g}"
    said = _("column {name!r}: {n} cells such as {cell!r} are not {what}, and count as missing")
    what = {
        "number": _("numbers"), "date": _("dates"), "id": _("ids"),
        "yes/no": _(" or ").join(column.categories),
    }[column.kind]  # fmt: skip
    return values, [said.format(name=column.name, n=int(wrong.sum()), cell=example, what=what)]
