"""Blocks of lines read by pandas, where it is installed: several times faster than cell by cell.

Its answers are those of `csv` and `float`, to the last bit. A block that is less regular than that
takes gets none, and is read cell by cell.
"""

from __future__ import annotations

import importlib.util
import io
import re
import warnings
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from tidu.datasets.dialect import Dialect
from tidu.datasets.table import FEWEST_DIGITS, MISSING
from tidu.errors import need

Column = np.ndarray | Sequence[str]
"""The cells of a column in a block: numbers with NaN in its gaps, or all as they stand."""

_CODE = re.compile(rf"\s*0\d{{{FEWEST_DIGITS - 1},}}\s*")
_WORDS = sorted({form(word) for word in MISSING for form in (str.lower, str.upper, str.title)})
_GAPS = [*_WORDS, "NaN", "-NaN", "N/a", "<Na>"]


@cache
def is_there() -> bool:
    """Say whether pandas is installed."""
    return importlib.util.find_spec("pandas") is not None


class PandasReader:
    """Reads block after block of a file.

    Parameters
    ----------
    dialect
        How the file is written.
    width
        How many columns it has.
    as_texts
        Columns that are known to hold texts.
    """

    def __init__(self, dialect: Dialect, width: int, as_texts: set[int]) -> None:
        self.dialect, self.width, self.texts = dialect, width, set(as_texts)

    def read(self, text: str, may_have_codes: bool) -> list[Column] | None:
        """Return the columns of a block, or None where a line has more or fewer cells."""
        if self.dialect.separator == " " or self.width < 2:
            return None
        pd = need("pandas")
        irregular = pd.errors.ParserWarning
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", irregular)
                frame = self._frame(text)
                if self._see_texts(frame):
                    frame = self._frame(text)
                if may_have_codes and self._see_codes(frame, text):
                    frame = self._frame(text)
        except (irregular, pd.errors.ParserError, ValueError):
            return None
        if not _is_regular(text, self.dialect.separator, *frame.shape):
            return None
        columns = [frame[j].to_numpy() for j in range(self.width)]
        for j in self.texts:
            if not all(type(cell) is str for cell in set(columns[j].tolist())):
                return None
        return [
            values.tolist() if j in self.texts else values.astype(np.float64)
            for j, values in enumerate(columns)
        ]

    def _frame(self, text: str, texts: set[int] | None = None) -> Any:
        pd = need("pandas")

        texts = self.texts if texts is None else texts
        return pd.read_csv(
            io.StringIO(text),
            sep=self.dialect.separator,
            decimal="," if self.dialect.decimal_comma else ".",
            header=None,
            names=range(self.width),
            index_col=False,
            dtype=dict.fromkeys(texts, object),
            keep_default_na=False,
            na_values={j: _GAPS for j in range(self.width) if j not in texts},
            low_memory=False,
            **_precision(pd.__version__),
        )

    def _see_texts(self, frame: Any) -> bool:
        """Note columns that hold more than finite numbers; return whether there are new ones."""
        found = {j for j in range(self.width) if not _is_finite(frame[j].to_numpy())} - self.texts
        self.texts |= found
        return bool(found)

    def _see_codes(self, frame: Any, text: str) -> bool:
        """Note columns of whole numbers some of which are codes such as 01234."""
        whole = {
            j for j in range(self.width) if j not in self.texts and _is_whole(frame[j].to_numpy())
        }
        if not whole:
            return False
        cells = self._frame(text, whole)
        found = {j for j in whole if any(map(_CODE.fullmatch, cells[j].unique().tolist()))}
        self.texts |= found
        return bool(found)


def _precision(version: str) -> dict[str, Any]:
    """Return the setting that rounds numbers right, as pandas 3.1 always does."""
    newer = tuple(map(int, version.split(".")[:2])) >= (3, 1)
    return {} if newer else {"float_precision": "round_trip"}


def _is_finite(values: np.ndarray) -> bool:
    return values.dtype.kind in "iuf" and not np.isinf(values).any()


def _is_whole(values: np.ndarray) -> bool:
    present = values[~np.isnan(values)]
    return bool((present == np.floor(present)).all())


def _is_regular(text: str, separator: str, rows: int, width: int) -> bool:
    """Say whether so many rows of so many cells need just the separators that there are."""
    if '"' not in text:
        return text.count(separator) == rows * (width - 1)
    letters = np.frombuffer(text.encode(), np.uint8)
    quoted = np.cumsum(letters == ord('"'), dtype=np.int64) % 2 == 1
    return int(np.count_nonzero((letters == ord(separator)) & ~quoted)) == rows * (width - 1)


def may_have_codes(text: str, separator: str) -> bool:
    """Say whether a cell may begin with a zero and two digits more, as codes such as 01234 do."""
    letters = np.frombuffer(text.encode(), np.uint8)
    zeros = np.flatnonzero(letters[: 1 - FEWEST_DIGITS] == ord("0"))
    for k in range(1, FEWEST_DIGITS):
        after = letters[zeros + k]
        zeros = zeros[(after >= ord("0")) & (after <= ord("9"))]
    before = letters[zeros[zeros > 0] - 1]
    starts = np.isin(before, np.frombuffer(f'{separator}\n\r" '.encode(), np.uint8))
    return bool(starts.any()) or bool((zeros == 0).any())
