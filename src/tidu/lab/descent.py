"""Descent: four optimizers race downhill on a surface, from wherever a person clicks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from tidu.arrays import Array
from tidu.autodiff import grad
from tidu.descent import Descent, descend
from tidu.errors import check_number
from tidu.experiments.formula import formula, variables_of
from tidu.lab.part import Answer, Part, action
from tidu.optimizers import SGD, AdaGrad, Adam, Momentum
from tidu.recipes.signature import Setting, arguments_of

GRID = 161
"""Points of the grid on which a surface is shown, along its shorter side."""
LOWEST_SHOWN = 1e-12
"""Where logarithms of heights are shown, what lies below counts as this."""
LEAST_STEPS, MOST_STEPS, MOST_RATE, FURTHEST = 10, 500, 100, 1000
OWN = "own"
RULES = {"sgd": SGD, "momentum": Momentum, "adagrad": AdaGrad, "adam": Adam}


@dataclass(frozen=True)
class Surface:
    """A function of two variables, and what suits a race on it.

    Attributes
    ----------
    formula
        As `tidu.experiments.formula` reads it.
    half
        The half width and half height of the window around 0 that is to be seen.
    start, steps
        Where a race begins, and how many steps it takes.
    rates
        The learning rates, in the order of `RULES`.
    minima
        Where the function is lowest; for an own formula nobody knows.
    """

    formula: str
    half: tuple[float, float]
    start: tuple[float, float]
    steps: int
    rates: tuple[float, float, float, float]
    minima: tuple[tuple[float, float], ...] = ()


SURFACES = {
    "bowl": Surface("x**2 + y**2", (5, 5), (-3, 4), 40, (0.1, 0.1, 1.5, 0.3), ((0, 0),)),
    "valley": Surface("x**2/20 + y**2", (8, 3), (-7, 2), 60, (0.95, 0.1, 1.5, 0.3), ((0, 0),)),
    "rosenbrock": Surface(
        "(1 - x)**2 + 100*(y - x**2)**2", (2, 2), (-1.5, 1.7), 500, (0.001, 0.0003, 0.3, 0.1),
        ((1, 1),),
    ),
    "himmelblau": Surface(
        "(x**2 + y - 11)**2 + (x + y**2 - 7)**2", (5.5, 5.5), (-0.5, -1), 100,
        (0.01, 0.003, 0.5, 0.1),
        ((3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)),
    ),
}  # fmt: skip

Rate = Annotated[float | None, Setting("learning rate", 0, MOST_RATE)]


def race_settings(
    *,
    surface: Annotated[str, Setting("what to go down", choices=(*SURFACES, OWN))] = "valley",
    own: Annotated[str, Setting("a formula in x and y")] = "y**4/20 - y**2/2 + x**2/5 + sin(3*x)/2",
    reach: Annotated[float, Setting("how far an own surface is seen", 0.1, 100)] = 5.0,
    start: Annotated[tuple[float, float] | None, Setting("the start", -FURTHEST, FURTHEST)] = None,
    steps: Annotated[int | None, Setting("how many steps", LEAST_STEPS, MOST_STEPS)] = None,
    sgd: Rate = None,
    momentum: Rate = None,
    adagrad: Rate = None,
    adam: Rate = None,
) -> None:
    """Have a signature; None stands for what suits the surface."""


class Race(Part):
    """Four walks from one start, each as `tidu.descend` takes it."""

    arguments = arguments_of(race_settings)

    @action
    def race(self, settings: dict[str, Any], aspect: float = 1.0) -> Answer:
        """Return the surface, and the walks of all optimizers with how each ended.

        Parameters
        ----------
        settings
            Those of `race_settings`.
        aspect
            The width of the picture by its height; one unit is as long in x as in y.

        Raises
        ------
        InputError, NonFiniteError
            If a formula cannot be read, or has no value or slope at the start.
        """
        chosen = self.settings(settings)
        aspect = check_number("aspect", aspect, minimum=0.1, maximum=10)
        surface = _surface(chosen)
        f = formula(surface.formula, "own")
        start = chosen["start"] or surface.start
        steps = chosen["steps"] or surface.steps
        rates = [
            suited if chosen[name] is None else chosen[name]
            for name, suited in zip(RULES, surface.rates, strict=True)
        ]
        slope = grad(f)
        walks = [
            descend(f, list(start), slope, rule(rate), steps)
            for rule, rate in zip(RULES.values(), rates, strict=True)
        ]
        lowest = min(float(walk.values.min()) for walk in walks)
        half = _half(surface.half, aspect)
        head = {
            "formula": surface.formula,
            "axes": variables_of(surface.formula),
            "half": half,
            "minima": surface.minima,
            "start": start,
            "steps": steps,
            "logarithm": lowest >= 0,
            "walks": [
                {"name": name, "rate": rate, "optimizer": repr(rule(rate)), **_told(walk)}
                for (name, rule), rate, walk in zip(RULES.items(), rates, walks, strict=True)
            ],
        }
        arrays: dict[str, Array] = {"relief": relief(f, half)}
        for i, walk in enumerate(walks):
            heights = walk.values
            if lowest >= 0:
                heights = np.log10(np.maximum(heights, LOWEST_SHOWN))
            arrays[f"path{i}"] = walk.path
            arrays[f"values{i}"] = walk.values
            arrays[f"curve{i}"] = np.column_stack([np.arange(len(heights)), heights])
        return head, arrays


def relief(f: Callable[[Array], Any], half: tuple[float, float]) -> np.ndarray:
    """Return the heights of a function over a window, as shares of its range from 0 to 1.

    They are raised to the power for which the median is one half, so that contours at equal
    distances show a narrow valley as well as a bowl. NaN where the function has no value; rows go
    from the top down.

    Examples
    --------
    >>> relief(lambda x: x[0] + x[1], (1, 1))[[0, -1], [-1, 0]]
    array([1., 0.])
    """
    across, up = half
    columns, rows = (round(GRID * side / min(half)) for side in half)
    x, y = np.linspace(-across, across, columns), np.linspace(up, -up, rows)
    z = np.array(f(np.stack(np.meshgrid(x, y))), dtype=float)
    z[~np.isfinite(z)] = np.nan
    if np.isnan(z).all():
        return z
    low, middle, high = np.nanmin(z), np.nanmedian(z), np.nanpercentile(z, 99.5)
    if not high > low:
        return np.where(np.isnan(z), z, 0.5)
    share = np.clip((z - low) / (high - low), 0, 1)
    centre = min(max((middle - low) / (high - low), 1e-6), 0.9)
    return share ** (math.log(0.5) / math.log(centre))


def _surface(chosen: dict[str, Any]) -> Surface:
    if chosen["surface"] != OWN:
        return SURFACES[chosen["surface"]]
    reach = chosen["reach"]
    start = (-0.8 * reach, 0.7 * reach)
    return Surface(chosen["own"], (reach, reach), start, 100, (0.1, 0.03, 0.5, 0.1))


def _half(wanted: tuple[float, float], aspect: float) -> tuple[float, float]:
    """Return the half sides of the smallest window of an aspect that holds the one wanted."""
    up = max(wanted[1], wanted[0] / aspect)
    return up * aspect, up


def _told(walk: Descent) -> dict[str, Any]:
    """Return how a walk ended."""
    return {
        "steps": walk.steps,
        "outcome": walk.outcome.value,
        "status": walk.status,
        "end": walk.x,
        "value": walk.value,
    }
