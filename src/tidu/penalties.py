"""Penalties that are added to the loss to keep weights small (regularization).

A penalty is a function of an array and its gradient. A network adds it up over its trainable
weights, and never over biases, scales or shifts.
"""

from __future__ import annotations

from dataclasses import dataclass

from tidu.arrays import Array, namespace
from tidu.config import Config, set_fields
from tidu.errors import check_number


class Penalty(Config):
    """The base of all penalties.

    Examples
    --------
    >>> import numpy as np
    >>> L2(0.1).value(np.array([1.0, 2.0])), L2(0.1).gradient(np.array([1.0, 2.0]))
    (np.float64(0.25), array([0.1, 0.2]))
    """

    def value(self, w: Array) -> Array:
        """Return the penalty of an array of weights, one number."""
        raise NotImplementedError

    def gradient(self, w: Array) -> Array:
        """Return its gradient, in the shape of ``w``."""
        raise NotImplementedError


@dataclass(frozen=True, repr=False, eq=False)
class L1(Penalty):
    """λ Σ|w|, with gradient λ sign(w), taken as 0 at w = 0. Many weights end near 0.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([3.0, -4.0])
    >>> L1(0.1).value(w), L1(0.1).gradient(w)
    (np.float64(0.7000000000000001), array([ 0.1, -0.1]))
    """

    strength: float

    def __post_init__(self) -> None:
        set_fields(self, strength=check_number("strength", self.strength, minimum=0))

    def value(self, w: Array) -> Array:
        """Return λ Σ|w|."""
        xp = namespace(w)
        return self.strength * xp.sum(xp.abs(w))

    def gradient(self, w: Array) -> Array:
        """Return λ sign(w)."""
        return self.strength * namespace(w).sign(w)


@dataclass(frozen=True, repr=False, eq=False)
class L2(Penalty):
    """½ λ Σw², with gradient λw. With SGD, each step multiplies weights by 1 − lr·λ.

    The same as ``weight_decay`` of PyTorch's optimizers other than AdamW, but for weights only.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([3.0, -4.0])
    >>> L2(0.1).value(w), L2(0.1).gradient(w)
    (np.float64(1.25), array([ 0.3, -0.4]))
    """

    strength: float

    def __post_init__(self) -> None:
        set_fields(self, strength=check_number("strength", self.strength, minimum=0))

    def value(self, w: Array) -> Array:
        """Return ½ λ Σw²."""
        return 0.5 * self.strength * namespace(w).sum(w**2)

    def gradient(self, w: Array) -> Array:
        """Return λw."""
        return self.strength * w


@dataclass(frozen=True, repr=False, eq=False)
class ElasticNet(Penalty):
    """λ₁ Σ|w| + ½ λ₂ Σw², with gradient λ₁ sign(w) + λ₂ w (Zou and Hastie, 2005).

    Examples
    --------
    >>> import numpy as np
    >>> ElasticNet(l1=0.1, l2=0.1).value(np.array([3.0, -4.0]))
    np.float64(1.9500000000000002)
    """

    l1: float
    l2: float

    def __post_init__(self) -> None:
        set_fields(self, l1=check_number("l1", self.l1, minimum=0))
        set_fields(self, l2=check_number("l2", self.l2, minimum=0))

    def value(self, w: Array) -> Array:
        """Return λ₁ Σ|w| + ½ λ₂ Σw²."""
        return L1(self.l1).value(w) + L2(self.l2).value(w)

    def gradient(self, w: Array) -> Array:
        """Return λ₁ sign(w) + λ₂ w."""
        return L1(self.l1).gradient(w) + L2(self.l2).gradient(w)


def by_strengths(l1: float, l2: float) -> Penalty | None:
    """Return the penalty λ₁ Σ|w| + ½ λ₂ Σw², or None if both are 0.

    Examples
    --------
    >>> by_strengths(0, 1e-4), by_strengths(0, 0)
    (L2(0.0001), None)
    """
    l1, l2 = check_number("l1", l1, minimum=0), check_number("l2", l2, minimum=0)
    if l1 and l2:
        return ElasticNet(l1, l2)
    return L1(l1) if l1 else L2(l2) if l2 else None
