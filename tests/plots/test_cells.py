import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")

from tidu.plots.cells import draw_cells
from tidu.plots.style import new_figure, styled


def test_each_entry_is_a_square_with_its_number():
    with styled("light") as look:
        axes = new_figure(height=2).subplots()
        end = draw_cells(axes, np.array([[1, 2], [3, 40]]), (5, 0), look, colour=look.blue)
    assert end == 7
    assert [text.get_text() for text in axes.texts] == ["1", "2", "3", "40"]
    assert [cell.get_xy() for cell in axes.patches] == [(5, -1), (6, -1), (5, -2), (6, -2)]


def test_cells_that_are_not_marked_are_pale():
    with styled("light") as look:
        axes = new_figure(height=2).subplots()
        mask = np.array([[True, False]])
        draw_cells(axes, np.array([[1, 2]]), (0, 0), look, colour=look.blue, marked=mask)
    strong, pale = (np.mean(cell.get_facecolor()[:3]) for cell in axes.patches)
    assert strong < pale
