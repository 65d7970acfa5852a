"""The figure of a sweep: the loss on held-out samples over the learning rate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from tidu.errors import InputError
from tidu.language import translator
from tidu.plots.style import label_ends, new_figure, styled

_ = translator("library")


def sweep(record: Iterable[Mapping[str, Any]], *, theme: str = "light") -> Any:
    """Draw the loss over the learning rate, a line for each size of the hidden layers.

    Parameters
    ----------
    record : rows of `Sweep.record`
        With ``hidden``, ``lr``, ``loss`` and ``spread``; rows whose loss is not finite are left
        out.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> rows = [{"hidden": "32", "lr": lr, "loss": lr, "spread": 0.1} for lr in (0.1, 1.0)]
    >>> sweep(rows).axes[0].get_xscale()
    'log'
    """
    rows = sorted(record, key=lambda row: row["lr"])
    if not rows:
        raise InputError("`record` is empty: there is no loss to draw")
    with styled(theme) as look:
        figure = new_figure(height=3.8)
        axes = figure.add_subplot()
        ends = []
        for i, name in enumerate(dict.fromkeys(row["hidden"] for row in rows)):
            own = [row for row in rows if row["hidden"] == name and math.isfinite(row["loss"])]
            if not own:
                continue
            colour = look.series[i % len(look.series)]
            rates, losses = [row["lr"] for row in own], [row["loss"] for row in own]
            spreads = [row["spread"] for row in own]
            axes.errorbar(rates, losses, spreads, color=colour, marker="o", capsize=3)
            ends.append((_("hidden {name}").format(name=name), rates[-1], losses[-1], colour))
        axes.set(
            xscale="log",
            yscale="log",
            xlabel=_("learning rate"),
            ylabel=_("loss on samples held out"),
            title=_("mean and standard deviation over the seeds"),
        )
        figure.draw_without_rendering()
        label_ends(axes, ends)
    return figure
