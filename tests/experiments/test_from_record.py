"""A record that is no record is refused in a sentence, however it is damaged."""

import json

import pytest

from tidu.errors import FileFormatError
from tidu.experiments import EXPERIMENTS, experiment, slope
from tidu.experiments.result import Result, Table

RECORD = json.loads(json.dumps(slope().record()))


def without(name):
    return {key: value for key, value in RECORD.items() if key != name}


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ([], "the record is not the record of an experiment"),
        ({}, "the record is not the record of an experiment"),
        ({**RECORD, "experiment": "surface"}, "is the record of 'surface', not of 'slope'"),
        (without("numbers"), "is no whole record of 'slope': 'numbers'"),
        (without("tables"), "is no whole record of 'slope': 'tables'"),
        ({**RECORD, "tables": [{"title": "x"}]}, "is no whole record of 'slope'"),
        ({**RECORD, "settings": {"pints": 3}}, "slope has no setting 'pints'"),
        ({**RECORD, "settings": {"points": [30]}}, "`points[0]` must be at least 0"),
    ],
    ids=[
        "list",
        "empty",
        "other",
        "no numbers",
        "no tables",
        "bad table",
        "unknown",
        "out of range",
    ],
)
def test_damaged(record, sentence):
    with pytest.raises(FileFormatError) as caught:
        slope.from_record(record)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "numbers", [{}, {"points": [1.0]}, {"points": [1.0], "slopes": ["steep"]}, {"points": 1}]
)
def test_numbers_that_cannot_be_drawn(numbers):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    found = slope.from_record({**RECORD, "numbers": numbers})
    with pytest.raises(
        FileFormatError, match=r"the record cannot be drawn .*tidu show slope again"
    ):
        found.figure()


def test_a_file_that_is_not_json(tmp_path):
    file = tmp_path / "a.json"
    for content in (b"{", b"\xff\xfe", b""):
        file.write_bytes(content)
        with pytest.raises(FileFormatError, match=r"a\.json is not JSON in UTF-8"):
            slope.from_record(file)
    with pytest.raises(FileNotFoundError):
        slope.from_record(tmp_path / "none.json")


def test_numbers_that_json_lacks_are_left_out_of_the_figure():
    record = json.loads(json.dumps(EXPERIMENTS["gradient-field"](function="log(x)").record()))
    assert [None, None] in record["numbers"]["field"]
    assert EXPERIMENTS["gradient-field"].from_record(record).figure().axes


def test_an_experiment_that_nothing_draws_says_so():
    @experiment("plain", title="Nothing to see")
    def plain() -> Result:
        """Return a number."""
        return Result({"one": 1}, [Table("t", ("a",), [(1,)])], "One.")

    with pytest.raises(ValueError, match="no function draws 'plain'"):
        plain().figure()
