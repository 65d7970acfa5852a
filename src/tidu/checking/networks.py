"""The check of a whole network: backpropagation against differences of its loss, in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array
from tidu.checking.check import Look, check_parts
from tidu.checking.report import GradientReport
from tidu.errors import check_integer
from tidu.numeric.evaluator import real_array

if TYPE_CHECKING:
    from tidu.network import Network
    from tidu.objective import Evaluation


def check_network(
    network: Network,
    x: Array,
    t: Array,
    *,
    training: bool = True,
    seed: int = 0,
    entries: int | None = 100,
    differences: Callable[..., tuple[np.ndarray, np.ndarray | None]],
) -> GradientReport:
    """Check dL/dθ for each parameter, and dL/dx for the input.

    Everything is done in float64 on a copy; the noise of dropout is drawn once, so that every
    evaluation sees the same function.

    Parameters
    ----------
    network, x, t, training
        As in `tidu.Network.loss`.
    seed
        Of the noise, and of the choice of entries.
    entries
        Look at no more than so many entries of each parameter and of the input; None looks at all.
    differences
        `tidu.perturbation.numeric_gradient`, which has the first look at all of them faster.
    """
    double = network.astype("float64")
    samples = double.batch(x)
    targets = double.targets(t, len(samples))
    noise = double.draw_noise(len(samples), seed, 0) if training else None

    def evaluation(parts: Mapping[str, np.ndarray], gradient: bool) -> Evaluation:
        vectors = [parts[name].ravel() for name in double.layout]
        theta = np.concatenate(vectors) if vectors else double.theta
        return double.evaluate(
            theta,
            double.state,
            parts["x"],
            targets,
            noise=noise,
            training=training,
            gradient=gradient,
            need_dx=True,
        )

    def loss(parts: Mapping[str, np.ndarray]) -> float:
        return evaluation(parts, gradient=False).total

    def gradients(parts: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        found = evaluation(parts, gradient=True)
        named = {e.name: double.layout.part(found.dtheta, e) for e in double.layout.entries}
        return named | {"x": found.dx}

    @cache
    def known(times: float) -> np.ndarray:
        given = double.theta, double.state, samples, targets
        dtheta, dx = differences(
            double, *given, noise=noise, training=training, times=times, need_dx=True
        )
        slopes = np.append(dtheta, np.asarray(dx))
        return np.where(np.isfinite(slopes), slopes, np.nan)

    point = {name: double[name] for name in double.layout} | {"x": samples}
    values = {name: real_array(part, name) for name, part in point.items()}
    look = Look(None if entries is None else check_integer("entries", entries), None, seed)
    return check_parts(loss, values, gradients, look, "between", None if entries else known)
