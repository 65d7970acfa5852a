"""Layers: each a pair of pure functions, forward and backward, a few lines each.

`base` holds the contract, and how to write a layer of your own; the other modules hold one family
each, and list the names that are public. A layer's values come from `tidu.functions`; its
derivative stands beside them here.
"""

from tidu.layers import (
    activations,
    affine,
    base,
    batch_norm,
    chain,
    dropout,
    embeddings,
    parametric,
    scaling,
    shaping,
    standardize,
)
from tidu.layers.activations import *
from tidu.layers.affine import *
from tidu.layers.base import *
from tidu.layers.batch_norm import *
from tidu.layers.chain import *
from tidu.layers.dropout import *
from tidu.layers.embeddings import *
from tidu.layers.parametric import *
from tidu.layers.scaling import *
from tidu.layers.shaping import *
from tidu.layers.standardize import *

__all__: list[str] = []
__all__ += activations.__all__
__all__ += affine.__all__
__all__ += base.__all__
__all__ += batch_norm.__all__
__all__ += chain.__all__
__all__ += dropout.__all__
__all__ += embeddings.__all__
__all__ += parametric.__all__
__all__ += scaling.__all__
__all__ += shaping.__all__
__all__ += standardize.__all__

LAYERS: dict[str, type[base.Layer]] = {
    name: kind
    for name in __all__
    if issubclass(kind := globals()[name], base.Layer) and kind is not base.Layer
}
"""The layers that come with Tidu, by name."""
