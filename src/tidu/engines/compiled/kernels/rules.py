"""The compiled forms of update rules: a formula and a row of the table for each.

A formula takes one entry of θ, of the gradient g and of each of the rule's vectors, then the step
scalars and the constants of the row, and returns the new θ and vectors. `updates` makes loops of
them; nothing else knows which rules there are. Their textbook forms are in `tidu.optimizers.rules`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.engines.compiled.kernels.scalar import normal_or_zero
from tidu.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Lion,
    Momentum,
    Nesterov,
    RMSprop,
    Rule,
)
from tidu.optimizers.schedules import Rate


def _rate_alone(rule: Any, rates: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, ...]:
    return (rates,)


@dataclass(frozen=True)
class RuleForm:
    """One row.

    Attributes
    ----------
    update
        The formula: ``update(theta, g, *vectors, *scalars, *constants)``.
    scalars
        From the rule, the learning rates of some steps and their numbers t, counted from 1: up to
        three arrays of numbers that change from step to step.
    constants
        Up to five numbers that do not change.
    weight_decay
        λ or its schedule, if what decays is multiplied by 1 − η λ before the step.
    eps
        What keeps a division safe, if the formula divides.
    """

    update: Callable[..., Any]
    scalars: Callable[[Any, np.ndarray, np.ndarray], tuple[np.ndarray, ...]] = _rate_alone
    constants: Callable[[Any], tuple[float, ...]] = lambda rule: ()
    weight_decay: Callable[[Any], Rate] = lambda rule: 0.0
    eps: Callable[[Any], float] = lambda rule: 1.0


def sgd(theta: Any, g: Any, rate: Any) -> Any:
    """θ ← θ − η g."""
    return theta - rate * g


def momentum(theta: Any, g: Any, v: Any, rate: Any, mu: Any) -> Any:
    """v ← μ v + g, θ ← θ − η v."""
    v = normal_or_zero(mu * v + g)
    return theta - rate * v, v


def nesterov(theta: Any, g: Any, v: Any, rate: Any, mu: Any) -> Any:
    """v ← μ v + g, θ ← θ − η (g + μ v)."""
    v = normal_or_zero(mu * v + g)
    return theta - rate * (g + mu * v), v


def adagrad(theta: Any, g: Any, h: Any, rate: Any, eps: Any) -> Any:
    """h ← h + g², θ ← θ − η g / (√h + ε)."""
    h = h + g * g
    return theta - rate * g / (math.sqrt(h) + eps), h


def rmsprop(theta: Any, g: Any, h: Any, rate: Any, rho: Any, rest: Any, eps: Any) -> Any:
    """h ← ρ h + (1 − ρ) g², θ ← θ − η g / (√h + ε)."""
    h = normal_or_zero(rho * h + rest * g * g)
    return theta - rate * g / (math.sqrt(h) + eps), h


def adam(
    theta: Any, g: Any, m: Any, v: Any, rate: Any, first: Any, second: Any, beta1: Any, rest1: Any,
    beta2: Any, rest2: Any, eps: Any,
) -> Any:  # fmt: skip
    """Both means, then θ ← θ − η/c₁ m / (√(v/c₂) + ε), with c₁ = 1 − β₁ᵗ and c₂ = 1 − β₂ᵗ."""
    m = normal_or_zero(beta1 * m + rest1 * g)
    v = normal_or_zero(beta2 * v + rest2 * g * g)
    rate_of_m, scale_of_v = rate / first, type(second)(1) / second
    return theta - rate_of_m * m / (math.sqrt(v * scale_of_v) + eps), m, v


def lion(
    theta: Any, g: Any, m: Any, rate: Any, beta1: Any, rest1: Any, beta2: Any, rest2: Any
) -> Any:
    """θ ← θ − η sign(β₁ m + (1 − β₁) g), m ← β₂ m + (1 − β₂) g."""
    return theta - rate * np.sign(beta1 * m + rest1 * g), normal_or_zero(beta2 * m + rest2 * g)


def _corrections(rule: Any, rates: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return η, 1 − β₁ᵗ and 1 − β₂ᵗ."""
    return rates, 1 - rule.beta1**t, 1 - rule.beta2**t


def _adam_constants(rule: Any) -> tuple[float, ...]:
    return rule.beta1, 1 - rule.beta1, rule.beta2, 1 - rule.beta2, rule.eps


def _eps(rule: Any) -> float:
    return rule.eps


RULES: dict[type[Rule], RuleForm] = {
    SGD: RuleForm(sgd),
    Momentum: RuleForm(momentum, constants=lambda rule: (rule.momentum,)),
    Nesterov: RuleForm(nesterov, constants=lambda rule: (rule.momentum,)),
    AdaGrad: RuleForm(adagrad, constants=lambda rule: (rule.eps,), eps=_eps),
    RMSprop: RuleForm(
        rmsprop, constants=lambda rule: (rule.decay, 1 - rule.decay, rule.eps), eps=_eps
    ),
    Adam: RuleForm(adam, _corrections, _adam_constants, eps=_eps),
    AdamW: RuleForm(
        adam, _corrections, _adam_constants, weight_decay=lambda rule: rule.weight_decay, eps=_eps
    ),
    Lion: RuleForm(
        lion,
        constants=lambda rule: (rule.beta1, 1 - rule.beta1, rule.beta2, 1 - rule.beta2),
        weight_decay=lambda rule: rule.weight_decay,
    ),
}
"""The code of a rule in a program is its position here."""
