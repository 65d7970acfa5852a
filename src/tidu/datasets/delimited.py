"""Tables in text files: read in blocks, so that memory holds the numbers and not the text.

The blocks of a large file are read by pandas, where it is installed. Else, and where they are less
regular, a block whose cells are all numbers is read by `numpy.loadtxt`, any other cell by cell. A
column that turns out to hold texts after blocks of numbers is read again as texts, for ``007`` is
another text than ``7``. Codes such as 01234 are texts (`table.has_leading_zeros`).
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import IO, Any

import numpy as np

from tidu.datasets.by_pandas import PandasReader, is_there, may_have_codes
from tidu.datasets.dialect import column_names, has_header, recognize
from tidu.datasets.reading import reading
from tidu.datasets.table import (
    MISSING,
    Cells,
    RawTable,
    Texts,
    encode_texts,
    has_leading_zeros,
    is_missing,
    numbers,
)
from tidu.errors import FileFormatError, clause
from tidu.language import translator

_ = translator("data")

BLOCK = 20_000
"""Lines that are read at a time."""

SAMPLE = 1000
"""Lines from which separator and header are seen."""

_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
_LATIN = "cp1252"
_NO_NUMBER = re.compile(r"\s*0\d\d+\s*$|.*_")
_GAPS = "|".join(map(re.escape, sorted(MISSING, reverse=True)))


def read_delimited(file: Path) -> RawTable:
    """Read a text file whose lines are rows and whose columns are separated.

    Parameters
    ----------
    file
        The path; ``.gz`` is unpacked. UTF-8, UTF-16, UTF-32, and else Latin-1 in the form of
        Windows.

    Raises
    ------
    FileFormatError
        If it is no text, is empty, or a line has more or fewer columns than the others.
    """
    with reading(file, clause("a table in text")):
        encoding, note = _encoding(file)
        try:
            table = _read(file, encoding)
        except UnicodeDecodeError:
            if encoding != "utf-8":
                raise
            table = _read(file, _LATIN)
            note = _("read as Latin-1 (Windows-1252), for it is not UTF-8")
    return replace(table, notes=(note, *table.notes) if note else table.notes)


def _read_as(encoding: str) -> str:
    return _("read as {encoding}").format(encoding=encoding.upper())


def _open(file: Path) -> Any:
    return gzip.open(file) if file.suffix.lower() == ".gz" else file.open("rb")


def _encoding(file: Path) -> tuple[str, str]:
    """Return the encoding that the first bytes speak for, and a note if it is an unusual one."""
    with _open(file) as opened:
        start = opened.read(1 << 16)
    if not start.strip():
        raise FileFormatError(f"{file} is empty")
    for bom, encoding in _BOMS.items():
        if start.startswith(bom):
            return encoding, "" if encoding == "utf-8-sig" else _read_as(encoding)
    zeros = [start[k::2].count(0) > len(start) // 4 for k in (0, 1)]
    if zeros[0] != zeros[1]:
        encoding = "utf-16-be" if zeros[0] else "utf-16-le"
        return encoding, _read_as(encoding)
    if found := _NO_TEXT.search(start.decode("latin-1")):
        raise FileFormatError(
            f"{file} is damaged, or is not a table in text: it has the byte "
            f"{ord(found.group()):#04x}; a spreadsheet is to be saved as CSV first"
        )
    return "utf-8", ""


def _read(file: Path, encoding: str) -> RawTable:
    as_texts: set[int] = set()
    while True:
        with _open(file) as binary, io.TextIOWrapper(binary, encoding, newline="") as text:
            reader = _RowReader(file, text, as_texts)
            table = reader.table()
        if not reader.contradicted:
            return table
        as_texts |= reader.contradicted


class _RowReader:
    """One reading of a file from its start to its end."""

    def __init__(self, file: Path, text: IO[str], as_texts: set[int]) -> None:
        self.file, self.as_texts = file, as_texts
        self.contradicted: set[int] = set()
        self.line = 0
        self.fast: PandasReader | None = None
        lines = iter(text)
        sample = list(islice(lines, SAMPLE))
        self.comments = _take_out_comments(sample)
        first = [line for line in sample if line.strip()]
        if not first:
            raise FileFormatError(f"{file} is empty")
        self.dialect = recognize(first)
        between = re.escape(self.dialect.separator)
        self.gaps = re.compile(
            rf"(?:(?<=^)|(?<={between}))[^\S\t\n]*(?:{_GAPS})[^\S\t\n]*(?={between}|\r?\n|\Z)",
            re.MULTILINE | re.IGNORECASE,
        )
        self.code = re.compile(rf'(?:^|{between})[ "]*0\d\d+[ "]*(?={between}|\r?$)', re.MULTILINE)
        self.lines = chain(sample, lines)
        self.sample = first

    def table(self) -> RawTable:
        """Return the whole."""
        head = self._head()
        blocks = self._blocks(skip_first=head is not None)
        first = next(blocks, None)
        if first is None:
            raise FileFormatError(f"{self.file} has no rows but a line of names")
        width = len(first)
        parts: list[list[np.ndarray]] = [[] for column in range(width)]
        for block in chain([first], blocks):
            for kept, part in zip(parts, block, strict=True):
                kept.append(part)
        columns = [self._column(j, parts[j]) for j in range(width)]
        named = head is not None
        names = column_names(head, width) if head else tuple(str(i) for i in range(width))
        if width > 1 and _is_empty(columns[-1]) and not (head and head[width - 1 :][:1] > [""]):
            columns = columns[:-1]  # each line ends with a separator
            names = column_names(head[: width - 1], width - 1) if head else names[:-1]
        said = _("{n} lines at the top that begin with # are left out")
        if self.comments == 1:
            said = _("1 line at the top that begin with # are left out")
        notes = (said.format(n=self.comments),) if self.comments else ()
        return RawTable(names, tuple(columns), named, self.dialect.decimal_comma, notes)

    def _head(self) -> list[str] | None:
        rows = [row for row in self._sample_rows() if any(cell.strip() for cell in row)]
        if not rows:
            raise FileFormatError(f"{self.file} has rows of empty cells alone")
        return rows[0] if has_header(rows) else None

    def _sample_rows(self) -> list[list[str]]:
        found = []
        rows = self.dialect.rows(self.sample)
        try:
            for row in rows:
                found.append(row)
        except Exception:
            if not found:
                raise
        return found

    def _blocks(self, skip_first: bool) -> Iterator[list[np.ndarray]]:
        """Yield the columns of one block of rows after another, as numbers or as codes."""
        self.known: dict[int, dict[str, int]] = {}
        width, large = 0, False
        while lines := list(islice(self.lines, BLOCK)):
            quotes = "".join(lines).count('"')
            while quotes % 2 and (more := next(self.lines, "")):
                lines.append(more)  # a quoted cell goes on
                quotes += more.count('"')
            start, self.line = self.line, self.line + len(lines)
            large = large or len(lines) >= BLOCK
            if skip_first:
                k = next((i for i, line in enumerate(lines) if line.strip()), None)
                if k is None:
                    continue
                rows = self.dialect.rows(lines[k:])
                next(rows)
                start, lines, skip_first = (
                    start + k + rows.line_num,
                    lines[k + rows.line_num :],
                    False,
                )
            text = "".join(lines)
            codes = may_have_codes(text, self.dialect.separator) and self.code.search(text)
            self.has_codes = "_" in text or bool(codes)
            block = self._by_pandas(text, lines, width, bool(codes)) if large else None
            if block is None and not (self.has_codes or self.known):
                block = self._numbers(lines, width)
            if block is None:
                block = self._cells(lines, start, width)
            if block is not None:
                width = len(block)
                yield block

    def _by_pandas(
        self, text: str, lines: list[str], width: int, codes: bool
    ) -> list[np.ndarray] | None:
        """Return the columns of a block of a large file as pandas reads it, if it can."""
        if self.fast is None and is_there():
            rows = self.dialect.rows(lines)
            first: list[str] = next((row for row in rows if any(row)), [])
            self.fast = PandasReader(self.dialect, width or self._width(first), self.as_texts)
        found = self.fast.read(text, codes) if self.fast is not None else None
        if found is None:
            return None
        return [
            cells if isinstance(cells, np.ndarray) else self._part(j, cells)
            for j, cells in enumerate(found)
        ]

    def _numbers(self, lines: list[str], width: int) -> list[np.ndarray] | None:
        """Return the columns of a block if all of its cells are numbers."""
        dialect = self.dialect
        if self.as_texts:
            return None
        if dialect.decimal_comma and dialect.separator != ",":
            lines = [line.replace(",", ".") for line in lines]
        elif dialect.decimal_comma:
            return None
        separator = None if dialect.separator == " " else dialect.separator
        lines = [line for line in lines if not line.isspace()]
        if not lines:
            return None
        found = _loaded(lines, separator)
        if found is None and separator is not None and not any('"' in line for line in lines):
            text = _filled("".join(lines), separator)
            found = _loaded(text.splitlines(), separator)
            if found is None and self.gaps.search(text):
                found = _loaded(self.gaps.sub("nan", text).splitlines(), separator)
        if found is None or width not in (0, found.shape[1]):
            return None
        return list(np.ascontiguousarray(found.T))

    def _cells(self, lines: list[str], start: int, width: int) -> list[np.ndarray] | None:
        """Return the columns of a block, cell by cell."""
        reader = self.dialect.rows(lines)
        rows = []
        for row in reader:
            if len(row) < 2 and not any(cell.strip() for cell in row):
                continue
            width = width or self._width(row)
            if len(row) != width:
                if len(row) == width + 1 and not row[-1].strip():
                    row = row[:-1]
                else:
                    raise FileFormatError(
                        f"{self.file}, line {start + reader.line_num}: {len(row)} columns, where "
                        f"the first line has {width}"
                    )
            rows.append(row)
        return [self._part(j, cells) for j, cells in enumerate(zip(*rows, strict=True))] or None

    def _width(self, row: list[str]) -> int:
        """Return the number of columns that most rows of the sample have, in doubt this one's."""
        rows = self._sample_rows()
        widths = Counter(len(row) for row in rows if any(map(str.strip, row)))
        width, count = widths.most_common(1)[0]
        return width if count > widths[len(row)] else len(row)

    def _part(self, j: int, cells: Sequence[str]) -> np.ndarray:
        if j not in self.as_texts and not (self.has_codes and any(map(_NO_NUMBER.match, cells))):
            with suppress(ValueError):
                return np.array(list(map(float, cells)))
            with suppress(ValueError):
                return np.array([float(cell or "nan") for cell in cells])
            with suppress(ValueError):
                return np.array([float("nan" if is_missing(cell) else cell) for cell in cells])
        return encode_texts(cells, self.known.setdefault(j, {}))

    def _column(self, j: int, parts: list[np.ndarray]) -> Cells:
        """Return a column whole: numbers if all texts of it are, else texts."""
        if j not in self.known:
            return np.concatenate(parts)
        values = list(self.known[j])
        found, bad = numbers(values, self.dialect.decimal_comma)
        if not bad.any() and not has_leading_zeros([v for v in values if not is_missing(v)]):
            return np.concatenate([p if p.dtype.kind == "f" else found[p] for p in parts])
        if any(part.dtype.kind == "f" for part in parts):
            self.contradicted.add(j)
            parts = [part for part in parts if part.dtype.kind != "f"]
        return Texts(np.concatenate(parts), values)


def _take_out_comments(sample: list[str]) -> int:
    """Empty the lines at the top that begin with #; return how many these are.

    The last of them holds the names, as `numpy.savetxt` writes them, if it has as many cells as the
    line below; then only its # is taken away.
    """
    lines = [i for i, line in enumerate(sample) if line.strip()]
    marked = list(takewhile(lambda i: sample[i].startswith("#"), lines))
    body = [sample[i] for i in lines[len(marked) :]]
    if not marked:
        return 0
    last = sample[marked[-1]].lstrip("# ")
    if body:
        rows = recognize(body).rows([last, body[0]])
        if len({len(row) for row in rows}) > 1:
            last = "\n"
    for i in marked:
        sample[i] = "\n"
    sample[marked[-1]] = last
    return len(marked) - bool(last.strip())


def _filled(text: str, separator: str) -> str:
    """Return lines with nan in cells that are empty."""
    pair, filled = separator * 2, f"{separator}nan{separator}"
    text = text.replace("\r\n", "\n").replace(pair, filled).replace(pair, filled)
    text = text.replace(f"{separator}\n", f"{separator}nan\n")
    text = text.replace(f"\n{separator}", f"\nnan{separator}")
    return "nan" + text if text.startswith(separator) else text


def _loaded(lines: list[str], separator: str | None) -> np.ndarray | None:
    """Return lines of numbers as an array, or None if a cell is none."""
    try:
        return np.loadtxt(lines, delimiter=separator, comments=None, quotechar='"', ndmin=2)
    except ValueError:
        return None


def _is_empty(column: Cells) -> bool:
    return isinstance(column, np.ndarray) and bool(np.isnan(column).all())
