"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidu.arrays import Array, check_same_shape, described
from tidu.errors import InputError, ShapeError
from tidu.language import translator
from tidu.plots.style import Theme, new_figure, shade, styled, whole_percent

_ = translator("library")

_READABLE = 20  # more classes than this, and numbers in the cells cannot be read


def confusion_matrix(
    t: Array,
    predicted: Array,
    class_names: Sequence[str] | None = None,
    *,
    theme: str = "light",
) -> Any:
    """Draw how many of each class were taken for which, with the share of the row below.

    Cells on the diagonal are blue and mistakes are orange; the colour is the stronger the larger
    the share of the row. Orange is scaled to the most common mistake, so that rare mistakes are
    seen too.

    Parameters
    ----------
    t, predicted
        The true classes and those predicted: integers, shape (N,).
    class_names
        A name for each class; their numbers if not given.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError, InputError, TypeError
        If the classes are not integers of one shape, or there is no name for one.

    Examples
    --------
    >>> figure = confusion_matrix([0, 1, 1, 1], [0, 1, 1, 0], ["cat", "dog"])
    >>> figure.axes[0].get_title(loc="left")
    '3 of 4 correct (75.0 %)'
    """
    counts, names = tally(t, predicted, class_names)
    with styled(theme) as look:
        side = min(2.0 + 0.4 * len(names), 6.0)
        figure = new_figure(height=side, width=side + 0.4)
        draw_confusion(figure.subplots(), counts, names, look)
    return figure


def tally(
    t: Array, predicted: Array, class_names: Sequence[str] | None, classes: int = 1
) -> tuple[np.ndarray, list[str]]:
    """Return counts (a row a true class, a column a predicted one) and the names of the classes."""
    t, predicted = _classes("t", t), _classes("predicted", predicted)
    check_same_shape("t", t, "predicted", predicted, "an entry for each sample")
    needed = max(classes, t.max(initial=0) + 1, predicted.max(initial=0) + 1)
    names = [str(k) for k in range(needed)] if class_names is None else list(map(str, class_names))
    if len(names) < needed:
        raise InputError(
            f"`class_names` has {len(names)} names for {needed} classes; give one for each, "
            "counted from 0"
        )
    counts = np.zeros((len(names), len(names)), int)
    np.add.at(counts, (t, predicted), 1)
    return counts, names


def _classes(name: str, classes: Array) -> np.ndarray:
    array = np.asarray(classes)
    if array.ndim != 1 or len(array) == 0:
        raise ShapeError(f"`{name}` must be integers of shape (N,), got {described(array)}")
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"`{name}` must be integers, the numbers of classes, got {described(array)}"
        )
    if array.min() < 0:
        raise InputError(f"`{name}` must hold classes counted from 0, got {array.min()}")
    return array.astype(int)


def draw_confusion(ax: Any, counts: np.ndarray, names: Sequence[str], look: Theme) -> None:
    """Draw a matrix of counts on axes."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.eye(len(counts), dtype=bool)
    most = shares[~right].max(initial=0) or 1.0
    correct, wrong = (
        shade(look.paper, colour, 0.5 * strength)  # pale enough for the ink on it
        for colour, strength in [(look.blue, shares), (look.orange, np.sqrt(shares / most))]
    )
    ax.imshow(np.where(right[..., None], correct, wrong))
    if len(names) <= _READABLE:
        _write_cells(ax, counts, shares)
        ax.set_yticks(range(len(names)), names)
        long = max(map(len, names)) > 3
        ax.set_xticks(
            range(len(names)), names, rotation=40 if long else 0, ha="right" if long else "center",
            rotation_mode="anchor",
        )  # fmt: skip
    ax.grid(visible=False)
    ax.tick_params(length=0)
    ax.spines[:].set(visible=True, alpha=0.4)
    ax.set_xlabel(_("predicted class"))
    ax.set_ylabel(_("true class"))
    n, correct = counts.sum(), counts.trace()
    ax.set_title(
        _("{correct} of {n} correct ({percent:.1f} %)").format(
            correct=correct, n=n, percent=100 * correct / n
        )
    )


def _write_cells(ax: Any, counts: np.ndarray, shares: np.ndarray) -> None:
    """Write the count and, below it, its share of the row; nothing where nothing was counted."""
    size = min(9.0, 85 / len(counts))
    for row, column in np.argwhere(counts > 0):
        for text, points, side in [
            (f"{counts[row, column]}", size, "bottom"),
            (whole_percent(shares[row, column]), 0.7 * size, "top"),
        ]:
            ax.annotate(
                text,
                (column, row),
                xytext=(0, -1),
                textcoords="offset points",
                ha="center",
                va=side,
                fontsize=points,
            )
