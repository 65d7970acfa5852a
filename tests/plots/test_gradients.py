import numpy as np
import pytest

from tests.plots.samples import CHECK
from tidu.checking import check_gradient
from tidu.plots import gradient_report

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")

PAPER = (1, 1, 1)


def cells(axes):
    return axes.images[0].get_array()


def is_orange(cell):
    return cell[0] > cell[1] > cell[2]


def is_blue(cell):
    return cell[0] < cell[1] < cell[2]


def test_wrong_entries_are_orange_at_their_place_and_right_ones_blue():
    found = cells(gradient_report(CHECK).axes[0])
    assert found.shape == (2, 2, 3)
    assert is_orange(found[0, 1])
    assert is_orange(found[1, 0])
    assert is_blue(found[0, 0])
    assert is_blue(found[1, 1])


def test_each_part_has_a_map_in_the_shape_of_x():
    x = {"a": np.array(2.0), "b": np.ones(3), "c": np.ones((2, 2, 2))}
    f = lambda p: p["a"] + sum(p["b"]) + p["c"].sum()  # noqa: E731
    figure = gradient_report(check_gradient(f, x, {n: np.ones_like(v) for n, v in x.items()}))
    assert [cells(axes).shape[:2] for axes in figure.axes[:3]] == [(1, 1), (1, 3), (2, 4)]
    assert "all 8 right" in figure.axes[2].get_title(loc="left")


def test_what_was_not_looked_at_is_left_as_paper():
    report = check_gradient(np.sum, np.ones((4, 5)), np.ones((4, 5)), entries=3)
    found = cells(gradient_report(report).axes[0]).reshape(-1, 3)
    assert np.sum(np.any(found != PAPER, axis=1)) == 3


def test_one_wrong_entry_among_many_is_seen():
    dx = np.ones((200, 100))
    dx[123, 45] = 2
    coarse = cells(gradient_report(check_gradient(np.sum, np.ones((200, 100)), dx)).axes[0])
    assert max(coarse.shape[:2]) <= 48
    assert sum(is_orange(cell) for cell in coarse.reshape(-1, 3)) == 1
    assert is_orange(coarse[123 // 5, 45 // 3])


def test_random_directions_are_a_row_and_nan_is_counted():
    figure = gradient_report(check_gradient(np.sum, np.ones(9), np.full(9, np.nan), directions=4))
    assert cells(figure.axes[0]).shape[:2] == (1, 4)
    assert figure.axes[1].get_title(loc="left") == "analytic slopes against numeric (4 not finite)"


def test_the_slopes_are_those_of_the_report():
    axes = gradient_report(CHECK).axes[-1]
    drawn = {
        tuple(np.round(point, 6)) for line in axes.lines[2:] for point in line.get_xydata().tolist()
    }
    assert drawn == {(e.numeric.__round__(6), e.analytic) for e in CHECK.entries}


def test_the_door():
    assert len(CHECK.plot(theme="dark").axes) == 2
