"""Clipping: optimizers that limit a gradient before they pass it to another optimizer.

They nest, the outermost first: ``ClipByValue(1, ClipByNorm(5, Adam()))``. A NaN stays a NaN.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace

from tidu.arrays import Array, namespace
from tidu.errors import check_number
from tidu.optimizers.base import Optimizer, State, check_optimizer
from tidu.optimizers.schedules import Rate


@dataclass(frozen=True, repr=False, eq=False)
class Clip(Optimizer):
    """The base of both: a limit, the optimizer that gets the clipped gradient, and `clipped`."""

    limit: float
    optimizer: Optimizer

    def __post_init__(self) -> None:
        object.__setattr__(self, "limit", check_number("limit", self.limit, above=0))
        check_optimizer(self.optimizer)

    @abstractmethod
    def clipped(self, dtheta: Array) -> Array:
        """Return the gradient within the limit."""

    def init(self, theta: Array) -> State:
        """Return the state of the optimizer inside; clipping has none."""
        return self.optimizer.init(theta)

    def rate(self, step: int) -> float:
        """Return the learning rate of the optimizer inside."""
        return self.optimizer.rate(step)

    def with_rate(self, lr: Rate) -> Optimizer:
        """Return the same clipping around the optimizer at another learning rate."""
        return replace(self, optimizer=self.optimizer.with_rate(lr))

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Let the optimizer inside take its step with the clipped gradient."""
        return self.optimizer.update(theta, self.clipped(dtheta), state, step, decay_mask)


@dataclass(frozen=True, repr=False, eq=False)
class ClipByNorm(Clip):
    """Shorten a gradient that is longer than the limit; its direction stays.

    ::

        g ← g · min(1, limit / ‖g‖)

    The norm is that of the whole flat gradient, as in PyTorch's ``clip_grad_norm_``, which adds
    1e-6 to it; here a gradient within the limit is left exactly as it is. Squares of large
    entries do not overflow.

    Parameters
    ----------
    limit
        The greatest length, above 0.
    optimizer
        What takes the step.

    References
    ----------
    Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.optimizers import SGD
    >>> ClipByNorm(1.0, SGD(lr=1.0)).clipped(np.array([30.0, 40.0]))
    array([0.6, 0.8])
    """

    def clipped(self, dtheta: Array) -> Array:
        """Return the gradient, no longer than the limit."""
        if dtheta.size == 0:
            return dtheta
        xp = namespace(dtheta)
        scale = xp.maximum(xp.max(xp.abs(dtheta)), self.limit)
        unit = dtheta / scale
        norm, limit = xp.sqrt(xp.sum(unit * unit)), self.limit / scale
        return xp.where(norm > limit, unit * (self.limit / xp.maximum(norm, limit)), dtheta)


@dataclass(frozen=True, repr=False, eq=False)
class ClipByValue(Clip):
    """Cut each entry of the gradient at ± the limit; its direction may change.

    ::

        g ← min(max(g, −limit), limit)

    PyTorch's ``clip_grad_value_``.

    Parameters
    ----------
    limit
        The greatest absolute value of an entry, above 0.
    optimizer
        What takes the step.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.optimizers import SGD
    >>> ClipByValue(1.0, SGD(lr=1.0)).clipped(np.array([30.0, -0.5]))
    array([ 1. , -0.5])
    """

    def clipped(self, dtheta: Array) -> Array:
        """Return the gradient, no entry of it beyond the limit."""
        return namespace(dtheta).clip(dtheta, -self.limit, self.limit)
