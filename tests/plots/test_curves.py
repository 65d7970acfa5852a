import numpy as np
import pytest

from tests.plots.samples import FULL, Curves
from tidu.plots import history

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")


def drawn(**changes):
    """Draw the sample with columns changed, or left out where they are None."""
    table = {name: values for name, values in (FULL | changes).items() if values is not None}
    return history(Curves(table))


def lines(ax):
    return {line.get_color(): line.get_xydata() for line in ax.lines}


def test_each_column_is_a_line():
    loss, accuracy = drawn().axes
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("loss", "accuracy")
    for ax, column in [(loss, "loss"), (accuracy, "accuracy")]:
        training, validation = lines(ax).values()
        np.testing.assert_array_equal(training, np.c_[FULL["epoch"], FULL[column]])
        np.testing.assert_array_equal(validation, np.c_[FULL["epoch"], FULL[f"val_{column}"]])


def test_lines_are_labelled_where_they_end():
    loss, accuracy = drawn().axes
    assert {text.get_text() for text in loss.texts} == {"training 0.0312", "validation 0.0323"}
    assert "training 98.4 %" in {text.get_text() for text in accuracy.texts}
    assert loss.get_legend() is None


def test_labels_of_lines_that_end_together_are_kept_apart():
    figure = drawn(val_loss=FULL["loss"])
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 2
    assert not boxes[0].overlaps(boxes[1])


@pytest.mark.parametrize(
    ("missing", "panels", "lines_each"),
    [
        ({"val_loss": None, "val_accuracy": None}, 2, 1),
        ({"accuracy": None, "val_accuracy": None}, 1, 2),
        ({"accuracy": None, "val_accuracy": None, "val_loss": None}, 1, 1),
        ({"val_loss": np.full(6, np.nan), "val_accuracy": None}, 2, 1),
    ],
)
def test_draws_what_there_is(missing, panels, lines_each):
    axes = drawn(**missing).axes
    assert len(axes) == panels
    assert {len(ax.lines) for ax in axes} == {lines_each}


def test_epochs_without_validation_are_passed_over():
    ax = drawn(val_loss=[1.0, np.nan, 0.5, np.nan, np.nan, np.nan]).axes[0]
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), [[1, 1.0], [3, 0.5]])


def test_one_epoch_is_a_point_that_shows():
    figure = history(Curves({"epoch": [1], "loss": [0.5]}, status=""))
    assert figure.axes[0].lines[0].get_marker() == "o"


def test_the_status_is_told():
    assert "Finished 6 epochs." in drawn().get_suptitle()
