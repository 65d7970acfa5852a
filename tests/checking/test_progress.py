"""How far a long check is."""

import io

import numpy as np

from tidu.checking import check_gradient, progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_long_check_shows_how_far_it_is(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    out = Terminal()
    assert list(progress.with_progress(range(3), 3, out)) == [0, 1, 2]
    assert "0 of 3 slopes, 0 s left" in out.getvalue()
    assert "entries=" not in out.getvalue()
    assert out.getvalue().endswith("\r")
    list(progress.with_progress(range(1), progress.MANY, out))
    assert "of 100,000 slopes" in out.getvalue()
    assert "entries=1000 looks at some" in out.getvalue()


def test_a_short_one_or_one_that_nobody_watches_writes_nothing(monkeypatch):
    out = Terminal()
    list(progress.with_progress(range(1000), 1000, out))
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    elsewhere = io.StringIO()
    list(progress.with_progress(range(3), 3, elsewhere))
    assert out.getvalue() == elsewhere.getvalue() == ""


def test_a_check_of_very_many_points_at_entries(monkeypatch):
    monkeypatch.setattr("tidu.checking.sampling.MANY", 10)
    report = check_gradient(np.sum, np.ones(10), np.ones(10))
    assert report.power == "every entry was looked at; entries=1000 looks at some"
    assert "entries=" not in check_gradient(np.sum, np.ones(9), np.ones(9)).power
