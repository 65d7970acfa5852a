"""How a gradient becomes a step: update rules, gradient clipping and learning-rate schedules.

An optimizer is a value that holds its settings, and an update is a pure function of one flat
vector; it knows no network. Rules are in `rules`, clipping wraps them (`clipping`), and the
learning rate may be a function of the step (`schedules`). To write a rule of your own, subclass
`Rule` with your settings as fields, name its state in ``vectors``, and write `update`; an optimizer
of another kind subclasses `Optimizer`.
"""

from tidu.errors import check_choice
from tidu.optimizers.base import Optimizer, Rule, check_optimizer
from tidu.optimizers.clipping import ClipByNorm, ClipByValue
from tidu.optimizers.rules import SGD, AdaGrad, Adam, AdamW, Lion, Momentum, Nesterov, RMSprop
from tidu.optimizers.schedules import (
    Constant,
    Cosine,
    Exponential,
    FlatCosine,
    LogCosine,
    OneCycle,
    StepDecay,
    WarmUp,
)

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "ClipByNorm",
    "ClipByValue",
    "Constant",
    "Cosine",
    "Exponential",
    "FlatCosine",
    "Lion",
    "LogCosine",
    "Momentum",
    "Nesterov",
    "OneCycle",
    "Optimizer",
    "RMSprop",
    "Rule",
    "StepDecay",
    "WarmUp",
    "as_optimizer",
    "by_name",
]

OPTIMIZERS: dict[str, type[Rule]] = {
    rule.__name__.lower(): rule
    for rule in (SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam, AdamW, Lion)
}
"""The rules by the names that the command line uses."""


def as_optimizer(given: Optimizer | str) -> Optimizer:
    """Return the optimizer that is given, or that of a name, with its default settings.

    Examples
    --------
    >>> as_optimizer("adam"), as_optimizer(SGD(0.5))
    (Adam(lr=0.001), SGD(lr=0.5))
    """
    optimizer = by_name(given)() if isinstance(given, str) else given  # type: ignore[call-arg]
    check_optimizer(optimizer)
    return optimizer


def by_name(name: str) -> type[Rule]:
    """Return the update rule of that name.

    Raises
    ------
    InputError
        If there is none; the message names the nearest.

    Examples
    --------
    >>> by_name("adam")(lr=0.01)
    Adam(lr=0.01)
    """
    check_choice("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]
