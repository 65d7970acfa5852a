"""What an optimizer is: a named state and one pure update of one flat vector.

An optimizer is a value: its fields are its settings, and it remembers nothing. What lasts from
step to step is in the state, which the caller keeps and may save.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, field, fields, replace
from inspect import signature
from typing import Any, ClassVar

from tidu.arrays import Array, described, namespace
from tidu.config import Config
from tidu.errors import check_number
from tidu.optimizers.schedules import Rate, check_rate, rate_at

State = dict[str, Array]
"""The named vectors that an optimizer carries from step to step, each of the shape of theta."""


@dataclass(frozen=True, repr=False, eq=False)
class Optimizer(Config, ABC):
    """One way to turn gradients into steps; the base of all rules and of the clipping around them.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.optimizers import Momentum
    >>> optimizer, theta = Momentum(lr=0.1), np.array([1.0, -2.0])
    >>> state = optimizer.init(theta)
    >>> for step in range(3):
    ...     theta, state = optimizer.update(theta, 2 * theta, state, step)  # f(θ) = Σθ²
    >>> theta
    array([ 0.062, -0.124])
    """

    @abstractmethod
    def init(self, theta: Array) -> State:
        """Return the state before the first step: named vectors of zeros, shaped as ``theta``."""

    @abstractmethod
    def rate(self, step: int) -> float:
        """Return the learning rate at a step."""

    @abstractmethod
    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Take one step; no argument is changed.

        Parameters
        ----------
        theta
            What is learned, a flat vector of floating-point numbers.
        dtheta
            The gradient of the loss with respect to it, of the same shape and dtype.
        state
            What `init` or the last update returned.
        step
            The number of this step, counted from 0.
        decay_mask
            A boolean vector, True where weight decay applies; None is everywhere. Rules without
            weight decay do not look at it.

        Returns
        -------
        theta, state
            The new ones, in the dtype of the old.
        """

    def with_rate(self, lr: Rate) -> Optimizer:
        """Return the same optimizer at another learning rate, a number or a schedule.

        Unless a subclass says otherwise, its steps are scaled by the new rate over its own.

        Examples
        --------
        >>> from tidu.optimizers import SGD, ClipByNorm
        >>> ClipByNorm(5, SGD(0.1)).with_rate(0.01)
        ClipByNorm(limit=5.0, optimizer=SGD(lr=0.01))
        """
        from tidu.optimizers.at_rate import AtRate

        return AtRate(self, lr)

    def __repr__(self) -> str:
        shown = [
            f
            for i, f in enumerate(fields(self))
            if i == 0 or f.default is MISSING or getattr(self, f.name) != f.default
        ]
        settings = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in shown)
        return f"{type(self).__name__}({settings})"


def check_optimizer(optimizer: object) -> None:
    """Refuse what is not an optimizer; the message for a class says to call it."""
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        raise TypeError(
            f"`optimizer` must be an optimizer, got the class {optimizer.__name__}; "
            f"write {optimizer.__name__}(...) with its settings"
        )
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"`optimizer` must be an optimizer such as SGD(0.1), got {described(optimizer)}"
        )


def setting(default: float, **bounds: float) -> Any:
    """Return a dataclass field that is a number within bounds, those of `check_number`."""
    return field(default=default, metadata=bounds)


@dataclass(frozen=True, repr=False, eq=False)
class Rule(Optimizer):
    """An update rule: a learning rate, its other settings, and the formula in `update`.

    To write one, name its state vectors in ``vectors``, in the letters of its formula, give its
    settings as fields of a dataclass, and write ``update``.

    Parameters
    ----------
    lr
        The learning rate, or a schedule: a function of the step.

    Examples
    --------
    >>> import numpy as np
    >>> from dataclasses import dataclass
    >>> from tidu.optimizers import Rule
    >>> @dataclass(frozen=True, repr=False, eq=False)
    ... class SignSGD(Rule):
    ...     '''θ ← θ − η sign(g).'''
    ...     lr: float = 0.01
    ...
    ...     def update(self, theta, dtheta, state, step, decay_mask=None):
    ...         return theta - self.rate(step) * np.sign(dtheta), state
    >>> SignSGD().update(np.array([1.0, 2.0]), np.array([5.0, -5.0]), {}, step=0)
    (array([0.99, 2.01]), {})
    >>> SignSGD().with_rate(0.1)
    SignSGD(lr=0.1)
    """

    vectors: ClassVar[tuple[str, ...]] = ()
    scheduled: ClassVar[tuple[str, ...]] = ("lr",)
    """The settings that may be schedules: functions of the step."""

    lr: Rate

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name in self.scheduled:
                checked = check_rate(each.name, value)
            else:
                checked = check_number(each.name, value, **each.metadata)
            # Python floats: a NumPy scalar would turn a float32 theta into float64.
            object.__setattr__(self, each.name, checked)

    def init(self, theta: Array) -> State:
        """Return zeros for each of ``vectors``."""
        xp = namespace(theta)
        return {name: xp.zeros_like(theta) for name in self.vectors}

    def rate(self, step: int) -> float:
        """Return ``lr``, or what it gives at this step."""
        return rate_at("lr", self.lr, step)

    def with_rate(self, lr: Rate) -> Optimizer:
        """Return the same rule at another learning rate."""
        makes_itself = "lr" in signature(type(self)).parameters
        return replace(self, lr=lr) if makes_itself else super().with_rate(lr)
