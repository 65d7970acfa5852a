"""A function of two variables as a surface, with its contours on the floor."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.language import translator
from tidu.numeric import derivative
from tidu.plots.style import Theme, new_figure, shade
from tidu.recipes.signature import Setting

_ = translator("experiments")


def ripple(x: Any, y: Any) -> Any:
    """Return sin √(x² + y²)."""
    return np.sin(np.sqrt(x**2 + y**2))


@experiment("surface", title="A surface, sin √(x² + y²), and its contours", quick={"grid": 21})
def surface(
    *,
    extent: Annotated[float, Setting("how far x and y go to each side of 0", 1, 20)] = 4.7,
    grid: Annotated[int, Setting("points along each side", 5, 201)] = 71,
    elevation: Annotated[float, Setting("height of the eye in degrees", 0, 90)] = 35.0,
    azimuth: Annotated[float, Setting("direction of the eye in degrees", -180, 180)] = -60.0,
) -> Result:
    """Draw z = sin √(x² + y²), and take its slope outwards at the top, the flanks and the bottom.

    Examples
    --------
    >>> [round(row["slope"], 6) for row in surface(grid=5).numbers["along x"]]
    [0.0, 0.0, -1.0, 0.0]
    """
    names = [
        _("the tip, r = 0"),
        _("the ridge, r = π/2"),
        _("the flank, r = π"),
        _("the trough, r = 3π/2"),
    ]

    def slope(r: float) -> float:
        """Return the central difference, also at the tip, where f has no slope."""
        return derivative(lambda x: ripple(x, 0.0), r, full_output=True).value

    along = [
        {"r": r, "z": float(ripple(r, 0.0)), "slope": slope(r)}
        for r in np.pi * np.array([0, 0.5, 1, 1.5])
    ]
    sides = {
        method: derivative(lambda x: ripple(x, 0.0), 0.0, method=method)
        for method in ("backward", "forward")
    }

    return Result(
        numbers={"along x": along, "at the tip": sides},
        tables=[
            Table(
                _("height and slope along the x axis"),
                (_("where"), "z", _("slope")),
                [
                    (name, f"{row['z']:.6f}", f"{row['slope']:.6f}")
                    for name, row in zip(names, along, strict=True)
                ],
            ),
            Table(
                _("at the tip the two sides differ"),
                (_("to the left"), _("to the right")),
                [tuple(f"{value:.6f}" for value in sides.values())],
            ),
        ],
        see=_(
            "Where the surface is level (ridge and trough) the slope is 0 and the contours lie "
            "far apart; where it is steep they lie close together. In the middle it is not a "
            "rounded hollow but the tip of a cone: the slope is −1 on one side and 1 on the other, "
            "and the central difference, 0, is the slope of neither."
        ),
    )


@surface.draws
def draw_surface(record: Record, look: Theme) -> Any:
    """Draw the surface over its contours."""
    settings = record["settings"]
    from matplotlib.colors import ListedColormap

    extent = settings["extent"]
    x, y = np.meshgrid(*[np.linspace(-extent, extent, settings["grid"])] * 2)
    z = ripple(x, y)
    figure = new_figure(height=5.2, width=8)
    axes = figure.add_subplot(projection="3d", computed_zorder=False)
    colours = ListedColormap(shade(look.paper, look.blue, np.linspace(0.15, 1, 64)))
    axes.contourf(x, y, z, 12, offset=-2.5, cmap=colours, zorder=0)
    axes.plot_surface(
        x, y, z, cmap=colours, rcount=48, ccount=48, linewidth=0.25,
        edgecolor=shade(look.paper, look.ink, 0.6), zorder=1,
    )  # fmt: skip
    axes.view_init(settings["elevation"], settings["azimuth"])
    axes.set(zlim=(-2.5, 1), zticks=(-1, 0, 1), xlabel="x", ylabel="y")
    axes.set_zlabel("z = sin √(x² + y²)")
    axes.set_box_aspect((1, 1, 0.62), zoom=1.1)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color(look.paper)
        axis.line.set_color(look.faint)
    axes.grid(visible=False)
    return figure
