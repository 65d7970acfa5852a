"""A table in memory: columns of numbers, and columns of texts as codes into a list.

A text that occurs a thousand times is kept once, so that whatever looks at texts looks at each
different one once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.errors import InputError

MISSING = {
    "", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none", "nil", "nat", "?", ".", "-",
    "--", "missing",
}  # fmt: skip
"""Texts, in lower case, that say that there is no value."""

FEWEST_DIGITS = 3
"""Digits from which a number with zeros in front is a code; 01 to 12 are months."""

_DECORATION = re.compile(r"^([-+]?)\s*(?:US)?[$€£¥₹]\s*|\s*[%$€£¥₹]$")
_COMMA_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?$")
_POINT_THOUSANDS = re.compile(r"[-+]?\d{1,3}(\.\d{3})+(,\d*)?$")
_COMMA_DECIMAL = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d*),\d+([eE][-+]?\d+)?$")


@dataclass(frozen=True)
class Texts:
    """A column of texts: row i holds ``values[codes[i]]``."""

    codes: np.ndarray
    values: list[str]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: np.ndarray) -> Texts:
        return Texts(self.codes[rows], self.values)

    @property
    def counts(self) -> np.ndarray:
        """How often each of the values occurs."""
        return np.bincount(self.codes, minlength=len(self.values))

    @property
    def missing(self) -> np.ndarray:
        """Whether each of the values says that there is none."""
        return np.array([is_missing(value) for value in self.values], bool)

    def present(self) -> list[str]:
        """Return the different values that occur and are not missing."""
        there = (self.counts > 0) & ~self.missing
        return [value for value, found in zip(self.values, there, strict=True) if found]


Cells = np.ndarray | Texts
"""The cells of a column: float64 with NaN where a value is missing, or texts."""


@dataclass(frozen=True)
class RawTable:
    """Columns of equal length, with their names.

    ``named`` says whether the names are the table's own or the numbers of its columns,
    ``decimal_comma`` how numbers among texts are written; ``notes`` are sentences about how it was
    read.
    """

    names: tuple[str, ...]
    columns: tuple[Cells, ...]
    named: bool = True
    decimal_comma: bool = False
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def __getitem__(self, rows: np.ndarray) -> RawTable:
        return replace(self, columns=tuple(column[rows] for column in self.columns))


def is_missing(text: str) -> bool:
    """Say whether a text stands for no value.

    Examples
    --------
    >>> is_missing(" NaN "), is_missing("?"), is_missing("0")
    (True, True, False)
    """
    return text.strip().casefold() in MISSING


def numbers(texts: Sequence[str], decimal_comma: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return texts as numbers, NaN where one is missing or none; and which of them are none.

    Understood are thousands that are set apart (``1,234`` or, with decimal commas, ``1.234``),
    a sign of a currency, and a percent sign, which changes nothing about the number.

    Examples
    --------
    >>> numbers(["1.5", "NA", "$1,200", "a"])
    (array([   1.5,    nan, 1200. ,    nan]), array([False, False, False,  True]))
    >>> numbers(["1,5", "1.200"], decimal_comma=True)[0]
    array([   1.5, 1200. ])
    """
    plain = [_DECORATION.sub(r"\1", text.strip()) for text in texts]
    comma = decimal_comma or any(map(is_comma_decimal, plain))
    values, bad = np.full(len(plain), np.nan), np.zeros(len(plain), bool)
    for i, text in enumerate(plain):
        if text.casefold() in MISSING:
            continue
        try:
            values[i] = float(_pointed(text, comma)) if "_" not in text else float("no number")
        except ValueError:
            bad[i] = True
    bad |= np.isinf(values)
    return np.where(bad, np.nan, values), bad


def has_leading_zeros(texts: Sequence[str]) -> bool:
    """Say whether texts are codes such as 01234: digits alone, equally many, with zeros in front.

    Examples
    --------
    >>> has_leading_zeros(["01234", "98101"]), has_leading_zeros(["0.5", "007", "12"])
    (True, False)
    """
    lengths = {len(text) for text in texts}
    return (
        len(lengths) == 1
        and lengths.pop() >= FEWEST_DIGITS
        and all(map(str.isdigit, texts))
        and any(text[0] == "0" for text in texts)
    )


def is_comma_decimal(text: str) -> bool:
    """Say whether a text is a number with a decimal comma, and cannot be one with thousands.

    Examples
    --------
    >>> [is_comma_decimal(text) for text in ("1,5", "1,500", "1.5", "0,125")]
    [True, False, False, True]
    """
    return is_comma_number(text) and (
        not _COMMA_THOUSANDS.match(text) or text.lstrip("+-").startswith("0")
    )


def is_comma_number(text: str) -> bool:
    """Say whether a text could be a number with a decimal comma."""
    return bool(_COMMA_DECIMAL.match(text))


def _pointed(text: str, comma: bool) -> str:
    """Return a number with a decimal point and without thousands set apart."""
    if comma:
        if _POINT_THOUSANDS.match(text):
            text = text.replace(".", "")
        return text.replace(",", ".")
    return text.replace(",", "") if _COMMA_THOUSANDS.match(text) else text


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return names made different: the second ``x`` is called ``x.1``, as pandas does.

    Examples
    --------
    >>> unique_names(["x", "y", "x"])
    ('x', 'y', 'x.1')
    """
    found: dict[str, None] = {}
    for name in names:
        new, k = name, 0
        while new in found:
            k += 1
            new = f"{name}.{k}"
        found[new] = None
    return tuple(found)


def is_frame(value: object) -> bool:
    """Say whether a value is a data frame of pandas or polars."""
    kind = type(value)
    return kind.__name__ == "DataFrame" and kind.__module__.partition(".")[0] in (
        "pandas",
        "polars",
    )


def from_frame(frame: Any) -> RawTable:
    """Return a data frame of pandas or polars as a table.

    Columns of numbers stay numbers, dates become texts such as 2024-01-31, and all else becomes
    texts. An index is left aside.
    """
    if not is_frame(frame):
        raise TypeError(f"`frame` must be a data frame of pandas or polars, got {described(frame)}")
    if not len(frame):
        raise InputError("`frame` has no rows")
    names = unique_names([str(name) for name in frame.columns])
    columns = [_frame_cells(frame, i, name) for i, name in enumerate(frame.columns)]
    return RawTable(names, tuple(columns))


def _frame_cells(frame: Any, i: int, name: Any) -> Cells:
    column = frame.iloc[:, i] if hasattr(frame, "iloc") else frame[name]
    values = np.asarray(column.to_numpy())
    if values.dtype.kind in "iuf":
        return values.astype(np.float64)
    if values.dtype.kind == "M":
        values = np.where(np.isnat(values), "", np.datetime_as_string(values, unit="s"))
    items = values.tolist()
    if all(item is None or type(item) in (int, float) for item in items):
        return np.array([np.nan if item is None else item for item in items], np.float64)
    return texts_of(["" if item is None or item != item else str(item) for item in items])


def texts_of(cells: Sequence[str]) -> Texts:
    """Return a column of texts.

    Examples
    --------
    >>> texts_of(["b", "a", "b"])
    Texts(codes=array([0, 1, 0], dtype=int32), values=['b', 'a'])
    """
    known: dict[str, int] = {}
    codes = encode_texts(cells, known)
    return Texts(codes, list(known))


def encode_texts(cells: Sequence[str], known: dict[str, int]) -> np.ndarray:
    """Return the codes of texts, stripped; new ones are added to ``known``."""
    found = {cell: known.setdefault(cell.strip(), len(known)) for cell in dict.fromkeys(cells)}
    return np.fromiter((found[cell] for cell in cells), np.int32, len(cells))


def number_texts(cells: np.ndarray) -> Texts:
    """Return numbers as texts: 3 and not 3.0.

    Examples
    --------
    >>> number_texts(np.array([3.0, 1.5, np.nan])).values
    ['1.5', '3', 'nan']
    """
    values, codes = np.unique(cells, return_inverse=True)
    return Texts(codes.astype(np.int32).ravel(), [number_text(value) for value in values.tolist()])


def number_text(value: float) -> str:
    """Return a number as a person writes it: 3 and not 3.0."""
    return str(int(value)) if np.isfinite(value) and value == int(value) else repr(value)
