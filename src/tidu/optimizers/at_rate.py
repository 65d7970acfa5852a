"""An optimizer at another learning rate than its own, whatever it calls its rate."""

from __future__ import annotations

from dataclasses import dataclass

from tidu.arrays import Array
from tidu.errors import InputError
from tidu.optimizers.base import Optimizer, State, check_optimizer
from tidu.optimizers.schedules import Rate, check_rate, rate_at


@dataclass(frozen=True, repr=False, eq=False)
class AtRate(Optimizer):
    """The steps of an optimizer, scaled to another learning rate: θ + (lr/rate)(θ′ − θ).

    It is what `Optimizer.with_rate` returns for an optimizer that does not say how its rate is
    changed, and the same as a change of its rate for each whose steps are proportional to it.

    Parameters
    ----------
    optimizer
        What takes the steps; its own rate must not be 0.
    lr
        The learning rate, or a schedule.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.optimizers import SGD
    >>> AtRate(SGD(0.5), 0.25).update(np.array([1.0]), np.array([2.0]), {}, step=0)
    (array([0.5]), {})
    """

    optimizer: Optimizer
    lr: Rate

    def __post_init__(self) -> None:
        check_optimizer(self.optimizer)
        object.__setattr__(self, "lr", check_rate("lr", self.lr))

    def init(self, theta: Array) -> State:
        """Return the state of the optimizer inside."""
        return self.optimizer.init(theta)

    def rate(self, step: int) -> float:
        """Return ``lr``, or what it gives at this step."""
        return rate_at("lr", self.lr, step)

    def with_rate(self, lr: Rate) -> AtRate:
        """Return the same at another learning rate."""
        return AtRate(self.optimizer, lr)

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Let the optimizer inside take its step, and scale it."""
        own = self.optimizer.rate(step)
        if own == 0:
            raise InputError(
                f"the learning rate of {self.optimizer!r} is 0 at step {step}, so its steps cannot "
                "be scaled to another: write its method with_rate"
            )
        new, state = self.optimizer.update(theta, dtheta, state, step, decay_mask)
        return theta + (self.rate(step) / own) * (new - theta), state
