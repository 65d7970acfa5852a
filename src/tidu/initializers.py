"""Where learning starts: initial weights as functions of a generator and a shape.

With n = fan_in, the number of units a unit listens to, and m = fan_out, the number it speaks to,
a weight drawn with standard deviation s makes the next layer's variance n·s² times that of this
one. Each rule below chooses s so that signals neither fade nor grow through many layers, for one
family of activations. `"auto"` in a layer takes the rule that suits the activation that follows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tidu.config import Config, set_fields
from tidu.errors import InputError, check_choice, check_number


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return (fan_in, fan_out) of a weight of shape ``(d_in, d_out)``.

    A vector is counted as a column: fan_in its length, fan_out 1.

    Examples
    --------
    >>> fans((784, 50))
    (784, 50)
    """
    d_in, d_out = (*shape, 1, 1)[:2] if len(shape) < 2 else (math.prod(shape[:-1]), shape[-1])
    return max(d_in, 1), max(d_out, 1)


@dataclass(frozen=True, eq=False)
class Initializer(Config):
    """A rule that draws initial values: called with a generator, a shape and a dtype.

    It draws in float64 and rounds, so that the values do not depend on the dtype otherwise.

    Examples
    --------
    >>> import numpy as np
    >>> He()(np.random.default_rng(0), (2, 3), "float32").shape
    (2, 3)
    """

    def __call__(
        self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype
    ) -> np.ndarray:
        """Return an array of the shape and dtype, drawn from ``rng``."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Zeros(Initializer):
    """All zeros: right for biases; weights that start equal stay equal and learn nothing apart.

    Examples
    --------
    >>> import numpy as np
    >>> Zeros()(np.random.default_rng(0), (2,), "float32")
    array([0., 0.], dtype=float32)
    """

    def __call__(
        self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype
    ) -> np.ndarray:
        """Return zeros."""
        return np.zeros(shape, dtype)


@dataclass(frozen=True, eq=False)
class Ones(Initializer):
    """All ones: right for scales.

    Examples
    --------
    >>> import numpy as np
    >>> Ones()(np.random.default_rng(0), (2,), "float32")
    array([1., 1.], dtype=float32)
    """

    def __call__(
        self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype
    ) -> np.ndarray:
        """Return ones."""
        return np.ones(shape, dtype)


@dataclass(frozen=True, eq=False)
class Normal(Initializer):
    """Gaussian of mean 0 and a fixed standard deviation.

    Examples
    --------
    >>> w = Normal(0.01)(np.random.default_rng(0), (1000, 100), np.dtype("float32"))
    >>> round(float(w.std()), 4)
    0.01
    """

    std: float = 0.01

    def __post_init__(self) -> None:
        set_fields(self, std=check_number("std", self.std, minimum=0))

    def __call__(
        self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype
    ) -> np.ndarray:
        """Return N(0, std²) of the shape."""
        return (self.std * rng.standard_normal(shape)).astype(dtype)


@dataclass(frozen=True, eq=False)
class Uniform(Initializer):
    """Uniform between −limit and limit.

    Examples
    --------
    >>> w = Uniform(0.5)(np.random.default_rng(0), (1000, 100), np.dtype("float32"))
    >>> round(float(abs(w).max()), 3)
    0.5
    """

    limit: float = 0.01

    def __post_init__(self) -> None:
        set_fields(self, limit=check_number("limit", self.limit, minimum=0))

    def __call__(
        self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype
    ) -> np.ndarray:
        """Return values between −limit and limit."""
        return (self.limit * (2 * rng.random(shape) - 1)).astype(dtype)


@dataclass(frozen=True, eq=False)
class FanScaled(Initializer):
    """Draws with variance gain / fan, from a normal or a uniform distribution of that variance."""

    distribution: str = "normal"

    def __post_init__(self) -> None:
        check_choice("distribution", self.distribution, ("normal", "uniform"))

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return the standard deviation for these fans."""
        raise NotImplementedError

    def __call__(
        self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype
    ) -> np.ndarray:
        """Return values of deviation s = ``std(fan_in, fan_out)``; uniform ones span ±√3 s."""
        s = self.std(*fans(shape))
        if self.distribution == "normal":
            return (s * rng.standard_normal(shape)).astype(dtype)
        return (math.sqrt(3) * s * (2 * rng.random(shape) - 1)).astype(dtype)


@dataclass(frozen=True, eq=False)
class Xavier(FanScaled):
    """Standard deviation √(2 / (fan_in + fan_out)), for sigmoid and tanh.

    Glorot and Bengio (2010), so also called Glorot's; ``torch.nn.init.xavier_normal_`` in PyTorch.
    A well-known course calls √(1 / fan_in) Xavier's; that one is `LeCun`.

    Examples
    --------
    >>> Xavier().std(300, 100)
    0.07071067811865475
    """

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return √(2 / (fan_in + fan_out))."""
        return math.sqrt(2 / (fan_in + fan_out))


Glorot = Xavier


@dataclass(frozen=True, eq=False)
class He(FanScaled):
    """Standard deviation √(2 / fan_in), for ReLU and its variants, which lose half of their inputs.

    He et al. (2015); ``torch.nn.init.kaiming_normal_`` in PyTorch.

    Examples
    --------
    >>> He().std(50, 10)
    0.2
    """

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return √(2 / fan_in)."""
        return math.sqrt(2 / fan_in)


@dataclass(frozen=True, eq=False)
class LeCun(FanScaled):
    """Standard deviation √(1 / fan_in): unit variance through a linear layer.

    LeCun, Bottou, Orr and Müller, "Efficient BackProp" (1998).

    Examples
    --------
    >>> LeCun().std(100, 10)
    0.1
    """

    def std(self, fan_in: int, fan_out: int) -> float:
        """Return √(1 / fan_in)."""
        return math.sqrt(1 / fan_in)


@dataclass(frozen=True, eq=False)
class Orthogonal(Initializer):
    """A matrix with orthonormal rows or columns, times ``gain`` (Saxe et al., 2014).

    The Q of a Gaussian matrix's QR decomposition, with the signs that make it uniform.
    ``torch.nn.init.orthogonal_`` in PyTorch.

    Examples
    --------
    >>> W = Orthogonal()(np.random.default_rng(0), (5, 3), np.dtype("float64"))
    >>> bool(np.allclose(W.T @ W, np.eye(3)))
    True
    """

    gain: float = 1.0

    def __post_init__(self) -> None:
        set_fields(self, gain=check_number("gain", self.gain))

    def __call__(
        self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype
    ) -> np.ndarray:
        """Return ``gain`` times an orthonormal matrix of the shape."""
        rows, columns = fans(shape)
        tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(tall)
        q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
        return (self.gain * (q if rows >= columns else q.T)).reshape(shape).astype(dtype)


INITIALIZERS: dict[str, type[Initializer]] = {
    "zeros": Zeros,
    "ones": Ones,
    "normal": Normal,
    "uniform": Uniform,
    "xavier": Xavier,
    "glorot": Glorot,
    "he": He,
    "lecun": LeCun,
    "orthogonal": Orthogonal,
}


def initializer(rule: str | Initializer) -> Initializer | None:
    """Return the rule of that name, a rule as it is, or None for ``"auto"``.

    Examples
    --------
    >>> initializer("he")
    He(distribution='normal')
    """
    if isinstance(rule, Initializer):
        return rule
    if not isinstance(rule, str):
        raise InputError(
            f"`initializer` must be a name or an initializer such as He(), got {rule!r}"
        )
    check_choice("initializer", rule, ("auto", *INITIALIZERS))
    return None if rule == "auto" else INITIALIZERS[rule]()
