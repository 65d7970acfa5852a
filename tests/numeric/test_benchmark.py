"""The benchmark of derivatives runs, and its closed forms are true in 60 digits."""

from pathlib import Path

import pytest
from benchmarks import derivatives

from tests.numeric.hard_points import POINTS

pytest.importorskip("mpmath", reason="the closed forms are checked with mpmath")


PAGE = Path(__file__).parents[2] / "docs" / "derivatives.md"


@pytest.fixture
def tidu_alone(monkeypatch):
    ours = {name: who for name, who in derivatives.CONTESTANTS.items() if name.startswith("tidu")}
    monkeypatch.setattr(derivatives, "CONTESTANTS", ours)


def test_the_table_of_contestants(tmp_path, monkeypatch, capsys, tidu_alone):
    monkeypatch.chdir(tmp_path)
    rows = derivatives.main(every=10)
    assert [row.contestant for row in rows] == list(derivatives.CONTESTANTS)
    assert all(row.silent == row.violations == 0 for row in rows)
    assert "tidu richardson" in capsys.readouterr().out
    assert (tmp_path / "tidu-out" / "benchmarks" / "derivatives.json").exists()


@pytest.mark.exhaustive
def test_every_closed_form_is_the_derivative_of_its_function():
    for point in POINTS:
        exact = derivatives.truth(point)  # raises if it is not
        assert (exact is None) == (point.slope is None)


def test_the_page_has_the_table_of_all_points():
    page = PAGE.read_text("utf-8")
    assert f"{len(POINTS)} points are hard" in page
    head, rule = derivatives.table([])
    assert f"{head}\n{rule}\n" in page
    named = [f"| {name} | " for name in derivatives.CONTESTANTS]
    assert [name for name in named if name in page] == named


@pytest.mark.exhaustive
def test_the_numbers_of_the_page_are_those_of_the_benchmark(tmp_path, monkeypatch, tidu_alone):
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text("utf-8")
    for line in derivatives.table(derivatives.main(every=1))[2:]:
        assert line in page
