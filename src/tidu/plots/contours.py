"""Contours that show a flat valley: closer together near the lowest value."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.plots.style import Theme, halo, shade

_LEVELS = 16


def draw_contours(
    axes: Any,
    across: np.ndarray,
    up: np.ndarray,
    z: np.ndarray,
    bounds: tuple[float, float],
    look: Theme,
) -> None:
    """Draw labelled contours of ``z (up, across)``, lowest to highest; masked parts stay blank."""
    from matplotlib.colors import ListedColormap

    low, high = bounds
    if 0 < high - low < np.inf:
        levels = low + (high - low) * np.linspace(0, 1, _LEVELS) ** 2.5
        colours = ListedColormap(shade(look.paper, look.blue, np.linspace(0.5, 0.0, _LEVELS)))
        axes.contourf(across, up, z, levels, cmap=colours)
        lines = axes.contour(across, up, z, levels, colors=look.faint, linewidths=0.5, alpha=0.7)
        for text in axes.clabel(lines, levels[4::4], fmt="%.3g", fontsize=7, colors=look.ink):
            text.set_path_effects(halo(look))
    axes.grid(visible=False)
