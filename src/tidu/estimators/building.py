"""From an estimator's settings to layers, a penalty and an optimizer."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable
from dataclasses import replace

from tidu.arrays import described
from tidu.errors import InputError, check_choice, check_integer, check_number
from tidu.initializers import Initializer
from tidu.layers import (
    ELU,
    GELU,
    Affine,
    BatchNorm,
    Dropout,
    Identity,
    Layer,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from tidu.optimizers import Cosine, Optimizer, Rule, by_name
from tidu.optimizers.base import check_optimizer
from tidu.optimizers.clipping import Clip
from tidu.optimizers.schedules import Rate
from tidu.penalties import L1, L2, ElasticNet, Penalty

ACTIVATIONS: dict[str, type[Layer]] = {
    kind.__name__.lower(): kind
    for kind in (ReLU, LeakyReLU, ELU, GELU, SiLU, Sigmoid, Tanh, Softplus, Identity)
}

HiddenLayers = int | Iterable[int | Layer]
Schedule = str | Callable[[int], float]


def hidden_layers(
    given: HiddenLayers,
    activation: str | Layer,
    initializer: str | Initializer,
    dropout: float,
    batch_norm: bool,
) -> list[Layer]:
    """Return the layers before the last: each size a block, each layer as it is.

    The block of a size is Affine, BatchNorm if wanted, the activation, and Dropout if wanted.

    Examples
    --------
    >>> hidden_layers((50,), "relu", "auto", 0.2, True)
    [Affine(50, bias=False), BatchNorm(), ReLU(), Dropout(rate=0.2)]
    >>> hidden_layers([BatchNorm(), 50], "tanh", "auto", 0.0, False)
    [BatchNorm(), Affine(50), Tanh()]
    """
    if not isinstance(activation, Layer):
        check_choice("activation", activation, ACTIVATIONS)
        activation = ACTIVATIONS[activation]()
    dropout = check_number("dropout", dropout, minimum=0, below=1)
    if isinstance(given, numbers.Integral):
        given = (int(given),)
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(
            "`hidden_layers` must be sizes such as (100, 50), or a list of layers, "
            f"got {described(given)}"
        )
    layers: list[Layer] = []
    no_block = True
    for i, item in enumerate(given):
        if isinstance(item, Layer):
            layers.append(item)
            continue
        if not isinstance(item, numbers.Integral):
            raise TypeError(
                f"`hidden_layers[{i}]` must be a size or a layer such as Affine(100), "
                f"got {described(item)}"
            )
        no_block = False
        units = check_integer(f"hidden_layers[{i}]", item)
        layers.append(Affine(units, bias=not batch_norm, initializer=initializer))
        layers += [BatchNorm()] if batch_norm else []
        layers.append(activation)
        layers += [Dropout(dropout)] if dropout else []
    for name, value in (("dropout", dropout), ("batch_norm", batch_norm)):
        if no_block and value:
            raise InputError(
                f"`{name}` goes into the blocks of hidden layers given by size, and "
                "`hidden_layers` has no size: put the layer where you want it in the list, or "
                f"leave `{name}` out"
            )
    return layers


def penalty(l1: float, l2: float) -> Penalty | None:
    """Return the penalty λ₁ Σ|w| + ½ λ₂ Σw², or None if both are 0.

    Examples
    --------
    >>> penalty(0, 1e-4), penalty(0, 0)
    (L2(0.0001), None)
    """
    l1, l2 = check_number("l1", l1, minimum=0), check_number("l2", l2, minimum=0)
    if l1 and l2:
        return ElasticNet(l1, l2)
    return L1(l1) if l1 else L2(l2) if l2 else None


def optimizer(
    given: str | Optimizer, learning_rate: float | None, schedule: Schedule | None, steps: int
) -> Optimizer:
    """Return the optimizer with the learning rate that is asked for.

    Parameters
    ----------
    given : str or Optimizer
        A rule by its name, or an optimizer, whose rate is used if no other is given.
    learning_rate : float, optional
        In place of the optimizer's own.
    schedule : "cosine" or function of the step, optional
        How the rate goes on from there, or what gives the rate.
    steps : int
        How many steps will be taken, after which "cosine" has come down to 0.

    Examples
    --------
    >>> optimizer("adam", 0.01, None, 1000)
    Adam(lr=0.01)
    >>> optimizer("momentum", None, "cosine", 1000)
    Momentum(lr=Cosine(lr=0.01, steps=1000, final=0.0))
    """
    if isinstance(given, str):
        given = by_name(given)()  # type: ignore[call-arg]  # each of them has a rate of its own
    check_optimizer(given)
    rate: Rate | None = learning_rate
    if rate is not None:
        rate = check_number("learning_rate", rate, minimum=0)
    if callable(schedule):
        if rate is not None:
            raise InputError(
                f"`schedule` {schedule!r} gives the learning rate of each step, and "
                f"`learning_rate` is {rate:g}: give one of them"
            )
        rate = schedule
    elif schedule is not None:
        check_choice("schedule", schedule, ("cosine",))
        rate = Cosine(given.rate(0) if rate is None else rate, steps)
    return given if rate is None else _with_rate(given, rate)


def _with_rate(rule: Optimizer, rate: Rate) -> Optimizer:
    if isinstance(rule, Clip):
        return replace(rule, optimizer=_with_rate(rule.optimizer, rate))
    if not isinstance(rule, Rule):
        raise InputError(
            f"{rule!r} has no field lr that `learning_rate` or `schedule` could set: leave them out"
        )
    return replace(rule, lr=rate)
