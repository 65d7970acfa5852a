"""The benchmark of derivatives runs, and its closed forms are true in 60 digits."""

import pytest
from benchmarks import derivatives

from tests.numeric.hard_points import POINTS

pytest.importorskip("mpmath", reason="the closed forms are checked with mpmath")


def test_the_table_of_contestants(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        derivatives,
        "CONTESTANTS",
        {name: who for name, who in derivatives.CONTESTANTS.items() if name.startswith("tidu")},
    )
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
