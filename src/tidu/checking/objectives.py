"""The check of a whole network: backpropagation against differences of its loss, in float64."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from tidu.checking.check import check_parts
from tidu.checking.report import GradientReport
from tidu.checking.sampling import SamplingPlan
from tidu.layers.base import Tree
from tidu.numeric.evaluator import real_array
from tidu.objective import Evaluation, Objective
from tidu.perturbation import numeric_gradient


def check_objective(
    objective: Objective,
    theta: np.ndarray,
    state: np.ndarray,
    x: np.ndarray,
    t: np.ndarray,
    *,
    noise: Tree = None,
    training: bool = True,
    seed: int = 0,
    entries: int | None = 100,
) -> GradientReport:
    """Check dL/dθ for each parameter, and dL/dx for the input.

    Parameters
    ----------
    objective, theta, state, x, t, noise, training
        As for `tidu.objective.Objective.evaluate`, in float64. The noise is the same for all
        evaluations, so that every one of them sees the same function.
    seed
        Of the choice of entries.
    entries
        Check no more than so many entries of each parameter and of the input; None looks at all.
    """
    layout = objective.layout

    def evaluation(parts: Mapping[str, np.ndarray], gradient: bool) -> Evaluation:
        vectors = [parts[name].ravel() for name in layout]
        at = np.concatenate(vectors) if vectors else theta
        return objective.evaluate(
            at, state, parts["x"], t, noise=noise, training=training, gradient=gradient,
            need_dx=True,
        )  # fmt: skip

    def loss(parts: Mapping[str, np.ndarray]) -> float:
        return evaluation(parts, gradient=False).total

    def gradients(parts: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        found = evaluation(parts, gradient=True)
        named = {e.name: layout.view(found.dtheta, e) for e in layout.entries}
        return named | {"x": found.dx}

    @cache
    def all_differences(times: float) -> np.ndarray:
        dtheta, dx = numeric_gradient(
            objective, theta, state, x, t, noise=noise, training=training, times=times,
            need_dx=True,
        )  # fmt: skip
        slopes = np.append(dtheta, np.asarray(dx))
        return np.where(np.isfinite(slopes), slopes, np.nan)

    point = {e.name: layout.view(theta, e) for e in layout.entries} | {"x": x}
    values = {name: real_array(part, name) for name, part in point.items()}
    plan = SamplingPlan.of(entries, None, seed)
    return check_parts(
        loss, values, gradients, plan, "between", None if entries else all_differences
    )
