"""Activations: functions applied to each number by itself, each with its derivative beside it.

The values are those of `tidu.functions`. Every activation names the initializer that suits the
weights before it, which `"auto"` takes.
"""

from __future__ import annotations

from dataclasses import dataclass

from tidu import functions
from tidu.arrays import Array, namespace
from tidu.config import set_fields
from tidu.errors import ShapeError, check_number
from tidu.initializers import He, LeCun, Xavier
from tidu.layers.base import Layer, Shape

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "HardSwish",
    "Identity",
    "LeakyReLU",
    "Mish",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]


@dataclass(frozen=True, repr=False, eq=False)
class Identity(Layer):
    """y = x; dy/dx = 1.

    Examples
    --------
    >>> Identity().forward(2.0)
    (2.0, ())
    """

    scope = "element"

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = x."""
        return x, ()

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy."""
        return dy


@dataclass(frozen=True, repr=False, eq=False)
class Sigmoid(Layer):
    """y = σ(x) = 1 / (1 + e⁻ˣ); dy/dx = y (1 − y), at most ¼: deep stacks of it learn slowly.

    Examples
    --------
    >>> import numpy as np
    >>> y, saved = Sigmoid().forward(np.array([-2.0, 1.0]))
    >>> y.round(4), Sigmoid().backward(np.ones(2), saved).round(4)
    (array([0.1192, 0.7311]), array([0.105 , 0.1966]))
    """

    scope = "element"
    saturates = "both"
    default_initializer = Xavier()

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = σ(x)."""
        y = functions.sigmoid(x)
        return y, (y,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy · y (1 − y)."""
        (y,) = saved
        return dy * y * (1 - y)


@dataclass(frozen=True, repr=False, eq=False)
class Tanh(Layer):
    """y = tanh x; dy/dx = 1 − y².

    Examples
    --------
    >>> import numpy as np
    >>> y, saved = Tanh().forward(np.array([-2.0, 1.0]))
    >>> y.round(4), Tanh().backward(np.ones(2), saved).round(4)
    (array([-0.964 ,  0.7616]), array([0.0707, 0.42  ]))
    """

    scope = "element"
    saturates = "both"
    default_initializer = Xavier()

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = tanh x."""
        y = functions.tanh(x)
        return y, (y,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy (1 − y²)."""
        (y,) = saved
        return dy * (1 - y**2)


@dataclass(frozen=True, repr=False, eq=False)
class ReLU(Layer):
    """y = max(0, x); dy/dx = 1 where x > 0, else 0 (at the kink x = 0 too).

    Examples
    --------
    >>> import numpy as np
    >>> y, saved = ReLU().forward(np.array([-2.0, 1.0]))
    >>> y.round(4), ReLU().backward(np.ones(2), saved).round(4)
    (array([0., 1.]), array([0., 1.]))
    """

    scope = "element"
    saturates = "below"
    default_initializer = He()

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = max(0, x)."""
        return functions.relu(x), (x > 0,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy where x > 0, else 0."""
        (positive,) = saved
        return namespace(dy).where(positive, dy, namespace(dy).zeros_like(dy))


@dataclass(frozen=True, repr=False, eq=False)
class LeakyReLU(Layer):
    """y = x where x ≥ 0, slope·x below; dy/dx = 1 where x > 0, else slope.

    Examples
    --------
    >>> import numpy as np
    >>> y, saved = LeakyReLU().forward(np.array([-2.0, 1.0]))
    >>> y.round(4), LeakyReLU().backward(np.ones(2), saved).round(4)
    (array([-0.02,  1.  ]), array([0.01, 1.  ]))
    """

    slope: float = 0.01
    scope = "element"
    default_initializer = He()

    def __post_init__(self) -> None:
        set_fields(self, slope=check_number("slope", self.slope))

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = x or slope·x."""
        return functions.leaky_relu(x, self.slope), (x > 0,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy or slope·dy."""
        (positive,) = saved
        return namespace(dy).where(positive, dy, self.slope * dy)


@dataclass(frozen=True, repr=False, eq=False)
class ELU(Layer):
    """y = x where x ≥ 0, α(eˣ − 1) below; dy/dx = 1 where x > 0, else αeˣ = y + α.

    Examples
    --------
    >>> import numpy as np
    >>> y, saved = ELU().forward(np.array([-2.0, 1.0]))
    >>> y.round(4), ELU().backward(np.ones(2), saved).round(4)
    (array([-0.8647,  1.    ]), array([0.1353, 1.    ]))
    """

    alpha: float = 1.0
    scope = "element"
    saturates = "below"
    default_initializer = He()

    def __post_init__(self) -> None:
        set_fields(self, alpha=check_number("alpha", self.alpha))

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = x or α(eˣ − 1)."""
        y = functions.elu(x, self.alpha)
        return y, (x > 0, y)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy or dy (y + α)."""
        positive, y = saved
        return namespace(dy).where(positive, dy, dy * (y + self.alpha))


@dataclass(frozen=True, repr=False, eq=False)
class SELU(Layer):
    """y = λx where x ≥ 0, λα(eˣ − 1) below; dy/dx = λ where x > 0, else λαeˣ = y + λα.

    λ = 1.0507… and α = 1.6732… keep mean 0 and variance 1 from layer to layer, if weights start
    with variance 1 / fan_in. Klambauer et al. (2017).

    Examples
    --------
    >>> import numpy as np
    >>> SELU().forward(np.array([-2.0, 1.0]))[0].round(4)
    array([-1.5202,  1.0507])
    """

    scope = "element"
    saturates = "below"
    default_initializer = LeCun()

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = λx or λα(eˣ − 1)."""
        y = functions.selu(x)
        return y, (x > 0, y)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = λ dy or dy (y + λα)."""
        positive, y = saved
        scale, alpha = functions.SELU_SCALE, functions.SELU_ALPHA
        return namespace(dy).where(positive, scale * dy, dy * (y + scale * alpha))


@dataclass(frozen=True, repr=False, eq=False)
class GELU(Layer):
    """y = ½x (1 + tanh u) = x s, with s = σ(2u) and u = √(2/π)(x + 0.044715 x³).

    dy/dx = s + x s (1 − s) 2u′, u′ = √(2/π)(1 + 3·0.044715 x²).

    Examples
    --------
    >>> import numpy as np
    >>> GELU().forward(np.array([-2.0, 1.0]))[0].round(4)
    array([-0.0454,  0.8412])
    """

    scope = "element"
    saturates = "below"
    default_initializer = He()

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = x s."""
        return functions.gelu(x), (x,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy (s + x s (1 − s) 2u′)."""
        (x,) = saved
        s = functions.sigmoid(2 * functions.gelu_inner(x))
        x = namespace(x).clip(x, -30.0, 30.0)  # beyond, s (1 − s) is 0
        slope_u = functions.GELU_SCALE * (1 + 3 * functions.GELU_CUBIC * x**2)
        return dy * (s + x * s * (1 - s) * 2 * slope_u)


@dataclass(frozen=True, repr=False, eq=False)
class SiLU(Layer):
    """y = x σ(x); dy/dx = σ(x) + y (1 − σ(x)).

    Examples
    --------
    >>> import numpy as np
    >>> y, saved = SiLU().forward(np.array([-2.0, 1.0]))
    >>> y.round(4), SiLU().backward(np.ones(2), saved).round(4)
    (array([-0.2384,  0.7311]), array([-0.0908,  0.9277]))
    """

    scope = "element"
    saturates = "below"
    default_initializer = He()

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = x σ(x)."""
        s = functions.sigmoid(x)
        y = x * s
        return y, (s, y)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy (σ + y (1 − σ))."""
        s, y = saved
        return dy * (s + y * (1 - s))


@dataclass(frozen=True, repr=False, eq=False)
class Mish(Layer):
    """y = x g with g = tanh(log(1 + eˣ)); dy/dx = g + x (1 − g²) σ(x). Misra (2019).

    Examples
    --------
    >>> import numpy as np
    >>> Mish().forward(np.array([-2.0, 1.0]))[0].round(4)
    array([-0.2525,  0.8651])
    """

    scope = "element"
    saturates = "below"
    default_initializer = He()

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = x g."""
        return functions.mish(x), (x,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy (g + x (1 − g²) σ(x))."""
        (x,) = saved
        g = functions.tanh(functions.softplus(x))
        x = namespace(x).clip(x, -1000.0, 1000.0)  # beyond, (1 − g²) σ(x) is 0
        return dy * (g + x * (1 - g**2) * functions.sigmoid(x))


@dataclass(frozen=True, repr=False, eq=False)
class HardSwish(Layer):
    """y = x · relu6(x + 3) / 6 with relu6(z) = min(max(z, 0), 6): SiLU without an exponential.

    dy/dx = 0 where x ≤ −3, 1 where x ≥ 3, and x/3 + ½ between. Howard et al. (2019);
    ``torch.nn.Hardswish`` in PyTorch.

    Examples
    --------
    >>> import numpy as np
    >>> HardSwish().forward(np.array([-2.0, 1.0]))[0].round(4)
    array([-0.3333,  0.6667])
    """

    scope = "element"
    saturates = "below"
    default_initializer = He()

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = x · (relu6(x + 3) / 6)."""
        return x * (namespace(x).clip(x + 3, 0.0, 6.0) / 6), (x,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = 0, dy (x/3 + ½), or dy."""
        (x,) = saved
        xp = namespace(x)
        between = dy * (xp.clip(x, -3.0, 3.0) / 3 + 0.5)
        outside = xp.where(x > 0, dy, xp.zeros_like(dy))
        return xp.where(xp.abs(x) < 3, between, outside)


@dataclass(frozen=True, repr=False, eq=False)
class Softplus(Layer):
    """y = log(1 + eˣ); dy/dx = σ(x).

    Examples
    --------
    >>> import numpy as np
    >>> y, saved = Softplus().forward(np.array([-2.0, 1.0]))
    >>> y.round(4), Softplus().backward(np.ones(2), saved).round(4)
    (array([0.1269, 1.3133]), array([0.1192, 0.7311]))
    """

    scope = "element"
    saturates = "below"
    default_initializer = He()

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = log(1 + eˣ)."""
        return functions.softplus(x), (x,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy σ(x)."""
        (x,) = saved
        return dy * functions.sigmoid(x)


@dataclass(frozen=True, repr=False, eq=False)
class Softmax(Layer):
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ over each row; dxᵢ = yᵢ (dyᵢ − Σⱼ dyⱼ yⱼ).

    For a network that ends in `SoftmaxCrossEntropy` it is not needed: that loss takes scores.

    Examples
    --------
    >>> import numpy as np
    >>> y, saved = Softmax().forward(np.array([[0.0, np.log(3)]]))
    >>> y, Softmax().backward(np.array([[1.0, 0.0]]), saved)
    (array([[0.25, 0.75]]), array([[ 0.1875, -0.1875]]))
    """

    scope = "sample"
    default_initializer = Xavier()

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape, which must be that of a row."""
        if len(input_shape) != 1:
            raise ShapeError(f"takes rows of scores, got samples of shape {input_shape}")
        return input_shape

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = softmax(x)."""
        y = functions.softmax(x)
        return y, (y,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dxᵢ = yᵢ (dyᵢ − Σⱼ dyⱼ yⱼ)."""
        (y,) = saved
        return y * (dy - namespace(y).sum(dy * y, axis=-1, keepdims=True))
