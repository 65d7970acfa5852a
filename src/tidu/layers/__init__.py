"""Layers: each a pair of pure functions, forward and backward, a few lines each.

`base` holds the contract, and how to write a layer of your own; the other modules hold one family
each. A layer's values come from `tidu.functions`; its derivative stands beside them here.
"""

from tidu.layers.activations import (
    ELU,
    GELU,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from tidu.layers.affine import Affine
from tidu.layers.base import Buffer, Layer, Parameter
from tidu.layers.batch_norm import BatchNorm
from tidu.layers.chain import Chain, Residual
from tidu.layers.dropout import Dropout
from tidu.layers.shaping import Flatten, Rescale
from tidu.layers.standardize import Standardize

__all__ = [
    "ELU",
    "GELU",
    "Affine",
    "BatchNorm",
    "Buffer",
    "Chain",
    "Dropout",
    "Flatten",
    "Identity",
    "Layer",
    "LeakyReLU",
    "Parameter",
    "ReLU",
    "Rescale",
    "Residual",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Standardize",
    "Tanh",
]

LAYERS: dict[str, type[Layer]] = {
    name: kind
    for name in __all__
    if issubclass(kind := globals()[name], Layer) and kind is not Layer
}
"""The layers that come with Tidu, by name."""
