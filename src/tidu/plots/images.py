"""The worst mistakes of a classifier of images, to look at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.arrays import Array, described
from tidu.errors import ShapeError, check_integer
from tidu.language import translator
from tidu.plots.confusion import tally
from tidu.plots.style import new_figure, styled, whole_percent

_ = translator("library")

_COLUMNS = 8


def mistakes(
    x: Array,
    t: Array,
    probabilities: Array,
    image_shape: tuple[int, ...],
    class_names: Sequence[str] | None = None,
    count: int = 16,
    *,
    theme: str = "light",
) -> Any:
    """Draw the worst mistakes as images, each with its true and its predicted class.

    The worst are those whose true class was given the smallest probability.

    Parameters
    ----------
    x
        The images, shape (N, height·width) or (N, height, width).
    t
        The true classes: integers, shape (N,).
    probabilities
        What `predict_proba` gives, shape (N, C).
    image_shape
        ``(height, width)``.
    class_names
        A name for each class; their numbers if not given.
    count
        How many images at most.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError, InputError, TypeError
        If shapes do not fit together, or an argument cannot be used.

    Examples
    --------
    >>> figure = mistakes(np.eye(4), [0, 1, 0, 1], [[0.9, 0.1]] * 4, image_shape=(2, 2))
    >>> figure.get_suptitle()
    'all 2 mistakes: true → predicted (its probability)'
    """
    count = check_integer("count", count)
    found = find_mistakes(x, t, probabilities, image_shape, class_names)
    rows = math.ceil(min(count, max(len(found.images), 1)) / _COLUMNS)
    with styled(theme):
        figure = new_figure(height=0.4 + 1.4 * rows)
        draw_mistakes(figure, found, count, rows, _COLUMNS)
    return figure


@dataclass(frozen=True)
class Mistakes:
    """All mistakes, worst first, and the matrix of counts that they are a part of."""

    images: np.ndarray
    """(M, height, width) or, in colour, (M, height, width, 3), scaled to 0 to 1 together."""
    captions: list[str]
    counts: np.ndarray
    names: list[str]


def find_mistakes(
    x: Array,
    t: Array,
    probabilities: Array,
    image_shape: tuple[int, ...],
    class_names: Sequence[str] | None,
) -> Mistakes:
    """Return the mistakes; the arguments are those of `mistakes`, and are checked."""
    x, t, probabilities = np.asarray(x), np.asarray(t), np.asarray(probabilities)
    if probabilities.ndim != 2 or len(probabilities) != t.size or probabilities.shape[1] < 2:
        raise ShapeError(
            f"`probabilities` must have a row for each of the {t.size} samples of `t` and a column "
            f"for each class, got {described(probabilities)}"
        )
    predicted = probabilities.argmax(axis=1)
    counts, names = tally(t, predicted, class_names, probabilities.shape[1])
    sides = np.atleast_1d(image_shape)
    if len(sides) not in (2, 3) or x.size != len(t) * math.prod(sides):
        raise ShapeError(
            f"`image_shape` must be the (height, width) of each of the {len(t)} images of `x`, "
            f"got {image_shape!r} for {described(x)}"
        )
    wrong = np.flatnonzero(predicted != t)
    wrong = wrong[np.argsort(probabilities[wrong, t[wrong]], kind="stable")]
    low, high = float(x.min()), float(x.max())
    images = (x.reshape(len(t), *sides)[wrong] - low) / ((high - low) or 1.0)
    gap = "\n" if max(map(len, names)) > 3 else " "
    captions = [
        f"{names[t[i]]} →{gap}{names[k]} ({whole_percent(probabilities[i, k])})"
        for i, k in zip(wrong, predicted[wrong], strict=True)
    ]
    return Mistakes(images, captions, counts, names)


def draw_mistakes(figure: Any, found: Mistakes, count: int, rows: int, columns: int) -> None:
    """Draw images on a figure or a part of one."""
    total, shown = len(found.images), min(count, len(found.images))
    title = _("no mistakes to show")
    if shown < total:
        title = _("the worst {shown} of {total} mistakes: true → predicted (its probability)")
    elif total:
        title = _("all {total} mistakes: true → predicted (its probability)")
    figure.suptitle(title.format(shown=shown, total=total), x=0.01, ha="left", fontsize=9.5)
    cells = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax in cells:
        ax.set_axis_off()
    for ax, image, caption in zip(cells, found.images[:shown], found.captions, strict=False):
        ax.imshow(image, cmap="gray", vmin=0, vmax=1)
        ax.set_title(caption, loc="center", fontsize=7, pad=3)
