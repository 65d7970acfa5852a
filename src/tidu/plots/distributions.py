"""Activations, parameters and gradients over the epochs of a run, as bands of quantiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.errors import InputError, check_choice
from tidu.language import translator
from tidu.plots.style import Theme, new_figure, shade, styled
from tidu.training.distributions import PARTS, Distribution, Distributions

_ = translator("library")

_ACROSS = 4


def distributions(watched: Distributions, of: str = "activations", *, theme: str = "light") -> Any:
    """Draw how some arrays were distributed after each epoch: medians, and bands of quantiles.

    The dark band holds the middle half of the numbers, the light one 90 %, and the thin lines all.

    Parameters
    ----------
    watched
        The callback, after the run.
    of
        ``"activations"``, ``"parameters"`` or ``"gradients"``.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, InputError
        If there is nothing to draw.

    Examples
    --------
    >>> distributions(watched, of="gradients")  # doctest: +SKIP
    """
    if not isinstance(watched, Distributions):
        raise TypeError(f"`watched` must be a Distributions callback, got {described(watched)}")
    check_choice("of", of, PARTS)
    arrays: dict[str, list[Distribution]] = getattr(watched, of)
    if not arrays:
        raise InputError("`watched` holds no measurements: give it to fit in `callbacks` first")
    with styled(theme) as look:
        rows = math.ceil(len(arrays) / _ACROSS)
        columns = min(len(arrays), _ACROSS)
        figure = new_figure(height=0.3 + 2.0 * rows)
        cells = figure.subplots(rows, columns, squeeze=False, sharex=True).ravel()
        for axes, (name, found) in zip(cells, arrays.items(), strict=False):
            _draw_bands(axes, watched.epochs, found, look)
            axes.set_title(name)
        for axes in cells[len(arrays) :]:
            axes.remove()
        for axes in cells[max(len(arrays) - columns, 0) : len(arrays)]:
            axes.set_xlabel(_("epoch"))
            axes.tick_params(labelbottom=True)
    return figure


def _draw_bands(axes: Any, epochs: list[int], found: list[Distribution], look: Theme) -> None:
    lowest, p5, p25, median, p75, p95, highest = np.array([d.quantiles for d in found]).T
    for low, high, strength in ((p5, p95, 0.25), (p25, p75, 0.5)):
        axes.fill_between(
            epochs, low, high, color=shade(look.paper, look.blue, strength), linewidth=0
        )
    axes.plot(epochs, median, color=look.blue)
    for line in (lowest, highest):
        axes.plot(epochs, line, color=look.faint, linewidth=0.7)
    axes.xaxis.get_major_locator().set_params(integer=True, nbins=5)
