"""The gradient of a function of two variables, as arrows over a plane."""

from __future__ import annotations

import textwrap
from typing import Annotated, Any

import numpy as np

from tidu.errors import InputError, NonFiniteError
from tidu.experiments.experiment import experiment
from tidu.experiments.formula import formula, variables_of
from tidu.experiments.result import Record, Result, Table
from tidu.language import translator
from tidu.numeric import gradient
from tidu.plots.style import Theme, new_figure
from tidu.recipes.signature import Setting

_ = translator("experiments")

Function = Annotated[str, Setting("a formula in x and y, such as x**2/20 + y**2")]
"""The annotation of a setting that is a function of two variables, given as text."""


@experiment(
    "gradient-field",
    title="The gradient everywhere: arrows that point downhill",
    quick={"arrows": 5},
)
def gradient_field(
    *,
    function: Function = "x0**2 + x1**2",
    at: Annotated[tuple[float, float], Setting("a point to print the gradient of")] = (3.0, 4.0),
    extent: Annotated[float, Setting("how far x and y go to each side of 0", 1e-3, 1e3)] = 2.0,
    arrows: Annotated[int, Setting("arrows along each side", 2, 60)] = 17,
) -> Result:
    """Take the numeric gradient of a function on a grid, and draw −∇f.

    The function is a formula, which is read and never run as code: numbers, x and y (or x0 and x1),
    pi, e, + - * / **, parentheses, sin, cos, tan, exp, log, sqrt and abs.

    Examples
    --------
    >>> gradient_field(function="x**2/20 + y**2", at=(-7, 2)).numbers["gradient"].round(6)
    array([-0.7,  4. ])
    """
    f, names = formula(function), variables_of(function)
    try:
        slope = gradient(f, np.array(at))
    except NonFiniteError as error:
        raise InputError(
            f"{function!r} has no gradient at ({at[0]:g}, {at[1]:g}): {error}"
        ) from error
    x, y = np.meshgrid(*[np.linspace(-extent, extent, arrows)] * 2)
    field = np.array([_slope(f, point) for point in zip(x.flat, y.flat, strict=True)])
    known = np.isfinite(field).all(axis=1)
    corners = [0, arrows // 2, arrows * arrows // 2, arrows * arrows - 1]

    return Result(
        numbers={
            "at": at, "value": float(f(np.array(at))), "gradient": slope, "x": x[0], "field": field,
        },
        tables=[
            Table(
                _("the gradient of {function}").format(function=function),
                (*names, "f", *(f"∂f/∂{name}" for name in names), _("its length")),
                [
                    _row(f, at, slope),
                    *(_row(f, (x.flat[k], y.flat[k]), field[k]) for k in corners if known[k]),
                ],
            )
        ],
        see=_("Each arrow points in the direction in which the function falls fastest, across the "
            "contours, and is longer where the function is steeper. Only in a round bowl do they "
            "point at the lowest place: in a long valley, --function \"x**2/20 + y**2\", they "
            "point at its floor."),
    )  # fmt: skip


@gradient_field.draws
def draw_gradient_field(record: Record, look: Theme) -> Any:
    """Draw −∇f as arrows on contours of f."""
    numbers, settings = record["numbers"], record["settings"]
    f, extent, arrows = formula(settings["function"]), settings["extent"], settings["arrows"]
    x, y = np.meshgrid(*[np.linspace(-extent, extent, arrows)] * 2)
    field = np.array(numbers["field"], dtype=float)
    figure = new_figure(height=6, width=6.6)
    axes = figure.subplots()
    fine = np.array(np.meshgrid(*[np.linspace(-extent, extent, 121)] * 2))
    z = np.ma.masked_invalid(f(fine))
    if np.ptp(z) > 0:
        axes.contour(*fine, z, 14, colors=look.faint, linewidths=0.6, alpha=0.6)
    cell = 2 * extent / (arrows - 1)
    longest = np.nanmax(np.linalg.norm(field, axis=1), initial=0) or 1.0
    axes.quiver(
        x, y, *(-field.T * cell / longest * 1.3).reshape(2, *x.shape), color=look.blue,
        angles="xy", scale_units="xy", scale=1, width=0.0032, headwidth=4,
    )  # fmt: skip
    axes.set(xlim=(-1.08 * extent, 1.08 * extent), ylim=(-1.08 * extent, 1.08 * extent))
    across, up = variables_of(settings["function"])
    axes.set(aspect="equal", xlabel=across, ylabel=up)
    title = textwrap.wrap(f"−∇f of f({across}, {up}) = {settings['function']}", 60)
    axes.set_title("\n".join(title))
    axes.grid(visible=False)
    return figure


def _slope(f: Any, point: tuple[float, float]) -> np.ndarray:
    """Return the gradient at a point, NaN where there is none."""
    try:
        return gradient(f, np.array(point))
    except NonFiniteError:
        return np.full(2, np.nan)


def _row(f: Any, point: tuple[float, float], slope: np.ndarray) -> tuple[float, ...]:
    rounded = [float(np.round(value, 9)) + 0.0 for value in slope]  # no −0
    return (*point, float(f(np.array(point))), *rounded, float(np.linalg.norm(slope)))
