"""The check of a whole network: its gradients against differences of its loss, in float64."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from tidu.checking.arguments import Arrays
from tidu.checking.check import check_parts
from tidu.checking.report import GradientReport, joined
from tidu.checking.sampling import SamplingPlan
from tidu.errors import InputError, check_choice
from tidu.layers.base import Tree
from tidu.layout import NamedVector
from tidu.numeric.evaluator import real_array
from tidu.objective import Objective
from tidu.perturbation import numeric_gradient
from tidu.witnesses import WITNESSES


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
    witnesses: Sequence[str] = ("backprop",),
) -> GradientReport:
    """Check dL/dθ for each parameter, and by backpropagation dL/dx for the input.

    Parameters
    ----------
    objective, theta, state, x, t, noise, training
        As for `tidu.objective.Objective.evaluate`, in float64. The noise is the same for all
        evaluations, so that every one of them sees the same function.
    seed
        Of the choice of entries.
    entries
        Check no more than so many entries of each parameter and of the input; None looks at all.
    witnesses
        Which gradients are checked: names of `tidu.witnesses.WITNESSES` other than "numeric".

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> net = td.Network([td.Affine(3)], 2, td.SoftmaxCrossEntropy(), dtype="float64", seed=0)
    >>> x, t = np.eye(2), net.targets(np.array([0, 2]), 2)
    >>> check_objective(net, net.theta, net.state, x, t).ok
    True
    """
    if isinstance(witnesses, str) or not witnesses:
        raise InputError(f"`witnesses` must be a list such as ['backprop'], got {witnesses!r}")
    for name in witnesses:
        check_choice("witnesses", name, [known for known in WITNESSES if known != "numeric"])
    layout, given = objective.layout, {"noise": noise, "training": training}

    def theta_of(parts: Arrays) -> np.ndarray:
        vectors = [parts[name].ravel() for name in layout]
        return np.concatenate(vectors) if vectors else theta

    def loss(parts: Arrays) -> Any:
        return objective.evaluate(theta_of(parts), state, parts["x"], t, **given).total

    def by_backprop(parts: Arrays) -> Arrays:
        found = objective.evaluate(
            theta_of(parts), state, parts["x"], t, **given, gradient=True, need_dx=True
        )
        return {**NamedVector(layout, found.dtheta), "x": found.dx}

    @cache
    def all_differences(times: float) -> np.ndarray:
        dtheta, dx = numeric_gradient(
            objective, theta, state, x, t, noise=noise, training=training, times=times,
            need_dx=True,
        )  # fmt: skip
        slopes = np.append(dtheta, np.asarray(dx))
        return np.where(np.isfinite(slopes), slopes, np.nan)

    point = {**NamedVector(layout, theta), "x": x}
    values = {name: real_array(part, name) for name, part in point.items()}
    plan = SamplingPlan.of(entries, None, seed)
    faster = None if entries else all_differences

    def checked(witness: str) -> GradientReport:
        if witness == "backprop":
            return check_parts(loss, values, by_backprop, plan, "between", faster)

        def gradient(parts: Arrays) -> Arrays:
            at = theta_of({name: parts[f"{name} ({witness})"] for name in layout})
            found = WITNESSES[witness].evaluate(
                objective, at, state, x, t, weights=None, step=None, **given
            )
            named = NamedVector(layout, found.dtheta)
            return {f"{name} ({witness})": named[name] for name in layout}

        def loss_of(parts: Arrays) -> Any:
            return loss({name: parts[f"{name} ({witness})"] for name in layout} | {"x": x})

        own = {f"{name} ({witness})": values[name] for name in layout}
        return check_parts(loss_of, own, gradient, plan, "between", faster)

    return joined([checked(witness) for witness in witnesses])
