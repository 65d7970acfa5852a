"""The affine layer, y = xW + b."""

from __future__ import annotations

from dataclasses import dataclass

from tidu.arrays import Array, namespace
from tidu.config import set_fields
from tidu.errors import ShapeError, check_integer
from tidu.initializers import Initializer, Xavier, Zeros, initializer
from tidu.layers.base import Layer, Parameter, Shape

__all__ = ["Affine"]


@dataclass(frozen=True, repr=False, eq=False)
class Affine(Layer):
    """A fully connected layer: y = xW + b, every output a weighted sum of all inputs.

    With dy the gradient of the loss with respect to y, the chain rule gives dW = xᵀ dy,
    db = Σₙ dy and dx = dy Wᵀ. ``torch.nn.Linear`` in PyTorch, which keeps Wᵀ.

    Parameters
    ----------
    units : int
        The number of outputs, d_out.
    bias : bool
        Whether there is a ``b``.
    initializer : str or Initializer
        How W starts; ``"auto"`` takes what suits the activation that follows: `He` before ReLU
        and its variants, `Xavier` before sigmoid, tanh and the loss.
    bias_initializer : str or Initializer, optional
        How b starts; at 0 if not given.

    Notes
    -----
    Shapes: x ``(N, d_in)``, W ``(d_in, d_out)``, b ``(d_out,)``, y ``(N, d_out)``.

    Examples
    --------
    >>> Affine(50).output_shape((784,))
    (50,)
    """

    units: int
    bias: bool = True
    initializer: str | Initializer = "auto"
    bias_initializer: str | Initializer | None = None
    scope = "sample"
    default_initializer = Xavier()

    def __post_init__(self) -> None:
        set_fields(self, units=check_integer("units", self.units))
        if not isinstance(self.bias, bool):
            raise TypeError(
                f"`bias` must be True or False, got {self.bias!r}; a layer is given its outputs "
                f"alone, as in Affine({self.units}), and finds its inputs in the layer before"
            )
        initializer(self.initializer)
        self._bias_rule()

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(units,)``."""
        if len(input_shape) != 1:
            raise ShapeError(
                f"takes rows of numbers, got samples of shape {input_shape}: put Flatten() before"
            )
        return (self.units,)

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        """Return W, and b if there is one."""
        rule = initializer(self.initializer)
        W = Parameter("weight", (*input_shape, self.units), rule)
        b = Parameter("bias", (self.units,), self._bias_rule())
        return {"W": W, "b": b} if self.bias else {"W": W}

    def _bias_rule(self) -> Initializer:
        given = self.bias_initializer
        return (initializer(given) if given is not None else None) or Zeros()

    def forward(self, x: Array, *, params: dict[str, Array]) -> tuple[Array, tuple]:
        """y = xW + b."""
        W = params["W"]
        y = x @ W + params["b"] if self.bias else x @ W
        return y, (x, W)

    def backward(
        self, dy: Array, saved: tuple, *, need_dx: bool
    ) -> tuple[Array | None, dict[str, Array]]:
        """dW = xᵀ dy, db = Σₙ dy, dx = dy Wᵀ."""
        x, W = saved
        dparams = {"W": x.T @ dy}
        if self.bias:
            dparams["b"] = namespace(dy).sum(dy, axis=0)
        return (dy @ W.T if need_dx else None), dparams
