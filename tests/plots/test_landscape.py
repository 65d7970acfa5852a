import numpy as np
import pytest

from tests.plots.samples import PATH, valley
from tidu.descent import descend
from tidu.optimizers import SGD
from tidu.plots import descent

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")


def flat(x):
    return 1.0


def log_barrier(x):
    return np.sum(x * x) - 0.1 * np.log(x[0])


def test_every_point_is_drawn_and_both_ends_are_named():
    ax = descent(valley, PATH).axes[0]
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), PATH.path)
    assert {"start", "end"} <= {text.get_text() for text in ax.texts}
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    assert left < PATH.path[:, 0].min() < PATH.path[:, 0].max() < right
    assert low < PATH.path[:, 1].min() < PATH.path[:, 1].max() < high


def test_the_status_is_told():
    assert " ".join(descent(valley, PATH).get_suptitle().split()) == PATH.status


@pytest.mark.parametrize(
    ("f", "x0", "lr"),
    [
        (valley, [-3.0, 4.0], 10.0),  # diverges: values to 1e256
        (valley, [-3.0, 4.0], 1e-10),  # hardly moves
        (valley, [0.0, 0.0], 0.1),  # does not move at all
        (flat, [1.0, 2.0], 0.1),  # no contours
        (log_barrier, [0.1, 1.0], 0.05),  # not finite on a part of the grid
        (lambda x: np.sum(x**2), [[3.0, 1.0]], 0.1),  # another shape of two entries
    ],
)
def test_draws_whatever_happened(f, x0, lr):
    figure = descent(f, descend(f, x0, optimizer=SGD(lr), steps=40))
    figure.draw_without_rendering()
