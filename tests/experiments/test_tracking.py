from tidu.experiments import tracking


def test_nothing_is_shown_where_nobody_watches(capsys, monkeypatch):
    monkeypatch.setattr(tracking, "someone_watches", lambda: False)
    with tracking.bars() as progress:
        assert list(progress([1, 2], "steps")) == [1, 2]
    assert capsys.readouterr() == ("", "")


def test_bars_of_loops_inside_loops_are_shown_on_stderr(capsys, monkeypatch):
    monkeypatch.setattr(tracking, "someone_watches", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with tracking.bars() as progress:
        pairs = [
            (a, b) for a in progress(["x", "y"], "outer") for b in progress(range(2), f"inner {a}")
        ]
    assert pairs == [("x", 0), ("x", 1), ("y", 0), ("y", 1)]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "outer" in shown.err
    assert "inner y" in shown.err
