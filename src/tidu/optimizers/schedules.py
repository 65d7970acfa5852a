"""Learning-rate schedules: functions from the step, counted from 0, to the learning rate.

Every rule takes one as its ``lr``; so it does any function of your own. A step is one update,
that is one mini-batch and not one epoch. A schedule keeps no state: a resumed run goes on with
the rate that it would have had. Weight decay and the rate of `Dropout` take schedules too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tidu.arrays import described
from tidu.config import Config
from tidu.errors import check_integer, check_number

Rate: TypeAlias = float | Callable[[int], float]
"""A learning rate: a number, or a function of the step."""


def check_rate(name: str, rate: Rate) -> Rate:
    """Return a learning rate, a number as a float, or refuse it."""
    if callable(rate):
        return rate
    try:
        return check_number(name, rate, minimum=0)
    except TypeError:
        raise TypeError(
            f"`{name}` must be a number or a schedule (a function of the step), "
            f"got {described(rate)}"
        ) from None


def rate_at(name: str, rate: Rate, step: int) -> float:
    """Return the learning rate at a step; what a function returns is checked."""
    return check_number(f"{name}({step})", rate(step), minimum=0) if callable(rate) else rate


@dataclass(frozen=True, eq=False)
class Constant(Config):
    """The same learning rate at every step: a plain number as a schedule.

    Parameters
    ----------
    lr
        The learning rate, zero or positive.

    Examples
    --------
    >>> Constant(0.1)(1000)
    0.1
    """

    lr: float

    def __post_init__(self) -> None:
        check_number("lr", self.lr, minimum=0)

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step."""
        return self.lr


@dataclass(frozen=True, eq=False)
class StepDecay(Config):
    """Multiply the rate by a factor every so many steps: ``lr · factor^⌊step/every⌋``.

    PyTorch's ``StepLR``, whose names are ``step_size`` and ``gamma``.

    Parameters
    ----------
    lr
        The learning rate of the first ``every`` steps, zero or positive.
    every
        How many steps lie between two changes.
    factor
        What the rate is multiplied by, above 0 and at most 1.

    Examples
    --------
    >>> schedule = StepDecay(0.8, every=100, factor=0.5)
    >>> [schedule(step) for step in (0, 99, 100, 200)]
    [0.8, 0.8, 0.4, 0.2]
    """

    lr: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        check_number("lr", self.lr, minimum=0)
        check_integer("every", self.every)
        check_number("factor", self.factor, above=0, maximum=1)

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step."""
        return self.lr * self.factor ** (step // self.every)


@dataclass(frozen=True, eq=False)
class Exponential(Config):
    """Multiply the rate by a factor at every step: ``lr · decay^step``.

    PyTorch's ``ExponentialLR``, whose name for ``decay`` is ``gamma``.

    Parameters
    ----------
    lr
        The learning rate of the first step, zero or positive.
    decay
        What the rate is multiplied by, above 0 and at most 1. For a half-life of n steps,
        ``0.5 ** (1 / n)``.

    Examples
    --------
    >>> schedule = Exponential(0.8, decay=0.5)
    >>> [schedule(step) for step in (0, 1, 2)]
    [0.8, 0.4, 0.2]
    """

    lr: float
    decay: float

    def __post_init__(self) -> None:
        check_number("lr", self.lr, minimum=0)
        check_number("decay", self.decay, above=0, maximum=1)

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step."""
        return self.lr * self.decay**step


@dataclass(frozen=True, eq=False)
class Cosine(Config):
    """Go down half a wave of the cosine: ``final + ½(lr − final)(1 + cos(π·step/steps))``.

    From ``steps`` on, the rate stays at ``final``. PyTorch's ``CosineAnnealingLR``, whose names
    are ``T_max`` and ``eta_min``, climbs again instead.

    Parameters
    ----------
    lr
        The learning rate of the first step, zero or positive.
    steps
        How many steps the decrease takes; as a rule, all of them.
    final
        The rate at its end, zero or positive.

    References
    ----------
    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.

    Examples
    --------
    >>> schedule = Cosine(0.1, steps=100)
    >>> [round(schedule(step), 3) for step in (0, 50, 100, 150)]
    [0.1, 0.05, 0.0, 0.0]
    """

    lr: float
    steps: int
    final: float = 0.0

    def __post_init__(self) -> None:
        check_number("lr", self.lr, minimum=0)
        check_integer("steps", self.steps)
        check_number("final", self.final, minimum=0)

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step."""
        way = min(step, self.steps) / self.steps
        return self.final + (self.lr - self.final) * (1 + math.cos(math.pi * way)) / 2


@dataclass(frozen=True, eq=False)
class FlatCosine(Config):
    """Stay at a value for some steps, then go down to 0 along half a wave of the cosine.

    ::

        lr                                      up to step flat·steps
        ½ lr (1 + cos(π (t − flat)/(1 − flat)))     then, with t = step/steps

    From ``steps`` on, the value is 0. It suits what is to fade out while the network settles, such
    as weight decay and the rate of `Dropout`.

    Parameters
    ----------
    lr
        The first value: a learning rate, or what else goes by this schedule; zero or positive.
    steps
        How many steps it takes to come to 0; as a rule, all of them.
    flat
        The share of the steps before the value goes down, from 0 to below 1.

    References
    ----------
    Holzmüller, Grinsztajn and Steinwart, "Better by default: strong pre-tuned MLPs and boosted
    trees on tabular data", 2024, where it is called flat_cos.

    Examples
    --------
    >>> schedule = FlatCosine(0.1, steps=100)
    >>> [round(schedule(step), 3) for step in (0, 50, 75, 100, 150)]
    [0.1, 0.1, 0.05, 0.0, 0.0]
    """

    lr: float
    steps: int
    flat: float = 0.5

    def __post_init__(self) -> None:
        check_number("lr", self.lr, minimum=0)
        check_integer("steps", self.steps)
        check_number("flat", self.flat, minimum=0, below=1)

    def __call__(self, step: int) -> float:
        """Return the value at this step."""
        way = max(0.0, (min(step, self.steps) / self.steps - self.flat) / (1 - self.flat))
        return self.lr * (1 + math.cos(math.pi * way)) / 2


@dataclass(frozen=True, eq=False)
class LogCosine(Config):
    """Waves of the cosine, each twice as long as the one before.

    ::

        ½ lr (1 − cos(2π log₂(1 + n t)))

    t = step/steps goes from 0 to 1, and n = 2^cycles − 1, so that there are ``cycles`` waves. Each
    begins and ends at 0: a network comes to rest early, and several times. From ``steps`` on, the
    rate is 0.

    Parameters
    ----------
    lr
        The highest rate, zero or positive.
    steps
        How many steps all waves take.
    cycles
        How many waves there are.

    References
    ----------
    Holzmüller, Grinsztajn and Steinwart, "Better by default: strong pre-tuned MLPs and boosted
    trees on tabular data", 2024, where it is called coslog₄.

    Examples
    --------
    >>> schedule = LogCosine(1.0, steps=15)
    >>> [round(schedule(step), 3) for step in (0, 1, 2, 3, 5, 7, 15)]
    [0.0, 0.0, 0.93, 0.0, 0.93, 0.0, 0.0]
    """

    lr: float
    steps: int
    cycles: int = 4

    def __post_init__(self) -> None:
        check_number("lr", self.lr, minimum=0)
        check_integer("steps", self.steps)
        check_integer("cycles", self.cycles)

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step."""
        t = min(step, self.steps) / self.steps
        return self.lr * (1 - math.cos(2 * math.pi * math.log2(1 + (2**self.cycles - 1) * t))) / 2


@dataclass(frozen=True, eq=False)
class OneCycle(Config):
    """Climb to a high rate and come down to almost 0, each along half a wave of the cosine.

    ::

        climb: s + ½(lr − s)(1 − cos(π·step/top))              up to step top = rise·steps
        then:  final + ½(lr − final)(1 + cos(π·(step − top)/(steps − top)))

    with s = start·lr. From ``steps`` on, the rate stays at ``final``. A high rate in the middle
    lets large steps be taken where they are safe. PyTorch's ``OneCycleLR``, whose names are
    ``max_lr``, ``total_steps`` and ``pct_start``; it changes the momentum as well.

    Parameters
    ----------
    lr
        The highest rate, zero or positive; about a third of one at which the loss climbs.
    steps
        How many steps the whole cycle takes; as a rule, all of them.
    rise
        The share of the steps in which the rate climbs, above 0 and below 1.
    start
        The first rate as a share of ``lr``, from 0 to 1.
    final
        The rate at the end, zero or positive.

    References
    ----------
    Smith and Topin, "Super-convergence: very fast training of neural networks using large learning
    rates", 2018.

    Examples
    --------
    >>> schedule = OneCycle(1.0, steps=100)
    >>> [round(schedule(step), 3) for step in (0, 15, 30, 65, 100, 150)]
    [0.04, 0.52, 1.0, 0.5, 0.0, 0.0]
    """

    lr: float
    steps: int
    rise: float = 0.3
    start: float = 0.04
    final: float = 0.0

    def __post_init__(self) -> None:
        check_number("lr", self.lr, minimum=0)
        check_integer("steps", self.steps)
        check_number("rise", self.rise, above=0, below=1)
        check_number("start", self.start, minimum=0, maximum=1)
        check_number("final", self.final, minimum=0)

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step."""
        top = self.rise * self.steps
        if step < top:
            low, way = self.start * self.lr, 1 - step / top
        else:
            low, way = self.final, (min(step, self.steps) - top) / (self.steps - top)
        return low + (self.lr - low) * (1 + math.cos(math.pi * way)) / 2


@dataclass(frozen=True, eq=False)
class WarmUp(Config):
    """Climb to the learning rate in equal parts, then follow it: ``(step + 1)/steps · then(0)``.

    The first step is taken at a part of the rate and not at 0, which would be a step lost. After
    the climb, ``then`` counts its own steps from 0.

    Parameters
    ----------
    steps
        How many steps the climb takes; the last is taken at the full rate.
    then
        What comes after: a learning rate or another schedule.

    References
    ----------
    Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017.

    Examples
    --------
    >>> schedule = WarmUp(4, then=0.8)
    >>> [schedule(step) for step in range(6)]
    [0.2, 0.4, 0.6000000000000001, 0.8, 0.8, 0.8]
    >>> WarmUp(10, then=Cosine(0.1, steps=990))(1000)
    0.0
    """

    steps: int
    then: Rate

    def __post_init__(self) -> None:
        check_integer("steps", self.steps)
        check_rate("then", self.then)

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step."""
        if step < self.steps:
            return rate_at("then", self.then, 0) * (step + 1) / self.steps
        return rate_at("then", self.then, step - self.steps)
