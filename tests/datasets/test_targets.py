"""Which column is the target, and whether it is classes or values: a case a row."""

import numpy as np
import pytest

from tidu.datasets.table import RawTable, texts_of
from tidu.datasets.targets import decide, find_label
from tidu.errors import FileFormatError, InputError

RNG = np.random.default_rng(0)


def some(values, n=300):
    """Return n of these values, each at least once."""
    return np.concatenate([values, RNG.choice(values, n - len(values))])


DIABETES = np.clip(RNG.gamma(3, 50, 442).round(), 25, 346)

DECIDED = {
    # name: cells, task, names of the classes or None for values
    "texts": (["b", "a", "b"], ("a", "b")),
    "words yes and no": (["yes", "no", "yes"], ("no", "yes")),
    "a class called none": (["none", "apnea", "none"], ("apnea", "none")),
    "texts and numbers": (["1", "x"], ("1", "x")),
    "0 and 1": (some([0, 1]), ("0", "1")),
    "0 and 1, two rows": ([0, 1], ("0", "1")),
    "minus one and one": (some([-1, 1]), ("-1", "1")),
    "minus one, zero, one": (some([-1, 0, 1]), ("-1", "0", "1")),
    "one to three": (some([1, 2, 3]), ("1", "2", "3")),
    "one to three, six rows": ([1, 2, 3, 3, 1, 2], ("1", "2", "3")),
    "tens": (some([10, 20, 30]), ("10", "20", "30")),
    "digits": (some(np.arange(10)), tuple("0123456789")),
    "digits without a five": (some([0, 1, 2, 3, 4, 6, 7, 8, 9]), tuple("012346789")),
    "letters": (np.repeat(np.arange(1, 27), 40), tuple(map(str, range(1, 27)))),
    "a hundred classes": (np.repeat(np.arange(100), 50), tuple(map(str, range(100)))),
    "ids": (some([10_000_019, 10_000_079, 10_000_103]), ("10000019", "10000079", "10000103")),
    "ids of shops": (np.repeat(np.arange(50) * 37 + 100_003, 30),
                     tuple(str(37 * i + 100_003) for i in range(50))),
    "quality 3 to 8": (some(np.arange(3, 9)), tuple("345678")),
    "fractions": (some([0.5, 1.0, 1.5]), None),
    "diabetes": (DIABETES, None),
    "prices in whole dollars": (some(np.arange(100) * 1000 + 180_000), None),
    "two prices": ([250_000, 180_000], None),
    "years": (np.repeat(np.arange(1990, 2011), 50), None),
    "few years": (some([2001, 2002, 2003]), None),
    "negative whole numbers": (some(np.arange(-20, 30)), None),
    "few negative whole numbers": (some([-3, -2, 5]), None),
    "ages": (RNG.integers(18, 91, 1000), None),
    "counts with a long tail": (RNG.poisson(10, 4000), None),
    "each another": (np.arange(10), None),
}  # fmt: skip


def cells_of(values):
    if isinstance(values, list) and isinstance(values[0], str):
        return texts_of(values)
    return np.array(values, float)


@pytest.mark.parametrize(("values", "classes"), DECIDED.values(), ids=DECIDED)
def test_classes_or_values(values, classes):
    found = decide("y", cells_of(values), "auto", "here")
    assert found.target.task == ("values" if classes is None else "classes")
    assert found.target.classes == (classes or ())
    assert found.target.why
    if classes is None:
        np.testing.assert_array_equal(found.t, np.array(values, float)[:, None])
    else:
        assert sorted(set(found.t)) == list(range(len(classes)))  # no phantom class
        assert [found.target.classes[k] for k in found.t] == [
            value if isinstance(value, str) else f"{value:.0f}" for value in values
        ]


ASKED = [
    (DIABETES, "classes", "classes"),
    (some([0, 1]), "values", "values"),
    (some([0.5, 1.5]), "classes", "classes"),
    (["a", "b", "a"], "classes", "classes"),
]


@pytest.mark.parametrize(("values", "task", "found"), ASKED)
def test_what_is_asked_for_is_done(values, task, found):
    assert decide("y", cells_of(values), task, "here").target.task == found


REFUSED = [
    ([7, 7, 7], "auto", InputError, "is always 7: there is nothing to learn"),
    ([0.5, 0.5], "auto", InputError, "is always 0.5"),
    (["a", "a"], "auto", InputError, "is always a"),
    (["a", "b"], "values", InputError, "holds texts such as 'a'"),
    ([str(i) + "x" for i in range(30)], "auto", InputError, "30 different labels in 30 rows"),
    ([np.nan, np.nan], "auto", FileFormatError, "is to be predicted, and it is empty"),
    ([1, np.inf, 2], "auto", FileFormatError, "the label of row 2 is infinite"),
    ([0, 1], "class", InputError, "did you mean 'classes'?"),
]


@pytest.mark.parametrize(("values", "task", "error", "sentence"), REFUSED)
def test_what_cannot_be_predicted(values, task, error, sentence):
    with pytest.raises(error) as caught:
        decide("y", cells_of(values), task, "here")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("values", [["a", "", "b"], ["a", "NA", "b"], [1, np.nan, 0]])
def test_rows_without_a_target_are_left_out(values):
    found = decide("y", cells_of(values), "auto", "here")
    assert found.rows.tolist() == [0, 2]
    assert len(found.t) == 2


def table(names, rows=60, **columns):
    """Return a table of these columns of random numbers, or of those given."""
    made = [np.array(columns.get(name, RNG.normal(size=rows)), float) for name in names]
    return RawTable(tuple(names), tuple(made), named=names[0] != "0")


DIGITS = {"0": np.arange(60) % 10, "3": np.zeros(60)}
LABELS = {
    # names of the columns, label asked for, label found
    "last": (table(["a", "b", "c"]), None, "c"),
    "class": (table(["Class", "b", "c"]), None, "Class"),
    "target": (table(["a", "target", "c"]), None, "target"),
    "y": (table(["x1", "y", "x2"]), None, "y"),
    "species": (table(["species", "island", "mass"]), None, "species"),
    "coordinates": (table(["carat", "x", "y", "z"]), None, "z"),
    "label before y": (table(["y", "label"]), None, "label"),
    "by name": (table(["a", "b", "c"]), "b", "b"),
    "by number": (table(["a", "b", "c"]), 1, "b"),
    "by number as text": (table(["a", "b", "c"]), "0", "a"),
    "from the end": (table(["a", "b", "c"]), -1, "c"),
    "digits, label first": (table(["0", "1", "2", "3"], **DIGITS), None, "0"),
    "no names, classes last": (table(["0", "1", "2"], **{"2": np.arange(60) % 3}), None, "2"),
    "no names, rare class last": (table(["0", "1"], **{"1": np.arange(60) == 5}), None, "1"),
}


@pytest.mark.parametrize(("columns", "label", "found"), LABELS.values(), ids=LABELS)
def test_which_column_is_the_label(columns, label, found):
    assert columns.names[find_label(columns, label, "here")] == found


@pytest.mark.parametrize(
    ("label", "sentence"),
    [("kin", "did you mean 'kind'?"), (3, "has columns 0 to 1"), (-4, "at least -2, got -4")],
)
def test_a_label_that_is_not_there(label, sentence):
    with pytest.raises(InputError, match=sentence.replace("?", r"\?")):
        find_label(table(["a", "kind"]), label, "here")


def test_codes_are_classes_unless_values_are_asked_for():
    codes = texts_of(["002", "010", "002"])
    assert decide("y", codes, "auto", "here").target.classes == ("002", "010")
    assert decide("y", codes, "values", "here").t.ravel().tolist() == [2, 10, 2]


@pytest.mark.parametrize(
    "values", [["01.02.2023", "02.02.2023", "3.2.23"] * 9, np.arange(20240101.0, 20240121.0)]
)
def test_dates_are_no_classes_unless_asked(values):
    with pytest.raises(InputError, match="it holds dates"):
        decide("when", cells_of(values), "auto", "a.csv")
    if isinstance(values, list):
        assert decide("when", cells_of(values), "classes", "a.csv").target.classes
