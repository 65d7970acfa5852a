"""Hidden layers by size and name, for code that builds networks from settings."""

from __future__ import annotations

from tidu.initializers import Initializer
from tidu.layers import activations
from tidu.layers.affine import Affine
from tidu.layers.base import Layer
from tidu.layers.batch_norm import BatchNorm
from tidu.layers.dropout import Dropout

ACTIVATIONS: dict[str, type[Layer]] = {
    name.lower(): kind
    for name in activations.__all__
    if (kind := getattr(activations, name)).scope == "element"
}
"""Activations of hidden layers, by the names that settings have for them."""


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
    >>> from tidu.layers import ReLU
    >>> hidden_block(50, ReLU(), 0.2, True)
    [Affine(50, bias=False), BatchNorm(), ReLU(), Dropout(rate=0.2)]
    """
    return [
        Affine(units, bias=not batch_norm, initializer=initializer),
        *([BatchNorm()] if batch_norm else []),
        activation,
        *([Dropout(dropout)] if dropout else []),
    ]
