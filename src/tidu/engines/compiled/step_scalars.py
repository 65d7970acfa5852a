"""What changes from step to step: dropout that fades, and the numbers of the update rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidu.engines.compiled.kernels.arguments import ARRAYS, SCALAR
from tidu.engines.compiled.kernels.rules import RULES
from tidu.engines.compiled.supported import rule_beneath
from tidu.layers import Dropout
from tidu.objective import Objective
from tidu.optimizers.schedules import Rate, rate_at

if TYPE_CHECKING:
    from tidu.layout import Entry
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run

SAFE_BELOW = {"float32": 1e15, "float64": 1e150}
"""Below this, no product of two numbers overflows."""
SAFE_RATE, SAFE_EPS = 1e6, 1e-12
"""Learning rates up to this and an ε from this on do not make such a gradient overflow."""


def faded(network: Objective) -> list[Dropout]:
    """Return the dropouts whose rate is a schedule, in the order of the program."""
    if not network.chain.draws_noise:
        return []
    everything = (
        each for at in network.chain.walk(network.input_shape) for each in at.with_inner()
    )
    layers = (at.layer for at in everything)
    return [layer for layer in layers if type(layer) is Dropout and callable(layer.rate)]


class StepScalars:
    """The rows of numbers that each step has: one a faded dropout, then one a group of parameters.

    The parameters of a group have the same factor of the learning rate, and decay or do not.
    """

    def __init__(self, network: Objective, optimizer: Optimizer) -> None:
        self.dtype, self.rule = network.dtype, rule_beneath(optimizer)
        self.dropouts = faded(network)
        self.form = RULES[type(self.rule)]
        decay = self.form.weight_decay(self.rule)
        self.decays = callable(decay) or decay != 0
        self.groups = sorted({self._group(entry) for entry in network.layout.entries}) or [
            (1.0, False)
        ]

    @property
    def rows(self) -> int:
        """How many rows a step has."""
        return len(self.dropouts) + len(self.groups)

    def row_of(self, entry: Entry) -> int:
        """Return the row of a parameter's group."""
        return len(self.dropouts) + self.groups.index(self._group(entry))

    def _group(self, entry: Entry) -> tuple[float, bool]:
        return entry.rate_factor, entry.decays and self.decays

    def of(self, run: Run, k: int) -> tuple[np.ndarray, float]:
        """Return those of the next k steps, and the sums below which no update overflows.

        They are ``(k, rows, columns)``.
        """
        rule, form, first = self.rule, self.form, run.optimizer_step
        decay = form.weight_decay(rule)
        scalars = np.ones((k, self.rows, ARRAYS["scalars"].columns), self.dtype)
        for row, dropout in enumerate(self.dropouts):
            scalars[:, row, SCALAR.FIRST] = [dropout.rate_at(run.step + i) for i in range(k)]
        steps = range(first, first + k)
        rates = _each("lr", rule.lr, steps) * run.rate_scale
        t = np.arange(first + 1, first + k + 1, dtype=float)
        with np.errstate(over="ignore"):  # a step that is not finite is found when it is made
            for row, (factor, decays) in enumerate(self.groups, len(self.dropouts)):
                own = factor * rates
                if decays:
                    scalars[:, row, SCALAR.DECAY] = 1 - own * _each("weight_decay", decay, steps)
                for column, values in enumerate(form.scalars(rule, own, t), SCALAR.FIRST):
                    scalars[:, row, column] = values
        fastest = max(factor for factor, _ in self.groups)
        safe = rates.max() * fastest <= SAFE_RATE and form.eps(rule) >= SAFE_EPS
        return scalars, SAFE_BELOW[self.dtype.name] if safe else 0.0


def _each(name: str, rate: Rate, steps: range) -> np.ndarray:
    """Return a number, or what a schedule gives, at each of some steps."""
    if not callable(rate):
        return np.full(len(steps), rate)
    return np.array([rate_at(name, rate, step) for step in steps])
