"""What a library makes of a function, checked in every mode against differences of its values.

A `Differentiable` is a function of named arrays with the products that some machinery gives: of a
vector with its Jacobian (reverse mode), of the Jacobian with a vector (forward mode), and of many
vectors at once (batched). Each mode is turned into the gradient of one number: outputs get a random
weighted sum, L = Re Σ c̄ y, and directions in x a number each, by which x is moved along them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tidu.checking.arguments import Arguments, Arrays
from tidu.checking.check import check_parts
from tidu.checking.report import GradientReport, joined
from tidu.checking.sampling import SamplingPlan
from tidu.checking.second_order import checked_order
from tidu.errors import InputError, check_choice
from tidu.randomness import stream

DIRECTIONS = 5
"""How many products of the Jacobian with a vector are checked."""


@dataclass(frozen=True)
class Differentiable:
    """A function of named arrays, and its derivatives as a library gives them.

    Attributes
    ----------
    outputs
        From the arrays to a list of outputs.
    pullback
        From the arrays and the gradients of L with respect to the outputs to those with respect
        to the arrays; at z = a + ib both are ∂L/∂a + i ∂L/∂b.
    pushforward
        From the arrays and a direction to the derivatives of the outputs along it.
    batched_pullback
        As ``pullback``, for gradients with an axis before those of the outputs.
    of_gradient
        From the gradients with respect to the outputs to ``pullback`` itself as a function.
    """

    outputs: Callable[[Arrays], list[np.ndarray]]
    pullback: Callable[[Arrays, list[np.ndarray]], Arrays]
    pushforward: Callable[[Arrays, Arrays], list[np.ndarray]] | None = None
    batched_pullback: Callable[[Arrays, list[np.ndarray]], Arrays] | None = None
    of_gradient: Callable[[list[np.ndarray]], Differentiable] | None = None


def refuse_modes(order: int, modes: Sequence[str]) -> None:
    """Refuse an order or modes that there are not, before a library is asked for."""
    checked_order(order)
    if isinstance(modes, str) or not modes:
        raise InputError(f"`modes` must be a list such as ['reverse', 'forward'], got {modes!r}")
    for mode in modes:
        check_choice("modes", mode, MODES)


def check_modes(
    function: Differentiable,
    arguments: Arguments,
    plan: SamplingPlan,
    *,
    order: int = 1,
    modes: Sequence[str] = ("reverse",),
) -> GradientReport:
    """Check a function at its arguments, in each of the modes; at order 2, its gradient instead."""
    if not arguments.given:
        raise InputError("`inputs` hold no floating-point numbers, so there is no slope to check")
    if order == 2 and function.of_gradient is not None:
        weights = _weights(function.outputs(arguments.given), plan.seed, 3)
        function = function.of_gradient(weights)
    return joined([MODES[mode](function, arguments, plan) for mode in modes])


def _reverse(function: Differentiable, arguments: Arguments, plan: SamplingPlan) -> GradientReport:
    c = _weights(function.outputs(arguments.given), plan.seed, 0)

    def value(parts: Arrays) -> Any:
        return _sum(c, function.outputs(arguments.join(parts)))

    def gradient(parts: Arrays) -> Arrays:
        return arguments.split(function.pullback(arguments.join(parts), c))

    return check_parts(value, arguments.real, gradient, plan, "between")


def _batched(function: Differentiable, arguments: Arguments, plan: SamplingPlan) -> GradientReport:
    batched = function.batched_pullback
    if batched is None:
        raise InputError("`modes`: this library has no vmap, so there is no batched mode")
    y = function.outputs(arguments.given)
    before, c, after = (_weights(y, plan.seed, k) for k in (1, 0, 2))
    stacks = [np.stack(rows) for rows in zip(before, c, after, strict=True)]
    named = {f"{name} (batched)": name for name in arguments.real}

    def plain(parts: Arrays) -> Arrays:
        return arguments.join({name: parts[shown] for shown, name in named.items()})

    def value(parts: Arrays) -> Any:
        return _sum(c, function.outputs(plain(parts)))

    def gradient(parts: Arrays) -> Arrays:
        rows = batched(plain(parts), stacks)
        found = arguments.split({name: row[1] for name, row in rows.items()})
        return {shown: found[name] for shown, name in named.items()}

    point = {shown: arguments.real[name] for shown, name in named.items()}
    return check_parts(value, point, gradient, plan, "between")


def _forward(function: Differentiable, arguments: Arguments, plan: SamplingPlan) -> GradientReport:
    push = function.pushforward
    if push is None:
        raise InputError("`modes`: there is no forward mode to check")
    c = _weights(function.outputs(arguments.given), plan.seed, 0)
    rng = stream(plan.seed, "sample", 4)
    directions = [
        {
            name: rng.choice([-1.0, 1.0], x.shape) * np.maximum(1.0, np.abs(x))
            for name, x in arguments.real.items()
        }
        for _ in range(DIRECTIONS)
    ]

    def moved(s: np.ndarray) -> Arrays:
        point = arguments.real
        for step, v in zip(s, directions, strict=True):
            point = {name: x + step * v[name] for name, x in point.items()}
        return arguments.join(point)

    def value(parts: Arrays) -> Any:
        return _sum(c, function.outputs(moved(parts["direction"])))

    def gradient(parts: Arrays) -> Arrays:
        there = moved(parts["direction"])
        slopes = [_sum(c, push(there, arguments.join(v))) for v in directions]
        return {"direction": np.array(slopes)}

    every = replace(plan, entries=None, directions=None)
    return check_parts(value, {"direction": np.zeros(DIRECTIONS)}, gradient, every, "between")


MODES = {"reverse": _reverse, "forward": _forward, "batched": _batched}


def _weights(outputs: list[np.ndarray], seed: int, k: int) -> list[np.ndarray]:
    """Return random weights like the outputs."""
    rng = stream(seed, "sample", k)
    weights = []
    for y in outputs:
        c = rng.normal(size=np.shape(y))
        weights.append(c + 1j * rng.normal(size=np.shape(y)) if np.iscomplexobj(y) else c)
    return [np.asarray(c) for c in weights]


def _sum(c: list[np.ndarray], outputs: list[np.ndarray]) -> Any:
    """Return Re Σ c̄ y over all outputs."""
    return sum(np.sum((np.conj(a) * y).real) for a, y in zip(c, outputs, strict=True))
