"""One figure of a whole training: learning curves, confusions and the worst mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidu.arrays import Array, described
from tidu.errors import ShapeError
from tidu.language import translator
from tidu.plots.confusion import draw_confusion, tally
from tidu.plots.curves import check_history, draw_history
from tidu.plots.images import draw_mistakes, find_mistakes
from tidu.plots.style import new_figure, styled

_ = translator("library")


def training_report(
    history: Any,
    t: Array,
    probabilities: Array,
    x: Array,
    image_shape: tuple[int, ...] | None,
    class_names: Sequence[str] | None = None,
    *,
    theme: str = "light",
) -> Any:
    """Draw learning curves, the confusion matrix and the worst mistakes on one figure.

    Parameters
    ----------
    history
        What `fit` returned.
    t, probabilities, x
        True classes (N,), predicted probabilities (N, C) and images (N, ...), of samples that
        were not learned from.
    image_shape, class_names
        As for `mistakes`; an ``image_shape`` of None leaves the images out.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError, InputError, TypeError
        As for `history`, `confusion_matrix` and `mistakes`.

    Examples
    --------
    >>> history = net.fit(x, t, validation=(xv, tv))  # doctest: +SKIP
    >>> training_report(history, tv, net.predict_proba(xv), xv, (28, 28))  # doctest: +SKIP
    <Figure size 900x740 with 19 Axes>
    """
    check_history(history)
    with styled(theme) as look:
        figure = new_figure(height=7.4)
        above, below = figure.subfigures(2, 1, height_ratios=(2.6, 4.8))
        if image_shape is None:
            counts, names = tally(t, np.argmax(probabilities, axis=1), class_names)
            draw_confusion(below.subplots(), counts, names, look)
        else:
            found = find_mistakes(x, t, probabilities, image_shape, class_names)
            left, right = below.subfigures(1, 2, width_ratios=(4.9, 4.1))
            draw_confusion(left.subplots(), found.counts, found.names, look)
            draw_mistakes(right, found, count=16, rows=4, columns=4)
        draw_history(above, history, look)
    return figure


def values_report(history: Any, t: Array, y: Array, *, theme: str = "light") -> Any:
    """Draw learning curves, and predicted against true values.

    Parameters
    ----------
    history
        What `fit` returned.
    t, y
        True and predicted values, (N,) or (N, K), of samples that were not learned from; the first
        column is drawn.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If no epoch was finished.
    ShapeError
        If there is not one prediction for each true value.

    Examples
    --------
    >>> values_report(history, tv, net.predict(xv))  # doctest: +SKIP
    <Figure size 900x740 with 2 Axes>
    """
    check_history(history)
    t, y = (np.asarray(values, float) for values in (t, y))
    if t.shape != y.shape or t.ndim not in (1, 2) or not len(t):
        raise ShapeError(
            f"`t` and `y` must be values of the same samples, got {described(t)} and {described(y)}"
        )
    t, y = t.reshape(len(t), -1)[:, 0], y.reshape(len(y), -1)[:, 0]
    with styled(theme) as look:
        figure = new_figure(height=7.4)
        above, below = figure.subfigures(2, 1, height_ratios=(2.6, 4.8))
        ax = below.subplots()
        low, high = min(t.min(), y.min()), max(t.max(), y.max())
        ax.plot([low, high], [low, high], color=look.faint, linewidth=1)
        ax.scatter(t, y, s=12, alpha=0.6, color=look.blue, linewidths=0)
        ax.set(xlabel=_("true value"), ylabel=_("predicted value"), aspect="equal")
        draw_history(above, history, look)
    return figure
