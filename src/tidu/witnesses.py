"""The ways to have the gradient of an objective: one row each, which share nothing but the loss.

So each is a witness of the others. A row is a function from an objective and all that it depends
on to an `Evaluation` with ``dtheta``; where there is no finite loss, ``dtheta`` may be None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tidu.arrays import Array
from tidu.layers.base import Tree
from tidu.objective import Evaluation, Objective


@dataclass(frozen=True)
class Witness:
    """One way to have a gradient.

    Attributes
    ----------
    evaluate
        Takes ``objective, theta, state, x, t`` and by name ``weights, noise, training, step``.
    in_float64
        Whether it needs float64, whatever a network computes in.
    takes_step
        Whether ``step`` means something to it; it is None otherwise.
    """

    evaluate: Callable[..., Evaluation]
    in_float64: bool
    takes_step: bool = False


def by_backprop(
    objective: Objective,
    theta: Array,
    state: Array,
    x: Array,
    t: Array,
    *,
    weights: Array | None,
    noise: Tree,
    training: bool,
    step: float | None,
) -> Evaluation:
    """Return the loss, and its gradient by the layers' backward functions."""
    return objective.evaluate(
        theta, state, x, t, weights=weights, noise=noise, training=training, gradient=True
    )


def by_differences(
    objective: Objective,
    theta: np.ndarray,
    state: np.ndarray,
    x: np.ndarray,
    t: np.ndarray,
    *,
    weights: np.ndarray | None,
    noise: Tree,
    training: bool,
    step: float | None,
) -> Evaluation:
    """Return the loss, and its gradient by central differences, each parameter moved by itself."""
    from tidu.perturbation import check_step, numeric_gradient, refuse_non_finite

    given = theta, state, x, t
    now = objective.evaluate(*given, weights=weights, noise=noise, training=training)
    if not (len(x) and np.isfinite(now.total)):
        return now
    check_step(step, objective.layout, theta)
    dtheta, _ = numeric_gradient(
        objective, *given, weights=weights, noise=noise, training=training, step=step
    )
    refuse_non_finite(dtheta, objective.layout)
    return replace(now, dtheta=dtheta)


def by_tracing(
    objective: Objective,
    theta: np.ndarray,
    state: np.ndarray,
    x: np.ndarray,
    t: np.ndarray,
    *,
    weights: np.ndarray | None,
    noise: Tree,
    training: bool,
    step: float | None,
) -> Evaluation:
    """Return the loss, and its gradient by the chain rule over what it computes, step by step."""
    from tidu.autodiff import value_and_grad
    from tidu.autodiff.tape import untraced

    traced: list[Evaluation] = []

    def loss(theta: Array) -> Array:
        traced.append(
            objective.evaluate(theta, state, x, t, weights=weights, noise=noise, training=training)
        )
        return traced[-1].total

    total, dtheta = value_and_grad(loss)(theta)
    (now,) = traced
    return Evaluation(total, now.weight, untraced(now.scores), untraced(now.state), dtheta=dtheta)


WITNESSES: dict[str, Witness] = {
    "backprop": Witness(by_backprop, in_float64=False),
    "numeric": Witness(by_differences, in_float64=True, takes_step=True),
    "autodiff": Witness(by_tracing, in_float64=False),
}
"""By the names that `tidu.Network.gradient` takes as ``method``."""
