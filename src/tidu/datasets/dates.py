"""Dates as numbers: days since the beginning of 1970.

A date is written with the year first (2024-01-31, 20240131), with the month by its English name
(31 Jan 2024, January 31, 2024), or as three numbers with the year last. Whether the day or the
month comes first in these, the whole column says: 31/1/2024 has the day first, 1/31/2024 the month,
and points (1.2.2024) are only used with the day first. A column that leaves it open is refused. A
year of two digits lies between 1969 and 2068. A time of the day may follow, or stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from tidu.datasets.table import Cells, Texts, is_missing, number_texts
from tidu.errors import InputError, clause

DAY_FIRST, MONTH_FIRST = "day-month-year", "month-day-year"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(:(?P<second>\d{2}(\.\d+)?))?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(Z|UTC|GMT|(?P<zone>[-+]\d{2}:?\d{2}))?"
)
_DATES = (
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<then>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})",
    r"(?P<day>\d{1,2})\.?[- ]?(?P<name>[A-Za-z]{3,9})\.?[- ,]+(?P<year>\d{4}|\d{2})",
    r"(?P<name>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})",
)
_FORMS = [
    *(re.compile(rf"{form}([T ,]+{_CLOCK})?$") for form in _DATES),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})T(?P<hour>\d{2})(?P<minute>\d{2})"
               r"(?P<second>\d{2})Z?$"),
    re.compile(f"{_CLOCK}$"),
]  # fmt: skip
DATES = 0.95
"""The share of different texts from which a column of texts holds dates."""
_EPOCH = date(1970, 1, 1).toordinal()


def is_date(text: str) -> bool:
    """Say whether a text is a date or a time of the day.

    Examples
    --------
    >>> [is_date(text) for text in ("2024-01-31", "31.1.24 12:30", "5 March 2024", "3.14", "2024")]
    [True, True, True, False, False]
    """
    return any(day_of(text, order) is not None for order in (DAY_FIRST, MONTH_FIRST))


def are_dates(cells: Cells) -> bool:
    """Say whether a column holds dates: texts of which nearly all are, or numbers such as 20240131.

    The numbers must be whole, five or more different ones, and none of them anything else.

    Examples
    --------
    >>> are_dates(np.array([20240130, 20240131, 20240201, 20240202, 20240203]))
    True
    >>> are_dates(np.array([20240130, 20240131, 20240132, 20240201, 20240202]))
    False
    """
    if isinstance(cells, Texts):
        texts = cells.present()
        return bool(texts) and sum(map(is_date, texts)) >= DATES * len(texts)
    present = cells[~np.isnan(cells)]
    if not len(present) or present.min() < 1900_01_01 or present.max() > 2100_12_31:
        return False
    found = np.unique(present)
    return bool(len(found) >= 5 and (found == np.floor(found)).all()) and all(
        day_of(str(int(number))) is not None for number in found.tolist()
    )


def order_of(name: str, texts: Sequence[str]) -> str:
    """Return in which order day and month stand in the dates of a column; "" if in none of them.

    Raises
    ------
    InputError
        If both orders are possible, or none is.

    Examples
    --------
    >>> order_of("sold", ["1/2/2024", "1/31/2024"])
    'month-day-year'
    """
    matches = [match for text in texts if (match := _FORMS[2].match(text.strip()))]
    if not matches:
        return ""
    day_first = [m for m in matches if int(m["first"]) > 12 or m["mark"] == "."]
    month_first = [m for m in matches if int(m["then"]) > 12]
    if bool(day_first) != bool(month_first):
        return DAY_FIRST if day_first else MONTH_FIRST
    if day_first:
        what = clause(f"{day_first[0][0]!r} has the day first, and {month_first[0][0]!r} the month")
    else:
        what = clause(
            f"{matches[0][0]!r} may be {DAY_FIRST} or {MONTH_FIRST}, and no other date tells"
        )
    raise InputError(
        f"the dates of column {name!r} cannot be read: {what}; write them as 2024-01-31"
    )


def days(cells: Cells, order: str = "") -> np.ndarray:
    """Return dates as days since 1970 and times as parts of a day; NaN where there is none.

    Examples
    --------
    >>> from tidu.datasets.table import texts_of
    >>> days(texts_of(["1970-01-02", "3 Jan 1970 12:00", "tomorrow"]))
    array([1. , 2.5, nan])
    """
    texts = number_texts(cells) if isinstance(cells, np.ndarray) else cells
    found = [None if is_missing(text) else day_of(text, order) for text in texts.values]
    return np.array(found, float)[texts.codes]


def day_of(text: str, order: str = "") -> float | None:
    """Return one date as days since 1970, or None if it is none."""
    match = next((m for form in _FORMS if (m := form.match(text.strip()))), None)
    if match is None:
        return None
    part = match.groupdict()
    number = {k: int(v) for k, v in part.items() if v and v.isdigit()}
    if "first" in number:
        if not order:
            return None
        keys = ("day", "month") if order == DAY_FIRST else ("month", "day")
        number |= dict(zip(keys, (number["first"], number["then"]), strict=True))
    if name := part.get("name"):
        if name[:3].lower() not in _MONTHS:
            return None
        number["month"] = 1 + _MONTHS.index(name[:3].lower())
    whole = 0
    if "year" in number:
        year = number["year"]
        if len(part["year"]) == 2:
            year += 1900 if year >= 69 else 2000
        try:
            whole = date(year, number["month"], number["day"]).toordinal() - _EPOCH
        except ValueError:
            return None
    return whole + _share_of_day(part)


def _share_of_day(part: dict[str, str | None]) -> float:
    if part.get("hour") is None:
        return 0.0
    hour, minute = int(part["hour"] or 0), int(part["minute"] or 0)
    if half := (part.get("half") or "").lower():
        hour = hour % 12 + 12 * half.startswith("p")
    if zone := part.get("zone"):
        ahead = int(zone[1:3]) * 60 + int(zone[-2:])
        minute -= ahead if zone[0] == "+" else -ahead
    return (hour * 3600 + minute * 60 + float(part.get("second") or 0)) / 86_400
