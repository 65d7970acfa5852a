"""Learning curves: loss and accuracy over the epochs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.errors import InputError
from tidu.language import translator
from tidu.plots.style import Theme, label_ends, new_figure, styled, write_status

_ = translator("library")


def history(history: Any, *, theme: str = "light") -> Any:
    """Draw the loss and, where it was kept, the accuracy of each epoch.

    Parameters
    ----------
    history
        What `fit` returned: columns ``epoch``, ``loss`` and, each where there is one,
        ``accuracy`` and the same of other data: ``val_`` (validation) and ``test_``.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure
        Not shown; a notebook shows it, and `save` writes it to a file.

    Raises
    ------
    InputError
        If no epoch was finished.

    Examples
    --------
    >>> history(net.fit(x, t, epochs=10))  # doctest: +SKIP
    <Figure size 900x320 with 2 Axes>
    """
    with styled(theme) as look:
        figure = new_figure(height=3.2)
        draw_history(figure, history, look)
    return figure


def draw_history(figure: Any, history: Any, look: Theme) -> None:
    """Draw learning curves on a figure or a part of one."""
    check_history(history)
    quantities = [name for name in ("loss", "accuracy") if name in history.columns]
    axes = figure.subplots(1, len(quantities), squeeze=False)[0]
    write_status(figure, history.status, look)
    labels = [
        _draw_quantity(ax, history, quantity, look)
        for ax, quantity in zip(axes, quantities, strict=True)
    ]
    axes[0].get_figure(root=True).draw_without_rendering()
    for ax, ends in zip(axes, labels, strict=True):
        label_ends(ax, ends)


def check_history(history: Any) -> None:
    """Raise unless this is a history with at least one epoch."""
    columns = getattr(history, "columns", None)
    if columns is None or not {"epoch", "loss"} <= set(columns):
        raise TypeError(
            "`history` must be what fit returns, with columns 'epoch' and 'loss', "
            f"got {type(history).__name__}"
        )
    if len(history["epoch"]) == 0:
        raise InputError("`history` is empty: no epoch was finished, so there is nothing to draw")


_Labels = list[tuple[str, float, float, str]]


def _draw_quantity(ax: Any, history: Any, quantity: str, look: Theme) -> _Labels:
    """Draw the lines of one quantity, and return the labels of their ends."""
    epoch = np.asarray(history["epoch"])
    marker = "o" if len(epoch) <= 30 else None
    labels: _Labels = []
    rows = [
        (_("training"), quantity, look.blue),
        (_("validation"), f"val_{quantity}", look.orange),
        (_("test"), f"test_{quantity}", look.green),
    ]
    for name, column, colour in rows:
        if column not in history.columns:
            continue
        values = np.asarray(history[column], dtype=float)
        known = np.isfinite(values)
        if not known.any():
            continue
        ax.plot(epoch[known], values[known], color=colour, marker=marker, markersize=3)
        last = values[known][-1]
        shown = f"{last:.3g}" if quantity == "loss" else f"{100 * last:.1f} %"
        labels.append((f"{name} {shown}", epoch[known][-1], last, colour))
    ax.set_xlabel(_("epoch"))
    ax.set_ylabel(_("accuracy") if quantity == "accuracy" else _("loss"))
    ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    if quantity == "accuracy":
        ax.yaxis.set_major_formatter(lambda value, place: f"{100 * value:.4g} %")
    return labels
