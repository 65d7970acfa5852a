"""From settings to layers and an optimizer, for recipes and estimators."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable

from tidu.arrays import described
from tidu.errors import InputError, check_choice, check_integer, check_number
from tidu.initializers import Initializer
from tidu.layers import Layer
from tidu.layers.blocks import ACTIVATIONS, hidden_block
from tidu.network import Network
from tidu.optimizers import Cosine, Optimizer, as_optimizer
from tidu.optimizers.schedules import Rate

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

    Examples
    --------
    >>> from tidu.layers import BatchNorm
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
        layers += hidden_block(units, activation, dropout, batch_norm, initializer)
    for name, value in (("dropout", dropout), ("batch_norm", batch_norm)):
        if no_block and value:
            raise InputError(
                f"`{name}` goes into the blocks of hidden layers given by size, and "
                "`hidden_layers` has no size: put the layer where you want it in the list, or "
                f"leave `{name}` out"
            )
    return layers


def reseeded(network: Network, seed: int) -> Network:
    """Return a copy of a network that begins at the initial parameters of another seed."""
    other = network.copy()
    other.seed = seed
    other.initialize()
    return other


def optimizer_of(
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
    >>> optimizer_of("adam", 0.01, None, 1000)
    Adam(lr=0.01)
    >>> optimizer_of("momentum", None, "cosine", 1000)
    Momentum(lr=Cosine(lr=0.01, steps=1000, final=0.0))
    """
    given = as_optimizer(given)
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
    return given if rate is None else given.with_rate(rate)
