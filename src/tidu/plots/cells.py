"""Arrays drawn as blocks of cells: each entry a square with its number in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.plots.style import Theme, shade


def draw_cells(
    axes: Any,
    values: np.ndarray,
    corner: tuple[float, float],
    look: Theme,
    *,
    colour: str,
    marked: np.ndarray | None = None,
    copies: np.ndarray | None = None,
) -> float:
    """Draw a block of cells with its upper left corner at a place; return where it ends in x.

    Parameters
    ----------
    axes
        With one unit for a cell, in both directions.
    values : (rows, columns)
        The numbers.
    corner
        The place (x, y).
    look
        The colours of the theme.
    colour
        The colour of the block.
    marked
        Which cells stand out; all, if it is None.
    copies
        Which cells are copies that broadcasting makes: they are drawn pale, with a dashed frame.
    """
    from matplotlib.patches import Rectangle

    marked = np.ones(values.shape, bool) if marked is None else marked
    copies = np.zeros(values.shape, bool) if copies is None else copies
    x0, y0 = corner
    for (row, column), value in np.ndenumerate(values):
        strength = 0.1 if copies[row, column] or not marked[row, column] else 0.45
        axes.add_patch(
            Rectangle(
                (x0 + column, y0 - row - 1), 1, 1,
                facecolor=shade(look.paper, colour, np.array(strength)),
                edgecolor=colour, linewidth=0.8,
                linestyle=":" if copies[row, column] else "-",
            )
        )  # fmt: skip
        axes.text(
            x0 + column + 0.5, y0 - row - 0.5, f"{value:g}", ha="center", va="center", fontsize=8.5,
            color=look.faint if copies[row, column] else look.ink,
        )  # fmt: skip
    return x0 + values.shape[1]
