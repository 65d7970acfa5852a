"""An activation whose strength is learned."""

from __future__ import annotations

from dataclasses import dataclass

from tidu.arrays import Array, namespace
from tidu.errors import InputError
from tidu.initializers import Initializer, Ones
from tidu.layers.base import Layer, Parameter, Shape

__all__ = ["Parametric"]


@dataclass(frozen=True, repr=False, eq=False)
class Parametric(Layer):
    """y = x + α (f(x) − x): an activation f, and for each feature a learned share α of it.

    All α start at 1, where y = f(x); at 0 the feature goes through unchanged. The chain rule gives
    dα = Σₙ dy (f(x) − x) and dx = dy + α (dy f′(x) − dy). With `ReLU` it is ``torch.nn.PReLU`` of
    one α a feature, for 1 − α there. Holzmüller, Grinsztajn and Steinwart (2024).

    Parameters
    ----------
    activation : Layer
        f: a layer that treats each number by itself, and learns and draws nothing, such as `SELU`.

    Notes
    -----
    Shapes: x and y ``(N, ...)``, α of the shape of one sample.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.layers import ReLU
    >>> x, half = np.array([[-2.0, 2.0]]), {"alpha": np.array([0.5, 0.5])}
    >>> Parametric(ReLU()).forward(x, params=half)[0]
    array([[-1.,  2.]])
    """

    activation: Layer
    scope = "sample"

    def __post_init__(self) -> None:
        f = self.activation
        if not isinstance(f, Layer):
            raise TypeError(f"`activation` must be a layer such as SELU(), got {f!r}")
        if f.scope != "element" or f.draws_noise or f.parameters((1,)) or f.buffers((1,)):
            raise InputError(
                "`activation` must treat each number by itself, and learn and draw nothing, as "
                f"SELU() does; got {f!r}"
            )

    @property
    def default_initializer(self) -> Initializer | None:  # type: ignore[override]
        """The initializer that suits the activation."""
        return self.activation.default_initializer

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        """Return α."""
        return {"alpha": Parameter("scale", input_shape, Ones())}

    def forward(self, x: Array, *, params: dict[str, Array]) -> tuple[Array, tuple]:
        """y = x + α (f(x) − x)."""
        alpha = params["alpha"]
        f, saved = self.activation.forward(x)
        return x + alpha * (f - x), (f - x, alpha, saved)

    def backward(self, dy: Array, saved: tuple) -> tuple[Array, dict[str, Array]]:
        """dα = Σₙ dy (f(x) − x), dx = dy + α (dy f′(x) − dy)."""
        change, alpha, of_f = saved
        dalpha = namespace(dy).sum(dy * change, axis=0)
        dx = dy + alpha * (self.activation.backward(dy, of_f) - dy)
        return dx, {"alpha": dalpha}
