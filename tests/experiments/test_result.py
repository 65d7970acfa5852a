import json
import sys

import numpy as np
import pytest

import tidu as td
from tidu.errors import InputError, MissingExtraError
from tidu.experiments import Table, slope


def test_table_sets_numbers_to_the_right_and_words_to_the_left():
    table = Table("two", ("name", "value"), [("a", 1234), ("long name", 0.5), ("none", "–")])
    assert str(table).splitlines() == [
        "two",
        "",
        "name       value",
        "----------------",
        "a          1,234",
        "long name    0.5",
        "none           –",
    ]


def test_cells_of_several_lines_stay_in_their_columns():
    table = Table("t", ("a", "b"), [("x\ny", "one"), ("z", "two\nthree")])
    assert str(table).splitlines()[4:] == ["x  one", "y", "z  two", "   three"]


def test_record_says_how_to_run_it_again():
    record = slope(points=np.array([5])).record()
    assert record["settings"] == {"points": [5.0], "h": 1e-4}
    assert record["versions"]["tidu"] == td.__version__
    assert record["versions"]["numpy"] == np.__version__
    assert record["seed"] is None
    again = td.experiments.named(record["experiment"]).run(record["settings"])
    assert again.record() == record


def test_files_are_the_record_and_the_figure(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    result = slope()
    paths = result.save(tmp_path / "new" / "folder")
    assert json.loads(paths["json"].read_text("utf-8")) == result.record()
    assert paths["png"].read_bytes().startswith(b"\x89PNG")
    assert "<svg" in paths["svg"].read_text("utf-8")
    assert len(list(paths["json"].parent.iterdir())) == 3
    before = {path: path.read_bytes() for path in paths.values()}
    slope().save(tmp_path / "new" / "folder")
    assert {path: path.read_bytes() for path in paths.values()} == before


def test_without_matplotlib_the_record_is_written_and_the_extra_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tidu\[plots\]'"):
        slope().save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["slope.json"]


def test_a_theme_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="did you mean 'dark'"):
        slope().figure("darc")


def test_prints_as_title_table_and_what_to_see():
    lines = repr(slope()).splitlines()
    assert lines[0] == f"slope: {slope.title}"
    assert max(map(len, lines)) <= 88
    assert lines[-1].endswith(".")
