"""What is written while a network learns: a bar in a terminal, rows anywhere."""

import pytest

from tests.training.problems import samples, small_network
from tidu.training import Monitor
from tidu.training.progress import someone_watches


def fitted(capsys, *data, **settings):
    data = data or samples()
    history = small_network().fit(*data, progress=True, batch_size=10, **settings)
    out, err = capsys.readouterr()
    assert out == ""
    return history, err


def test_rows_are_written_to_stderr_where_there_is_no_terminal(capsys):
    history, err = fitted(capsys, epochs=3, validation=samples(1))
    head, *rows = err.splitlines()
    assert head.split() == list(history.columns)
    assert len(rows) == 3
    assert [row.split()[0] for row in rows] == ["1", "2", "3"]
    assert "\x1b" not in err


def test_a_bar_is_drawn_in_a_terminal_and_taken_away(capsys, monkeypatch):
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "120"}.items():
        monkeypatch.setenv(name, value)
    _, err = fitted(capsys, epochs=2)
    assert "epoch 1/2" in err
    assert err.rstrip().endswith("\x1b[2K")


@pytest.mark.parametrize("epochs", [1, 2])
def test_batches_of_unknown_number_have_a_bar_too(capsys, epochs):
    x, t = samples()

    class Batches:
        def __iter__(self):
            yield x, t

    _, err = fitted(capsys, Batches(), epochs=epochs)
    assert len(err.splitlines()) == epochs + 1


def test_columns_of_callbacks_are_shown(capsys):
    _, err = fitted(capsys, epochs=2, callbacks=[Monitor(samples(), name="train")])
    assert "train_loss" in err.splitlines()[0]


def test_progress_false_and_nobody_watching_write_nothing(capsys):
    x, t = samples()
    for settings in ({"progress": False}, {}):
        small_network().fit(x, t, epochs=1, **settings)
    assert capsys.readouterr() == ("", "")
    assert not someone_watches()
