"""The loss on a plane through the parameters, with the way that training took."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.landscape import Landscape
from tidu.language import translator
from tidu.plots.contours import draw_contours
from tidu.plots.style import new_figure, styled

_ = translator("library")


def loss_landscape(landscape: Landscape, *, theme: str = "light") -> Any:
    """Draw the contours of a loss landscape, and the path on it if there is one.

    Contours lie closer to the lowest loss than even steps would, so that flat valleys show.

    Parameters
    ----------
    landscape
        What `tidu.loss_landscape` returns.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If ``landscape`` is not a landscape.

    Examples
    --------
    >>> loss_landscape(td.loss_landscape(net, x, t))  # doctest: +SKIP
    """
    if not isinstance(landscape, Landscape):
        raise TypeError(
            f"`landscape` must be what loss_landscape returns, got {described(landscape)}"
        )
    with styled(theme) as look:
        figure = new_figure(height=4.8, width=6.4)
        axes = figure.subplots()
        z = np.ma.masked_invalid(landscape.losses)
        bounds = float(z.min()), float(z.max())
        draw_contours(axes, landscape.a, landscape.b, z, bounds, look)
        if len(landscape.path):
            axes.plot(
                *landscape.path.T,
                color=look.orange,
                marker="o",
                markersize=3,
                linewidth=1.2,
                label=_("path, {explained:.1%} of it in this plane").format(
                    explained=landscape.explained
                ),
            )
            axes.plot(*landscape.path[0], color=look.ink, marker="s", markersize=6)
        axes.plot(0, 0, color=look.ink, marker="*", markersize=10, linestyle="none", label="θ")
        axes.legend(loc="upper right", frameon=True, framealpha=0.8)
        if len(landscape.path):
            axes.set_xlabel(_("a, along the first principal direction"))
            axes.set_ylabel(_("b, along the second principal direction"))
        else:
            axes.set_xlabel(_("a, along the first random direction"))
            axes.set_ylabel(_("b, along the second random direction"))
        axes.set_title(_("loss at θ + a·u + b·v"))
    return figure
