"""What a column is, and what becomes of it: a case a row."""

import numpy as np
import pytest

from tidu.datasets.encoding import encode
from tidu.datasets.inference import infer_columns
from tidu.datasets.table import RawTable, texts_of
from tidu.datasets.tables import learn_table
from tidu.errors import FileFormatError, InputError, ShapeError
from tidu.schema import Schema, Target

RNG = np.random.default_rng(0)
N = 40


def cells_of(values):
    if isinstance(values[0], str):
        return texts_of(list(values))
    return np.array(values, float)


def table(**columns):
    return RawTable(tuple(columns), tuple(cells_of(values) for values in columns.values()))


def few(*values):
    return [values[i % len(values)] for i in range(N)]


KINDS = {
    # name of the column, its cells, kind, part of what becomes of it
    "numbers": ("w", RNG.normal(size=N), "number", "standardized"),
    "repeated integers": ("w", few(1, 2, 3), "number", "standardized"),
    "constant": ("w", [3.0] * N, "number", "always 3: gives 0"),
    "gaps": ("w", few(1.0, np.nan, 2.0, 1.5), "number", "missing: 1.5, and a column says so"),
    "0 and 1": ("w", few(0, 1), "yes/no", "0 0, 1 1"),
    "yes and no": ("w", few("yes", "no"), "yes/no", "no 0, yes 1"),
    "True and False": ("w", few("True", "False"), "yes/no", "false 0, true 1"),
    "t and f": ("w", few("t", "f"), "yes/no", "f 0, t 1"),
    "yes, no, missing": ("w", few("Y", "N", "Y", ""), "yes/no", "missing: 1, and"),
    "categories": ("w", few("a", "b", "c"), "category", "3 columns of 0 and 1 (a, b, c)"),
    "categories and missing": ("w", few("a", "b", "NA"), "category", "(missing)"),
    "numbers, few other texts": ("w", [*map(str, range(39)), "unknown"], "number", "says so"),
    "grades": ("w", few("9", "10", "11", "12", "K"), "category", "5 columns"),
    "dates": ("w", [f"2024-01-{i % 28 + 1:02d}" for i in range(N)], "date", "left out: dates"),
    "dates with times": ("w", few("2024-01-31 12:30:00", "2024-02-01T00:00:01Z"), "date", "left"),
    "dates by day": ("w", few("31.1.2024", "1/2/2024"), "date", "left out"),
    "dates of King County": ("w", few("20141013T000000", "20141209T000000"), "date", "left out"),
    "months in letters": ("w", few("3-Jan-2024", "Jan 5, 2024"), "date", "left out"),
    "times": ("w", few("12:30", "23:59:59"), "date", "left out"),
    "numbers of dates": ("w", [20240100 + i % 28 + 1 for i in range(N)], "date", "left out"),
    "numbers like dates": ("w", [20240100 + i for i in range(N)], "number", "standardized"),
    "codes": ("zip", few("01234", "98101", ""), "category", "(missing), 01234, 98101"),
    "different codes": ("code", [f"{i:05d}" for i in range(N)], "id", "40 different texts"),
    "few numbers as texts": ("w", few("1", "2.5"), "number", "standardized"),
    "index": ("unnamed", range(N), "id", "counts the rows"),
    "index of a part": ("Unnamed: 0", np.arange(N) * 3 + 7, "id", "counts the rows"),
    "counting from one": ("w", np.arange(N) + 1, "id", "counts the rows"),
    "ids": ("customer_id", RNG.permutation(10**6)[:N], "id", "called an id"),
    "Id": ("PassengerId", RNG.permutation(10**6)[:N], "id", "called an id"),
    "no id": ("humid", RNG.permutation(10**6)[:N], "number", "standardized"),
    "ids that come again": ("shop_id", few(7, 9, 11), "number", "standardized"),
    "names of persons": ("w", [f"Mr. {i}" for i in range(N)], "id", "40 different texts in 40"),
    "empty": ("w", [np.nan] * N, "empty", "every value is missing"),
    "empty texts": ("w", few("", "?"), "empty", "every value is missing"),
    "years": ("year", np.arange(N) + 1980, "number", "standardized"),
}


@pytest.mark.parametrize(("name", "cells", "kind", "becomes"), KINDS.values(), ids=KINDS)
def test_what_a_column_is(name, cells, kind, becomes):
    column, _ = infer_columns(table(**{name: cells, "other": RNG.normal(size=N)}))
    assert column.kind == kind
    assert becomes in column.becomes
    assert bool(column.left_out) == (kind in ("id", "date", "empty"))


@pytest.mark.parametrize("case", ["index", "ids", "names of persons", "dates"])
def test_a_column_is_kept_if_asked_for(case):
    name, cells, *_ = KINDS[case]
    (column,) = infer_columns(table(**{name: cells}), keep=[name])
    assert not column.left_out


def test_few_integers_are_categories_only_if_asked_for():
    (column,) = infer_columns(table(zip=few(10115, 20095)), categories=["zip"])
    assert (column.kind, column.categories) == ("category", ("10115", "20095"))


def test_counting_alone_is_what_there_is_to_learn_from():
    (column,) = infer_columns(table(x=np.arange(N)))
    assert (column.kind, column.left_out) == ("number", "")


@pytest.mark.parametrize("argument", ["keep", "categories"])
def test_columns_that_are_not_there(argument):
    with pytest.raises(InputError, match=f"`{argument}` names 'widht'.*did you mean 'width'"):
        infer_columns(table(width=few(1, 2)), **{argument: ["widht"]})


def test_codes_are_numbers_if_kept():
    (column,) = infer_columns(table(zip=few("00002", "00004")), keep=["zip"])
    assert (column.kind, column.mean) == ("number", 3)


def test_codes_that_lost_their_zeros_are_found():
    schema = schema_of(table(zip=few("01234", "98101")))
    x, _ = encode(schema, table(zip=[98101, 1234, np.nan]), "here")
    assert x.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_a_note_names_the_codes():
    found = learn_table(
        table(zip=few("01234", "98101"), w=few(1.5, 2.5, 3.5), y=RNG.normal(size=N)), "here",
        name="a", source="",
    )  # fmt: skip
    (note,) = found.notes
    assert note.startswith("codes with zeros in front are not numbers: 'zip' (01234)")
    assert "--keep NAME" in note


def schema_of(columns, named=True, position=-1, **options):
    kept = infer_columns(columns, **options)
    return Schema(kept, Target("y", "values"), named, position)


COLUMNS = table(
    age=[20, 40, np.nan, 30], sex=["f", "m", "f", ""], smokes=["no", "yes", "yes", "?"],
    day=["2024-01-01"] * 4,
)  # fmt: skip


def test_encoding_in_full():
    schema = schema_of(COLUMNS, keep=["day"])
    x, notes = encode(schema, COLUMNS, "here")
    assert schema.inputs == (
        "age", "age is missing", "sex = (missing)", "sex = f", "sex = m", "sex = other",
        "smokes", "smokes is missing", "day",
    )  # fmt: skip
    day = 19723
    assert x.tolist() == [
        [20, 0, 0, 1, 0, 0, 0, 0, day],
        [40, 0, 0, 0, 1, 0, 1, 0, day],
        [30, 1, 0, 1, 0, 0, 1, 0, day],
        [30, 0, 1, 0, 0, 0, 1, 1, day],
    ]
    assert notes == []
    assert schema.mean == (30, 0, 0, 0, 0, 0, 0, 0, day)
    assert schema.spread == (np.sqrt(50), 1, 1, 1, 1, 0, 1, 1, 0)


def test_columns_are_found_by_name_in_any_order_and_others_are_named():
    schema = schema_of(COLUMNS)
    x, _ = encode(schema, COLUMNS, "here")
    order = ["smokes", "extra", "sex", "age"]  # no day, which was left out
    other = {**dict(zip(COLUMNS.names, COLUMNS.columns, strict=True)), "extra": np.zeros(4)}
    moved = RawTable(tuple(order), tuple(other[name] for name in order))
    again, notes = encode(schema, moved, "here")
    np.testing.assert_array_equal(again, x)
    assert notes == ["not used, for the network did not learn from it: 'extra'"]


def test_missing_columns_are_named():
    less = RawTable(COLUMNS.names[1:], COLUMNS.columns[1:])
    with pytest.raises(InputError, match="here lacks the column 'age', which the network learned"):
        encode(schema_of(COLUMNS), less, "here")


def test_what_was_never_seen():
    schema = schema_of(COLUMNS)
    new = table(age=["31", "old"], sex=["x", "m"], smokes=["no", "maybe"])
    x, notes = encode(schema, new, "here")
    assert x.tolist() == [[31, 0, 0, 0, 0, 1, 0, 0], [30, 1, 0, 0, 1, 0, 1, 1]]
    assert notes == [
        "column 'age': 1 cells such as 'old' are not numbers, and count as missing",
        "column 'smokes': 1 cells such as 'maybe' are not no or yes, and count as missing",
    ]


def test_rare_categories_share_a_column_with_unknown_ones():
    words = ["a"] * 300 + ["b"] * 299 + ["c"]
    schema = schema_of(table(k=words))
    assert schema.inputs == ("k = a", "k = b", "k = other")
    assert schema.spread == (1, 1, 1)
    assert schema_of(table(k=["a", "b"])).spread == (1, 1, 0)  # nothing was learned of others
    x, _ = encode(schema, table(k=["c", "never", "a"]), "here")
    assert x.tolist() == [[0, 0, 1], [0, 0, 1], [1, 0, 0]]


BARE = RawTable(("0", "1"), (np.arange(4.0) ** 2, np.arange(4.0) ** 3), named=False)


@pytest.mark.parametrize(
    ("position", "columns"), [(2, [0, 1]), (2, [0, 1, "t"]), (0, ["t", 0, 1]), (1, [0, "t", 1])]
)
def test_columns_without_names_go_by_their_order(position, columns):
    schema = schema_of(BARE, named=False, position=position)
    cells = {0: BARE.columns[0], 1: BARE.columns[1], "t": np.ones(4)}
    new = RawTable(
        tuple(map(str, range(len(columns)))), tuple(cells[c] for c in columns), named=False
    )
    x, notes = encode(schema, new, "here")
    np.testing.assert_array_equal(x, np.stack(BARE.columns, axis=1))
    assert notes == []


def test_columns_without_names_must_be_as_many():
    one = RawTable(("0",), (np.ones(2),), named=False)
    with pytest.raises(ShapeError, match="here has 1 columns, and the network learned from 2"):
        encode(schema_of(BARE, named=False), one, "here")
    named = RawTable(("a", "b"), BARE.columns)
    assert "in their order" in encode(schema_of(BARE, named=False), named, "here")[1][0]


@pytest.mark.parametrize(
    ("learned", "new", "value"),
    [
        (["1/31/2024", "2/1/2024"], "3/4/2024", 19786),  # the fourth of March, as when learning
        (["31/1/2024", "1/2/2024"], "3/4/2024", 19816),
        (["2024-01-31", "2024-02-01"], "31 March 2024", 19813),
        ([20240130.0, 20240131, 20240201, 20240202, 20240203], "20240304", 19786),
    ],
    ids=["month first", "day first", "year first", "numbers"],
)
def test_dates_are_read_as_when_learning(learned, new, value):
    schema = schema_of(table(day=learned), keep=["day"])
    x, notes = encode(schema, table(day=[new]), "here")
    assert (x[0, 0], notes) == (value, [])
    assert "days since 1970" in schema.columns[0].becomes


def test_what_is_no_date_counts_as_missing():
    schema = schema_of(table(day=["2024-01-01", "2024-01-03", "2024-01-03"]), keep=["day"])
    x, notes = encode(schema, table(day=["soon", ""]), "here")
    assert x.tolist() == [[19725], [19725]]
    assert notes == ["column 'day': 1 cells such as 'soon' are not dates, and count as missing"]


def test_infinities_are_named_with_their_place():
    with pytest.raises(FileFormatError, match="here, column 'w': the number in row 2 is infinite"):
        encode(schema_of(table(w=few(1, 2))), table(w=[1, np.inf]), "here")
