"""Dates in the forms in which people write them."""

from datetime import datetime

import numpy as np
import pytest

from tidu.datasets.dates import DAY_FIRST, MONTH_FIRST, are_dates, day_of, days, is_date, order_of
from tidu.datasets.table import texts_of
from tidu.errors import InputError


def since_1970(*moment):
    return (datetime(*moment) - datetime(1970, 1, 1)).total_seconds() / 86_400


FORMS = {
    "1970-01-01": since_1970(1970, 1, 1),
    "2024-02-29": since_1970(2024, 2, 29),
    "1899/12/31": since_1970(1899, 12, 31),
    "2024.3.1": since_1970(2024, 3, 1),
    "20240301": since_1970(2024, 3, 1),
    "20141013T000130": since_1970(2014, 10, 13, 0, 1, 30),
    "2024-01-31 12:30": since_1970(2024, 1, 31, 12, 30),
    "2024-01-31T12:30:15.5": since_1970(2024, 1, 31, 12, 30, 15, 500_000),
    "2024-01-31T12:30:15Z": since_1970(2024, 1, 31, 12, 30, 15),
    "2024-01-31 00:30:00+02:00": since_1970(2024, 1, 30, 22, 30),
    "2024-01-31 23:30 -0100": since_1970(2024, 2, 1, 0, 30),
    "3 Jan 2024": since_1970(2024, 1, 3),
    "03-JAN-24": since_1970(2024, 1, 3),
    "3. March 1999": since_1970(1999, 3, 3),
    "January 5, 1969 6:00 PM": since_1970(1969, 1, 5, 18),
    "Sept 1 2001 12:05 am": since_1970(2001, 9, 1, 0, 5),
    "18:00": 0.75,
    "12:00:36": 0.5 + 36 / 86_400,
}


@pytest.mark.parametrize(("text", "value"), FORMS.items())
def test_forms(text, value):
    assert day_of(f" {text} ") == pytest.approx(value, abs=1e-9)
    assert is_date(text)


@pytest.mark.parametrize(
    ("order", "text", "moment"),
    [
        (DAY_FIRST, "1/2/2024", (2024, 2, 1)),
        (MONTH_FIRST, "1/2/2024", (2024, 1, 2)),
        (DAY_FIRST, "31.12.68", (2068, 12, 31)),
        (MONTH_FIRST, "12-31-69", (1969, 12, 31)),
        (MONTH_FIRST, "12/31/1999 11:15 pm", (1999, 12, 31, 23, 15)),
    ],
)
def test_day_or_month_first(order, text, moment):
    assert day_of(text, order) == since_1970(*moment)
    assert day_of(text) is None


@pytest.mark.parametrize(
    "text", ["", "2024", "2024-13-01", "2023-02-29", "3.14", "1-2", "5 apples 12", "1/2-2024", "x"]
)
def test_no_dates(text):
    assert not is_date(text)
    assert np.isnan(days(texts_of([text]))).all()


def test_the_column_says_which_comes_first():
    assert order_of("d", ["1/2/2024", "13/2/2024"]) == DAY_FIRST
    assert order_of("d", ["1/2/2024", "1/13/2024"]) == MONTH_FIRST
    assert order_of("d", ["1.2.2024", "3.4.2024"]) == DAY_FIRST
    assert order_of("d", ["2024-02-01", "3 Jan 2024"]) == ""


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["1/2/2024", "3/2/2024"], "'1/2/2024' may be day-month-year or month-day-year"),
        (["13/2/2024", "2/13/2024"], "'13/2/2024' has the day first, and '2/13/2024' the month"),
    ],
)
def test_what_could_be_mistaken_is_refused(texts, sentence):
    with pytest.raises(InputError, match=f"column 'sold' cannot be read: {sentence}"):
        order_of("sold", texts)


def test_numbers_that_are_dates():
    assert are_dates(np.array([19991231.0, 20000101, 20000102, np.nan, 20000103, 20000104]))
    assert not are_dates(np.array([20000101.0] * 9))
    assert not are_dates(np.array([20000101.5, 20000102, 20000103, 20000104, 20000105]))
    assert not are_dates(np.arange(20000101.0, 20000140))
    assert not are_dates(np.array([np.nan]))
