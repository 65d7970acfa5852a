"""Hidden layers by size and name, for whoever builds networks from settings."""

from __future__ import annotations

from tidu.initializers import Initializer
from tidu.layers.activations import (
    ELU,
    GELU,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from tidu.layers.affine import Affine
from tidu.layers.base import Layer
from tidu.layers.batch_norm import BatchNorm
from tidu.layers.dropout import Dropout

ACTIVATIONS: dict[str, type[Layer]] = {
    kind.__name__.lower(): kind
    for kind in (ReLU, LeakyReLU, ELU, GELU, SiLU, Sigmoid, Tanh, Softplus, Identity)
}


def hidden_block(
    units: int,
    activation: Layer,
    dropout: float,
    batch_norm: bool,
    initializer: str | Initializer = "auto",
) -> list[Layer]:
    """Return Affine, BatchNorm if wanted, the activation, and Dropout if wanted.

    Examples
    --------
    >>> hidden_block(50, ReLU(), 0.2, True)
    [Affine(50, bias=False), BatchNorm(), ReLU(), Dropout(rate=0.2)]
    """
    return [
        Affine(units, bias=not batch_norm, initializer=initializer),
        *([BatchNorm()] if batch_norm else []),
        activation,
        *([Dropout(dropout)] if dropout else []),
    ]
