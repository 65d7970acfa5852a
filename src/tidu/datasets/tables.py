"""Tables as data sets: read, understood, and turned into numbers.

`read_table` reads, `learn_table` decides what columns are (once, on the training part), and
`apply_schema` reads another table of the same kind as the network that learned from the first.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from tidu.arrays import Array, described
from tidu.datasets.dataset import Dataset, train_rows
from tidu.datasets.delimited import read_delimited
from tidu.datasets.encoding import encode, match, refuse_infinite
from tidu.datasets.inference import infer_columns
from tidu.datasets.reading import reading
from tidu.datasets.table import (
    RawTable,
    Texts,
    from_frame,
    has_leading_zeros,
    number_texts,
    numbers,
)
from tidu.datasets.targets import Targets, decide, find_label
from tidu.errors import FileFormatError, InputError, MissingExtraError, clause, need
from tidu.language import translator
from tidu.schema import Schema

_ = translator("data")

SUFFIXES = (".csv", ".tsv", ".data", ".dat", ".parquet")
_FEWEST_PIXELS = 16


def is_table(file: Path) -> bool:
    """Say whether a file is a table by its name.

    Examples
    --------
    >>> is_table(Path("a.csv.gz")), is_table(Path("a.npz"))
    (True, False)
    """
    name = file.name.lower().removesuffix(".gz")
    return name.endswith(SUFFIXES) and not name.endswith(".parquet.gz")


def read_table(file: Path) -> RawTable:
    """Read a table: text with or without ``.gz``, or Parquet through polars or pandas."""
    if file.suffix.lower() != ".parquet":
        return read_delimited(file)
    try:
        reader = need("polars", extra="tables").read_parquet
    except MissingExtraError:
        reader = need("pandas", extra="tables").read_parquet
    with reading(file, clause("a Parquet file")):
        try:
            return from_frame(reader(file))
        except (OSError, ValueError):
            raise
        except Exception as error:  # each library has errors of its own
            raise FileFormatError(f"{file} is damaged, or is not a Parquet file: {error}") from None


def learn_table(
    table: RawTable,
    where: str,
    *,
    name: str,
    source: str,
    from_part: bool = False,
    label: str | int | None = None,
    task: str = "auto",
    keep: Collection[str] = (),
    categories: Collection[str] = (),
) -> Dataset:
    """Return a data set of a whole table, with its schema.

    ``from_part`` says that medians, means, spreads and categories are those of the training part
    alone. The other arguments are those of `load_file`.
    """
    position = find_label(table, label, where)
    if len(table.names) < 2:
        raise FileFormatError(
            f"{where} has one column alone, {table.names[0]!r}: a label needs columns to go with it"
        )
    targets = decide(table.names[position], table.columns[position], task, where)
    notes = [*table.notes, *_dropped(table, targets)]
    rest = _without(table, position)[targets.rows]
    rows = train_rows(targets.t) if from_part and len(rest) > 1 else None
    refuse_infinite(rest, where)
    columns = infer_columns(rest, _names(keep), _names(categories), rows)
    schema = Schema(columns, targets.target, table.named, position)
    notes += _codes(schema, rest)
    return _encoded(schema, rest, targets, where, name=name, source=source, notes=notes)


def apply_schema(
    table: RawTable,
    where: str,
    schema: Schema,
    *,
    name: str,
    source: str,
    label: str | int | None = None,
) -> Dataset:
    """Return a data set of a table, its columns and classes as a network knows them."""
    if label is not None:
        position = find_label(table, label, where)
    elif not (schema.named and table.named):
        if len(table.names) != len(schema.columns) + 1:
            match(schema, table, where)  # says what does not fit
            raise InputError(f"{where} has no column more than the inputs: it lacks the label")
        position = schema.position
    elif schema.target.name in table.names:
        position = table.names.index(schema.target.name)
    else:
        raise InputError(
            f"{where} lacks the column {schema.target.name!r}, which the network predicts; name "
            "it if it is called otherwise there (label=..., on the command line --label NAME)"
        )
    targets = _known_targets(table, position, schema, where)
    inputs = _without(table, position) if schema.named and table.named else table
    notes = [*table.notes, *_dropped(table, targets)]
    rows = inputs[targets.rows]
    return _encoded(schema, rows, targets, where, name=name, source=source, notes=notes)


def _encoded(
    schema: Schema,
    rows: RawTable,
    targets: Targets,
    where: str,
    *,
    name: str,
    source: str,
    notes: list[str],
) -> Dataset:
    """Return the data set of the input columns ``rows`` and their targets."""
    x, more = encode(schema, rows, where)
    scale, image_shape = _pixels(schema, x)
    return Dataset(
        x=x,
        t=targets.t,
        name=name,
        class_names=targets.class_names,
        image_shape=image_shape,
        scale=scale,
        source=source,
        schema=schema,
        notes=(*notes, *more),
    )


def _known_targets(table: RawTable, position: int, schema: Schema, where: str) -> Targets:
    """Return the targets of a table as the network knows them: its classes, or values."""
    target, cells = schema.target, table.columns[position]
    if target.task == "values":
        if isinstance(cells, Texts):
            cells = numbers(cells.values, table.decimal_comma)[0][cells.codes]
        rows = np.flatnonzero(~np.isnan(cells))
        if not len(rows):
            raise FileFormatError(f"{where}: column {table.names[position]!r} holds no numbers")
        return Targets(rows, cells[rows][:, np.newaxis], target)
    texts = number_texts(cells) if isinstance(cells, np.ndarray) else cells
    number = {name: k for k, name in enumerate(target.classes)}
    known = np.array([number.get(value, -1) for value in texts.values], np.int64)
    unknown = [v for v in texts.present() if v not in number]
    if unknown:
        raise InputError(
            f"{where}: the label {unknown[0]!r} in column {table.names[position]!r} is none of the "
            f"classes that the network knows: {', '.join(map(repr, target.classes[:20]))}"
        )
    t = known[texts.codes]
    rows = np.flatnonzero(t >= 0)
    if not len(rows):
        raise FileFormatError(f"{where}: column {table.names[position]!r} holds no labels")
    return Targets(rows, t[rows], target)


def numbers_of(table: RawTable, where: str) -> Array:
    """Return a table that holds numbers alone, ``(N, d)``, or say which cell is none.

    Raises
    ------
    FileFormatError
        If a cell is missing or no finite number; the message names row and column.
    """
    for name, cells in zip(table.names, table.columns, strict=True):
        values = (
            numbers(cells.values, table.decimal_comma)[0][cells.codes]
            if isinstance(cells, Texts)
            else cells
        )
        wrong = ~np.isfinite(values)
        if wrong.any():
            row = int(np.argmax(wrong))
            cell = cells.values[cells.codes[row]] if isinstance(cells, Texts) else f"{cells[row]:g}"
            raise FileFormatError(
                f"{where}, row {row + 1}, column {name!r}: {cell!r} is not a finite number, and "
                "this network knows nothing of its columns but their number; fill in what is "
                "missing"
            )
    return np.stack([cells for cells in table.columns if isinstance(cells, np.ndarray)], axis=1)


def checked_schema(schema: Schema) -> Schema:
    """Return a schema, or refuse what is none."""
    if not isinstance(schema, Schema):
        raise TypeError(f"`schema` must be that of a network, got {described(schema)}")
    return schema


def _without(table: RawTable, position: int) -> RawTable:
    names, columns = list(table.names), list(table.columns)
    del names[position], columns[position]
    return replace(table, names=tuple(names), columns=tuple(columns))


def _names(names: Collection[str]) -> Collection[str]:
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"names of columns must be a list such as ['a', 'b'], got {names!r}")
    return names


def _dropped(table: RawTable, targets: Targets) -> list[str]:
    n = len(table) - len(targets.rows)
    name = targets.target.name
    said = _("{n} of {all} rows are left out: {name!r} is missing in them")
    return [said.format(n=n, all=len(table), name=name)] if n else []


def _codes(schema: Schema, table: RawTable) -> list[str]:
    """Return a note on columns of digits that are taken for names of categories."""
    found = [
        f"{column.name!r} ({next(text for text in cells.present() if text[0] == '0')})"
        for column, cells in zip(schema.columns, table.columns, strict=True)
        if column.kind in ("category", "id")
        and isinstance(cells, Texts)
        and has_leading_zeros(cells.present())
    ]
    said = _(
        "codes with zeros in front are not numbers: {codes}; to take them as numbers, keep them "
        "(keep=..., on the command line --keep NAME)"
    )
    return [said.format(codes=", ".join(found[:10]))] if found else []


def _pixels(schema: Schema, x: Array) -> tuple[float | None, tuple[int, int] | None]:
    """Return the largest pixel and the shape of the picture that each row is, if it is one.

    Rows are taken for pictures if there are 16 columns or more, a square number of them, of
    whole numbers from 0 to 255, none missing, and called alike but for a number. Such columns share
    one scale.
    """
    kept = [column for column in schema.columns if not column.left_out]
    side = math.isqrt(len(kept))
    alike = all(c.kind in ("number", "yes/no") and not c.indicator for c in kept)
    enumerated = len({column.name.rstrip("0123456789_x") for column in kept}) == 1
    if side * side != len(kept) or len(kept) < _FEWEST_PIXELS or not (alike and enumerated):
        return None, None
    top = float(x.max())
    if x.min() < 0 or top > 255 or top < 1 or (x != np.floor(x)).any():
        return None, None
    return (255.0 if top > 16 else top), (side, side)
