"""The figure of a learning-rate range test."""

from __future__ import annotations

from typing import Any

from tidu.doctor import RangeTest
from tidu.language import translator
from tidu.plots.style import new_figure, styled, write_status

_ = translator("library")


def range_test(test: Any, *, theme: str = "light") -> Any:
    """Draw the loss over the learning rate, and the rate that is suggested.

    Parameters
    ----------
    test : RangeTest
        What `Network.lr_range_test` returned.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> range_test(net.lr_range_test(x, t))  # doctest: +SKIP
    <Figure size 900x340 with 1 Axes>
    """
    if not isinstance(test, RangeTest):
        raise TypeError(f"`test` must be what lr_range_test returns, got {type(test).__name__}")
    with styled(theme) as look:
        figure = new_figure(height=3.4)
        write_status(figure, repr(test), look)
        axes = figure.add_subplot()
        axes.plot(test.rates, test.losses, ".", color=look.faint, label=_("of each batch"))
        axes.plot(test.rates, test.smoothed, color=look.blue, label=_("smoothed"))
        axes.axvline(test.suggestion, color=look.orange, linestyle="--", label=_("suggested"))
        axes.set_xscale("log")
        axes.set_ylim(0, 1.1 * max(test.smoothed[0], 2 * test.smoothed.min()))
        axes.set_xlabel(_("learning rate"))
        axes.set_ylabel(_("loss"))
        axes.legend(frameon=False, labelcolor=look.ink)
    return figure
