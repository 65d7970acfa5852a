"""Arrays as blocks: element by element, broadcast, multiplied as matrices, and chosen from."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu.errors import InputError
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.language import translator
from tidu.plots.cells import draw_cells
from tidu.plots.style import Theme, new_figure
from tidu.recipes.signature import Setting

_ = translator("experiments")

A = np.array([[1, 2, 3], [4, 5, 6]])
B = np.array([[10, 20, 30], [40, 50, 60]])
C = np.array([[1, 0], [0, 1], [2, 2]])

_CELLS = 26
"""How many cells the figure is wide."""

Shape = Annotated[tuple[int, ...], Setting("shape", 1, 6)]


@experiment("broadcasting", title="Arrays as blocks: shapes, broadcasting, products, masks")
def broadcasting(*, left: Shape = (3, 1), right: Shape = (4,)) -> Result:
    """Add two arrays of other shapes, multiply matrices, and choose entries; all drawn as blocks.

    The shapes have one or two numbers. They are compared from the last on: two lengths fit if they
    are equal, or if one of them is 1, which is then stretched.

    Examples
    --------
    >>> broadcasting(left=(2, 3), right=(3,)).numbers["sum"]
    array([[10, 21, 32],
           [13, 24, 35]])
    """
    for name, shape in (("left", left), ("right", right)):
        if len(shape) > 2:
            raise InputError(f"`{name}` must have one or two numbers to be drawn, got {shape}")
    a = np.arange(np.prod(left)).reshape(left)
    b = 10 * (1 + np.arange(np.prod(right)).reshape(right))
    try:
        total = a + b
    except ValueError:
        raise InputError(
            f"`left` {left} and `right` {right} do not broadcast: compared from the last number "
            "on, two lengths must be equal, or one of them 1"
        ) from None
    rows = [
        ("A * B", A.shape, B.shape, (A * B).shape, _("entry times entry")),
        ("left + right", left, right, total.shape, _("lengths of 1 are stretched")),
        ("A @ C", A.shape, C.shape, (A @ C).shape, _("row times column, added up")),
        ("A[1]", A.shape, None, A[1].shape, _("a row: one axis is gone")),
        ("A[:, 1]", A.shape, None, A[:, 1].shape, _("a column: one axis is gone")),
        ("A[:, 1:]", A.shape, None, A[:, 1:].shape, _("a slice: the axis stays")),
        ("A[A > 2]", A.shape, A.shape, A[A > 2].shape, _("where the mask is true, in one row")),
    ]
    return Result(
        numbers={"left": a, "right": b, "sum": total, "product": A * B, "matrix_product": A @ C},
        tables=[
            Table(
                _("what comes of which shapes"),
                (_("expression"), _("shape"), _("other shape"), _("result"), _("how")),
                [(name, str(one), str(other or "–"), str(result), how)
                 for name, one, other, result, how in rows],
            )
        ],
        see=_("Operations such as * and + go entry by entry, and need equal shapes. Where a length "
            "is 1, or an axis is missing on the left, the entries are used again: broadcasting "
            "stretches the block, without a copy in memory. The matrix product A @ C is another "
            "thing: entry (i, j) is row i of A times column j of C, added up, so the inner lengths "
            "must agree. A mask chooses the entries where it is true."),
    )  # fmt: skip


@broadcasting.draws
def draw_broadcasting(record: Record, look: Theme) -> Any:
    """Draw each operation as blocks of cells."""
    numbers = record["numbers"]
    left, right, total = (np.array(numbers[name]) for name in ("left", "right", "sum"))
    shape = np.atleast_2d(total).shape
    bottom = -(10.8 + shape[0])
    figure = new_figure(height=9 * (0.2 - bottom) / _CELLS)
    axes = figure.subplots()
    axes.set(xlim=(-0.1, _CELLS), ylim=(bottom, 0.2), aspect="equal")
    axes.set_axis_off()

    def equation(
        x: float, y: float, title: str, operator: str, blocks: list[dict[str, Any]]
    ) -> None:
        axes.text(x, y + 0.25, title, va="bottom")
        for k, block in enumerate(blocks):
            if k:
                sign = operator if k < len(blocks) - 1 else "="
                middle = y - len(block["values"]) / 2
                axes.text(x + 0.9, middle, sign, ha="center", va="center", fontsize=12)
                x += 1.8
            x = draw_cells(axes, corner=(x, y), look=look, **block)

    row, column, both = np.zeros((2, 3), bool), np.zeros((3, 2), bool), np.zeros((2, 2), bool)
    row[1], column[:, 0], both[1, 0] = True, True, True
    equation(0, -0.8, _("A * B: entry by entry"), "*", [
        {"values": A, "colour": look.blue}, {"values": B, "colour": look.orange},
        {"values": A * B, "colour": look.green},
    ])  # fmt: skip
    equation(14.5, -0.8, _("A @ C: row times column; here 4·1 + 5·0 + 6·2 = 16"), "@", [
        {"values": A, "marked": row, "colour": look.blue},
        {"values": C, "marked": column, "colour": look.orange},
        {"values": A @ C, "marked": both, "colour": look.green},
    ])  # fmt: skip
    equation(
        0,
        -5.4,
        _("{left} + {right}: both are stretched to {total}; dotted cells are used again").format(
            left=left.shape, right=right.shape, total=total.shape
        ),
        "+",
        [
            {
                "values": np.broadcast_to(left, shape),
                "copies": _copies(left, shape),
                "colour": look.blue,
            },
            {
                "values": np.broadcast_to(right, shape),
                "copies": _copies(right, shape),
                "colour": look.orange,
            },
            {"values": np.atleast_2d(total), "colour": look.green},
        ],
    )
    y = -7.0 - shape[0] - 0.7
    chosen = {
        _("A[1]: a row"): row,
        _("A[:, 1]: a column"): np.arange(3) == np.ones((2, 1)),
        _("A[:, 1:]: a slice"): np.arange(3) > np.zeros((2, 1)),
        _("A[A > 2]: a mask"): A > 2,
    }
    for k, (title, marked) in enumerate(chosen.items()):
        axes.text(6.5 * k, y + 0.25, title, va="bottom")
        draw_cells(axes, A, (6.5 * k, y), look, colour=look.purple, marked=marked)
    return figure


def _copies(block: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return which cells of a stretched block are entries that are used again."""
    original = np.zeros(shape, bool)
    rows, columns = np.atleast_2d(block).shape
    original[:rows, :columns] = True
    return ~original
