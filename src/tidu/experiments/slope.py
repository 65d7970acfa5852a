"""The slope of a curve at a point, and the tangent that it gives."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.language import translator
from tidu.numeric import derivative
from tidu.plots.style import Theme, new_figure
from tidu.recipes.signature import Setting

_ = translator("experiments")


def parabola(x: Any) -> Any:
    """Return 0.01 x² + 0.1 x."""
    return 0.01 * x**2 + 0.1 * x


@experiment("slope", title="The slope of a curve at a point, and its tangent there")
def slope(
    *,
    points: Annotated[tuple[float, ...], Setting("where to take the slope", 0, 20)] = (5.0, 10.0),
    h: Annotated[float, Setting("how far to step to each side", 1e-12, 1)] = 1e-4,
) -> Result:
    """Take the slope of f(x) = 0.01 x² + 0.1 x as (f(x + h) − f(x − h)) / 2h, and draw tangents.

    Examples
    --------
    >>> slope(points=(5,)).numbers["slopes"]
    [0.1999999999990898]
    """
    slopes = [derivative(parabola, x, step=h) for x in points]
    exact = [0.02 * x + 0.1 for x in points]

    return Result(
        numbers={"points": points, "slopes": slopes, "exact": exact},
        tables=[
            Table(
                _("the slope with h = {h:g}, and by the rules: 0.02 x + 0.1").format(h=h),
                ("x", "f(x)", _("measured"), _("exact"), _("difference")),
                [
                    (x, parabola(x), f"{rise:.16f}", f"{rule:.4f}", f"{rise - rule:.1e}")
                    for x, rise, rule in zip(points, slopes, exact, strict=True)
                ],
            )
        ],
        see=_(
            "Two values of the function, a small step to each side, give the slope to about ten "
            "digits. The tangent touches the curve and shows where a small step leads; the "
            "steeper the curve, the larger the slope."
        ),
    )


@slope.draws
def draw_slope(record: Record, look: Theme) -> Any:
    """Draw the curve and its tangents."""
    numbers = record["numbers"]
    figure = new_figure(height=4.2)
    axes = figure.subplots()
    x = np.linspace(0, 20, 201)
    axes.plot(x, parabola(x), color=look.blue)
    axes.text(19.6, parabola(19.6), "f(x) = 0.01 x² + 0.1 x  ", color=look.blue, ha="right")
    for at, rise in zip(numbers["points"], numbers["slopes"], strict=True):
        y = parabola(at)
        axes.axline((at, y), slope=rise, color=look.orange, linewidth=1.2)
        axes.plot(at, y, "o", color=look.orange)
        axes.annotate(
            _("slope {rise:.4g} at x = {at:g}").format(rise=rise, at=at),
            (at, y),
            xytext=(-8, 9),
            textcoords="offset points",
            ha="right",
            color=look.orange,
        )
    axes.set(xlim=(0, 20), ylim=(-1, 6.2), xlabel="x", ylabel="f(x)")
    return figure
