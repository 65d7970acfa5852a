"""A descent on the contours of its function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.descent import Descent
from tidu.errors import ShapeError
from tidu.language import translator
from tidu.plots.contours import draw_contours
from tidu.plots.style import Theme, halo, new_figure, styled, write_status

_ = translator("library")

_GRID = 101


def descent(f: Callable[[np.ndarray], Any], path: Descent, *, theme: str = "light") -> Any:
    """Draw the points of a descent on the contours of its function.

    The levels are closer together near the minimum, so that flat valleys show.

    Parameters
    ----------
    f
        The function that was minimized; it is evaluated on a grid around the path.
    path
        What `descend` returned, of an ``x`` with two entries.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError, TypeError
        If ``path`` is not a descent in two dimensions.

    Examples
    --------
    >>> from tidu.descent import descend
    >>> bowl = lambda x: x[0] ** 2 + 4 * x[1] ** 2
    >>> figure = descent(bowl, descend(bowl, [-3.0, 2.0], steps=10))
    >>> [text.get_text() for text in figure.axes[0].texts][-2:]
    ['start', 'end']
    """
    if not callable(f):
        raise TypeError(f"`f` must be a function of x, got {described(f)}")
    if not isinstance(path, Descent):
        raise TypeError(f"`path` must be what descend returns, got {described(path)}")
    if path.x.size != 2:
        raise ShapeError(
            f"`path` must be a descent in two dimensions, got x of shape {path.x.shape}; "
            "for another, plot path.values over the steps"
        )
    with styled(theme) as look:
        figure = new_figure(height=4.8, width=6.4)
        write_status(figure, path.status, look)
        shape = path.x.shape
        points = path.path.reshape(-1, 2)
        draw_path(figure.subplots(), lambda x: f(x.reshape(shape)), points, path.values, look)
    return figure


def draw_path(
    ax: Any, f: Callable[[np.ndarray], Any], points: np.ndarray, values: np.ndarray, look: Theme
) -> None:
    """Draw contours of f and a path of points ``(n, 2)``, whose values of f are given, on axes."""
    across, up = (_around(points[:, k]) for k in range(2))
    with np.errstate(all="ignore"):  # what is not finite is left blank
        z = np.array([[f(np.array([a, b])) for a in across] for b in up])
    z = np.ma.masked_invalid(z.reshape(len(up), len(across)).astype(float))
    seen = np.append(z.compressed(), values)
    draw_contours(ax, across, up, z, (float(seen.min()), float(seen.max())), look)
    size = 3 if len(points) <= 60 else 1.5
    ax.plot(*points.T, color=look.orange, marker="o", markersize=size, linewidth=1.2)
    for name, point, marker, side in [
        (_("start"), points[0], "s", 8),
        ("end", points[-1], "*", -15),
    ]:
        ax.plot(*point, color=look.ink, marker=marker, markersize=8)
        ax.annotate(
            name,
            point,
            xytext=(0, side),
            textcoords="offset points",
            ha="center",
            path_effects=halo(look),
        )
    ax.set_xlabel("x[0]")
    ax.set_ylabel("x[1]")


def _around(values: np.ndarray) -> np.ndarray:
    """Return a grid around the values, with a minimum width where they hardly differ."""
    low, high = float(values.min()), float(values.max())
    margin = max((high - low) / 4, 0.05 * abs(high)) or 1.0
    return np.linspace(low - margin, high + margin, _GRID)
