"""Gradient descent on contours: one walk, and what the learning rate does to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from tidu.descent import Descent, descend
from tidu.experiments.experiment import experiment
from tidu.experiments.formula import formula, variables_of
from tidu.experiments.gradient_field import Function
from tidu.experiments.result import Record, Result, Table
from tidu.language import fill, translator
from tidu.optimizers import SGD
from tidu.plots.landscape import draw_path
from tidu.plots.style import Theme, label_ends, new_figure
from tidu.recipes.signature import Setting

_ = translator("experiments")

Start = Annotated[tuple[float, float], Setting("where to start")]
Steps = Annotated[int, Setting("how many steps", 1, 100_000)]
Difference = Annotated[float, Setting("step of the numeric gradient, 0 for one that suits x", 0, 1)]

_SHOWN = (0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)


@experiment("descent", title="Gradient descent: down the contours, step by step")
def descent(
    *,
    function: Function = "x0**2 + x1**2",
    start: Start = (-3.0, 4.0),
    lr: Annotated[float, Setting("learning rate", 0, 1000)] = 0.1,
    steps: Steps = 100,
    h: Difference = 1e-4,
) -> Result:
    """Walk from a point against the numeric gradient, and print where it comes by.

    Examples
    --------
    >>> descent(steps=20).numbers["end"].round(8)
    array([-0.03458765,  0.04611686])
    """
    f = formula(function)
    walk = _walk(f, start, lr, steps, h)
    shown = sorted({k for k in _SHOWN if k < walk.steps} | {walk.steps})

    return Result(
        numbers={
            "end": walk.x,
            "value": walk.value,
            "steps": walk.steps,
            "status": walk.status,
            "path": walk.path,
            "values": walk.values,
        },
        tables=[
            Table(
                _("the way from ({x:g}, {y:g}) with a learning rate of {lr:g}").format(
                    x=start[0], y=start[1], lr=lr
                ),
                (_("step"), *variables_of(function), "f", _("norm of the slope")),
                [
                    (
                        k,
                        *(f"{c:.8e}" for c in walk.path[k]),
                        f"{walk.values[k]:.3e}",
                        f"{walk.norms[k]:.3e}",
                    )
                    for k in shown
                ],
            )
        ],
        see=_(
            "Each step goes against the gradient, at right angles to the "
            "contours, and is shorter where the function is flatter. In "
            "this bowl every step takes away the same share of the "
            "distance, so on a logarithmic scale the value falls along a "
            "straight line. How it ended: {status}"
        ).format(status=walk.status),
    )


@descent.draws
def draw_descent(record: Record, look: Theme) -> Any:
    """Draw the path on contours, and its values."""
    numbers, settings = record["numbers"], record["settings"]
    function, lr = settings["function"], settings["lr"]
    path, values = np.array(numbers["path"]), _drawable(numbers["values"])
    figure = new_figure(height=4.2)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.1))
    draw_path(left, formula(function), path, values, look)
    across, up = variables_of(function)
    title = fill(f"f({across}, {up}) = {function}", 34)
    left.set(aspect="equal", xlabel=across, ylabel=up, title=title)
    right.semilogy(values, color=look.blue)
    right.set(
        xlabel=_("step"), ylabel=f"f({across}, {up})", title=_("learning rate {lr:g}").format(lr=lr)
    )
    return figure


@experiment(
    "learning-rate", title="Learning rates: too small, right, too large", quick={"steps": 20}
)
def learning_rate(
    *,
    rates: Annotated[tuple[float, ...], Setting("learning rates", 0, 1000)] = (
        1e-10,
        0.01,
        0.1,
        0.95,
        10.0,
    ),
    function: Function = "x0**2 + x1**2",
    start: Start = (-3.0, 4.0),
    steps: Steps = 100,
    h: Difference = 1e-4,
) -> Result:
    """Walk from one point with several learning rates, and say how each walk ended.

    With a fixed step h, as a textbook's program has it, a walk that runs away comes to a stop where
    x + h is x: an artefact of the difference. With ``h=0`` it does not.

    Examples
    --------
    >>> learning_rate(rates=[10]).numbers["walks"][0]["end"]
    array([-2.58983747e+13, -1.29524862e+12])
    """
    f = formula(function)
    walks = [_walk(f, start, lr, steps, h) for lr in rates]

    return Result(
        numbers={
            "walks": [
                {
                    "lr": lr,
                    "end": w.x,
                    "value": w.value,
                    "steps": w.steps,
                    "status": w.status,
                    "path": w.path,
                    "values": w.values,
                }
                for lr, w in zip(rates, walks, strict=True)
            ]
        },
        tables=[
            Table(
                _("the ends of walks from ({x:g}, {y:g})").format(x=start[0], y=start[1]),
                ("lr", _("steps"), *variables_of(function), "f"),
                [
                    (f"{lr:g}", w.steps, *(f"{c:.8e}" for c in w.x), f"{w.value:.3e}")
                    for lr, w in zip(rates, walks, strict=True)
                ],
            ),
            Table(
                _("how they ended"),
                ("lr", _("status")),
                [(f"{lr:g}", fill(w.status, 80)) for lr, w in zip(rates, walks, strict=True)],
            ),
        ],
        see=_(
            "With a learning rate that is too small the point hardly moves; with a larger one it "
            "converges. Larger still, each step crosses the minimum to the other side, and at last "
            "each step ends higher than the one before: it diverges. A run that seems to stop far "
            "up has not converged: there x + h rounds to x, and the numeric slope is 0."
        ),
    )


@learning_rate.draws
def draw_learning_rate(record: Record, look: Theme) -> Any:
    """Draw each walk near its start, and the values of all."""
    settings, walks = record["settings"], record["numbers"]["walks"]
    across = min(len(walks), 5)
    down = -(-len(walks) // across)
    figure = new_figure(height=2.5 * down + 2.7)
    above, below = figure.subfigures(2, 1, height_ratios=(2.5 * down, 2.7))
    panels = above.subplots(down, across, squeeze=False, sharex=True, sharey=True)
    for ax in panels.flat[len(walks) :]:
        ax.axis("off")
    for ax, walk in zip(panels.flat, walks, strict=False):
        _draw_window(ax, settings["function"], np.array(walk["path"]), settings["start"], look)
        ax.set_title(_("learning rate {lr:g}").format(lr=walk["lr"]))
    values = below.subplots()
    values.set_yscale("log")
    ends = []
    for k, walk in enumerate(walks):
        colour, dash = look.series[k % 5], ("-", "--", ":")[k // 5 % 3]
        heights = _drawable(walk["values"])
        values.plot(heights, color=colour, linestyle=dash)
        ends.append((f"{walk['lr']:g}", float(walk["steps"]), float(heights[-1]), colour))
    values.set(xlabel=_("step"), ylabel="f")
    figure.draw_without_rendering()
    label_ends(values, ends)
    return figure


def _walk(f: Any, start: tuple[float, float], lr: float, steps: int, h: float) -> Descent:
    return descend(f, list(start), optimizer=SGD(lr), steps=steps, step=h or None)


def _drawable(values: Any) -> np.ndarray:
    """Return values as a logarithmic axis can have them: 0 and what overflows moved in."""
    values = np.array(values, dtype=float)
    return np.clip(np.where(np.isfinite(values), values, 1e250), 1e-40, 1e250)


def _draw_window(
    ax: Any, function: str, path: np.ndarray, start: Sequence[float], look: Theme
) -> None:
    """Draw what happens in the square around 0 that has the start in it."""
    side = 1.3 * max(map(abs, start)) or 1.0
    grid = np.array(np.meshgrid(*[np.linspace(-side, side, 81)] * 2))
    z = np.ma.masked_invalid(formula(function)(grid))
    if np.ptp(z) > 0:
        ax.contour(*grid, z, 8, colors=look.faint, linewidths=0.5)
    ax.plot(*path.T, color=look.orange, marker="o", markersize=2.5, linewidth=1, clip_on=True)
    ax.plot(*path[0], color=look.ink, marker="s", markersize=5)
    if np.abs(path[-1]).max() < side:
        ax.plot(*path[-1], color=look.ink, marker="*", markersize=9)
    ax.set(xlim=(-side, side), ylim=(-side, side), aspect="equal")
    ax.grid(visible=False)
    across, up = variables_of(function)
    ax.set(xlabel=across)
    if ax.get_subplotspec().is_first_col():
        ax.set_ylabel(up)
