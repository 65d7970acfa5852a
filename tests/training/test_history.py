import csv

import numpy as np
import pytest

from tests.training.problems import samples, small_network
from tidu.errors import InputError
from tidu.training import History, Monitor
from tidu.training.history import shown


def history():
    return History(
        [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 0.5, "val_accuracy": 0.75}], "done"
    )


def test_a_name_is_a_column_and_a_number_is_a_row():
    h = history()
    np.testing.assert_array_equal(h["loss"], [2.0, 0.5])
    np.testing.assert_array_equal(h["val_accuracy"], [np.nan, 0.75])
    assert h[0] == {"epoch": 1, "loss": 2.0}
    assert h[-1]["loss"] == 0.5
    assert h[:1] == [h[0]]
    assert len(h) == 2
    assert list(h) == h.rows
    assert h.columns == ("epoch", "loss", "val_accuracy")


def test_a_wrong_name_is_met_with_the_right_one():
    with pytest.raises(InputError, match="did you mean 'loss'"):
        history()["los"]
    with pytest.raises(IndexError):
        history()[2]


def test_two_histories_share_nothing():
    first, second = History(), History()
    first.append({"epoch": 1})
    assert len(second) == 0
    assert second.columns == ()


def test_prints_as_a_table_with_the_status_below():
    assert repr(history()).splitlines() == [
        "epoch  loss  val_accuracy",
        "    1     2              ",
        "    2   0.5       75.00 %",
        "done",
    ]
    assert repr(History()) == "Not started"


def test_to_csv_keeps_every_bit(tmp_path):
    x, t = samples()
    h = small_network().fit(x, t, validation=(x, t), epochs=3, callbacks=[Monitor((x, t), every=2)])
    path = tmp_path / "history.csv"
    h.to_csv(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == h.columns
    for name in h.columns:
        found = np.array([float(row[name] or "nan") for row in rows])
        np.testing.assert_array_equal(found, h[name])


def test_plot_is_a_door_to_plots():
    pytest.importorskip("matplotlib")
    x, t = samples()
    figure = small_network().fit(x, t, epochs=3).plot()
    assert figure.axes


SHOWN = [("epoch", 3.0, "3"), ("loss", None, ""), ("loss", 0.0123456, "0.01235"),
         ("accuracy", 0.5, "50.00 %"), ("seconds", 1.239, "1.24"), ("val_loss", np.nan, "nan"),
         ("lr", 1e-9, "1e-09")]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "text"), SHOWN)
def test_numbers_are_shown_as_people_read_them(column, value, text):
    assert shown(column, value) == text
