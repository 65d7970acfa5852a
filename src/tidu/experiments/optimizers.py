"""How four optimizers walk down a narrow valley, and down Rosenbrock's banana."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu.descent import Descent, descend
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.language import translator
from tidu.optimizers import SGD, AdaGrad, Adam, Momentum, Optimizer
from tidu.plots.style import Theme, label_ends, new_figure
from tidu.recipes.signature import Setting

_ = translator("experiments")

START, BANANA_START = (-7.0, 2.0), (-1.5, 2.0)

Rate = Annotated[float, Setting("learning rate", 0, 100)]


@experiment("optimizers", title="Four optimizers in a narrow valley")
def optimizers(
    *,
    sgd: Rate = 0.95,
    momentum: Rate = 0.1,
    adagrad: Rate = 1.5,
    adam: Rate = 0.3,
    steps: Annotated[int, Setting("steps in the valley", 1, 10_000)] = 30,
    banana_steps: Annotated[int, Setting("steps on Rosenbrock's function", 1, 100_000)] = 500,
) -> Result:
    """Walk down f = x²/20 + y² from (−7, 2), and down Rosenbrock's function from (−1.5, 2).

    Examples
    --------
    >>> optimizers().numbers["ends"]["SGD"].round(6)
    array([-0.350393,  0.084782])
    """
    valley_rules = (SGD(sgd), Momentum(momentum), AdaGrad(adagrad), Adam(adam))
    banana_rules = (SGD(0.001), Momentum(0.0003), AdaGrad(0.3), Adam(0.1))
    valley = {_name(rule): _walk(_valley, _valley_slope, START, rule, steps)
              for rule in valley_rules}  # fmt: skip
    banana = {_name(rule): _walk(_banana, _banana_slope, BANANA_START, rule, banana_steps)
              for rule in banana_rules}  # fmt: skip

    return Result(
        numbers={
            "ends": {name: walk.x for name, walk in valley.items()},
            "values": {name: walk.value for name, walk in valley.items()},
            "values_of_each_step": {name: walk.values for name, walk in valley.items()},
            "banana_ends": {name: walk.x for name, walk in banana.items()},
            "banana_values": {name: walk.value for name, walk in banana.items()},
            "paths": {name: walk.path for name, walk in valley.items()},
            "banana_paths": {name: walk.path for name, walk in banana.items()},
            "banana_values_of_each_step": {name: walk.values for name, walk in banana.items()},
        },
        tables=[
            _table(
                _("x²/20 + y² after {steps} steps from (−7, 2)").format(steps=steps),
                valley,
                valley_rules,
            ),
            _table(
                _("Rosenbrock's function after {steps} steps").format(steps=banana_steps),
                banana,
                banana_rules,
            ),
        ],
        see=_(
            "Plain descent zigzags across the valley; Momentum and Adam swing over the minimum; "
            "AdaGrad scales each direction by its own gradients and goes straight. SGD's f is "
            "lower than that of Momentum and Adam all the same: 0.95 is nearly the best rate that "
            "there is for this valley, 2 / (0.1 + 2) from its two curvatures, with which both x "
            "and y shrink to nine tenths in each step. On Rosenbrock's function the curvature "
            "changes from place to place, no single rate suits it, and SGD is last. The course's "
            "form of Adam puts the bias correction into the step: its end differs in the sixth "
            "digit."
        ),
    )


@optimizers.draws
def draw_optimizers(record: Record, look: Theme) -> Any:
    """Draw the walks on contours, and the values on Rosenbrock's function."""
    numbers, settings = record["numbers"], record["settings"]
    figure = new_figure(height=6.6)
    grid = figure.add_gridspec(3, 6, height_ratios=(1, 1, 1.3))
    panels = np.array([
        [figure.add_subplot(grid[row, column : column + 3]) for column in (0, 3)]
        for row in (0, 1)
    ])  # fmt: skip
    x, y = np.linspace(-8, 8, 161), np.linspace(-3, 3, 121)
    for ax, (name, path), colour in zip(
        panels.flat, numbers["paths"].items(), look.series, strict=False
    ):
        _contours(ax, _valley, x, y, np.linspace(0, 12, 13), look)
        ax.plot(*np.transpose(path), "o-", color=colour, markersize=3, linewidth=1.2)
        ax.plot(0, 0, "+", color=look.ink, markersize=9)
        rate = settings[name.lower()]
        ax.set(
            title=_("{name}, learning rate {rate:g}").format(name=name, rate=rate),
            xlim=(-8, 8),
            ylim=(-3, 3),
        )
    for upper, lower in panels.T:
        upper.tick_params(labelbottom=False)
        lower.set_xlabel("x")
    for ax in panels[:, 0]:
        ax.set_ylabel("y")
    valley, left, right = (figure.add_subplot(grid[2, k : k + 2]) for k in (0, 2, 4))
    for values, colour in zip(numbers["values_of_each_step"].values(), look.series, strict=False):
        valley.semilogy(values, color=colour)
    valley.set(title=_("f = x²/20 + y² along the way"), xlabel=_("step"), ylabel="f")
    _contours(left, _banana, np.linspace(-2, 2, 161), np.linspace(-0.7, 3, 121),
              np.logspace(-1, 3, 13), look)  # fmt: skip
    ends = []
    for (name, path), colour in zip(numbers["banana_paths"].items(), look.series, strict=False):
        values = numbers["banana_values_of_each_step"][name]
        left.plot(*np.transpose(path), color=colour, linewidth=1.3)
        right.semilogy(values, color=colour)
        ends.append((name, float(len(values) - 1), values[-1], colour))
    left.plot(1, 1, "+", color=look.ink, markersize=9)
    left.set(
        title="f = (1 − x)² + 100 (y − x²)²", xlim=(-2, 2), ylim=(-0.7, 3),
        xlabel="x", ylabel="y",
    )  # fmt: skip
    right.set(title=_("Rosenbrock's f along the way"), xlabel=_("step"), ylabel="f")
    figure.draw_without_rendering()
    label_ends(right, ends)
    return figure


def _valley(x: np.ndarray) -> Any:
    return x[0] ** 2 / 20 + x[1] ** 2


def _valley_slope(x: np.ndarray) -> np.ndarray:
    return np.array([x[0] / 10, 2 * x[1]])


def _banana(x: np.ndarray) -> Any:
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def _banana_slope(x: np.ndarray) -> np.ndarray:
    above = x[1] - x[0] ** 2
    return np.array([-2 * (1 - x[0]) - 400 * x[0] * above, 200 * above])


def _walk(f: Any, slope: Any, start: tuple[float, float], rule: Optimizer, steps: int) -> Descent:
    return descend(f, start, grad=slope, optimizer=rule, steps=steps)


def _name(rule: Optimizer) -> str:
    return type(rule).__name__


def _contours(
    ax: Any, f: Any, x: np.ndarray, y: np.ndarray, levels: np.ndarray, look: Theme
) -> None:
    grid = np.meshgrid(x, y)
    ax.contour(
        *grid, f(np.array(grid)), levels=levels, colors=look.faint, linewidths=0.6, alpha=0.5
    )
    ax.grid(visible=False)


def _table(title: str, walks: dict[str, Descent], rules: tuple[Optimizer, ...]) -> Table:
    rows = [
        (repr(rule), f"{walk.x[0]:.6f}", f"{walk.x[1]:.6g}", f"{walk.value:.3e}")
        for rule, walk in zip(rules, walks.values(), strict=True)
    ]
    return Table(title, (_("optimizer"), "x", "y", "f"), rows)
