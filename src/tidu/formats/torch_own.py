"""Layers that PyTorch lacks, as small modules of it."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

from tidu.errors import need
from tidu.layers.scaling import FLAT


@cache
def own_modules() -> SimpleNamespace:
    """Return the modules that PyTorch lacks; they can be defined only where it is installed."""
    torch = need("torch", extra="torch")
    module: Any = torch.nn.Module

    def parameter(*shape: int) -> Any:
        """Return a parameter of a layer; its axes are reversed, as W's are."""
        return torch.nn.Parameter(torch.ones(shape[::-1]))

    def as_of_layer(parameter: Any) -> Any:
        return parameter.permute(*range(parameter.ndim)[::-1])

    class Rescale(module):
        """scale · x + offset, with fixed numbers."""

        def __init__(self, scale: float, offset: float) -> None:
            super().__init__()
            self.scale, self.offset = scale, offset

        def forward(self, x: Any) -> Any:
            return self.scale * x + self.offset

        def extra_repr(self) -> str:
            return f"{self.scale}, {self.offset}"

    class Standardize(module):
        """(x − mean) · factors, or the way back, with fixed numbers for each column."""

        def __init__(self, layer: Any) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, x: Any) -> Any:
            mean, factors = x.new_tensor(self.layer.mean), x.new_tensor(self.layer.factors)
            return factors * x + mean if self.layer.inverse else factors * (x - mean)

        def extra_repr(self) -> str:
            return repr(self.layer)

    class Scale(module):
        """scale · x, with a learned factor for each feature."""

        def __init__(self, shape: tuple[int, ...]) -> None:
            super().__init__()
            self.scale = parameter(*shape)

        def forward(self, x: Any) -> Any:
            return as_of_layer(self.scale) * x

    class Clamp(module):
        """In evaluation mode, each column between two numbers."""

        def __init__(self, layer: Any) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, x: Any) -> Any:
            if self.training:
                return x
            low, high = x.new_tensor(self.layer.low), x.new_tensor(self.layer.high)
            return torch.minimum(torch.maximum(x, low), high)

        def extra_repr(self) -> str:
            return repr(self.layer)

    class Parametric(module):
        """x + alpha · (activation(x) − x), with a learned alpha for each feature."""

        def __init__(self, activation: Any, shape: tuple[int, ...]) -> None:
            super().__init__()
            self.activation, self.alpha = activation, parameter(*shape)

        def forward(self, x: Any) -> Any:
            return x + as_of_layer(self.alpha) * (self.activation(x) - x)

    class Periodic(module):
        """x, and for each chosen column c the numbers cos(2π f c + phase) Aᵀ + offset."""

        def __init__(self, layer: Any, d: int) -> None:
            super().__init__()
            self.layer, self.columns = layer, list(layer.chosen(d))
            k, m, o = len(self.columns), layer.frequencies, layer.outputs
            self.frequency, self.phase = parameter(k, m), parameter(k, m)
            self.amplitude, self.offset = parameter(k, o, m), parameter(k, o)

        def forward(self, x: Any) -> Any:
            f, phase = as_of_layer(self.frequency), as_of_layer(self.phase)
            waves = torch.cos(2 * torch.pi * f * x[:, self.columns, None] + phase)
            e = (waves[:, :, None] * as_of_layer(self.amplitude)).sum(dim=3)
            return torch.cat([x, (e + as_of_layer(self.offset)).flatten(1)], dim=1)

        def extra_repr(self) -> str:
            return repr(self.layer)

    class Embedding(module):
        """Columns of 0 and 1 in groups, each group replaced by learned vectors."""

        def __init__(self, layer: Any) -> None:
            super().__init__()
            self.layer = layer
            self.vectors = parameter(layer.slices()[-1][1].stop, layer.size)

        def forward(self, x: Any) -> Any:
            E, slices = as_of_layer(self.vectors), self.layer.slices()
            parts = [x[:, columns] @ E[rows] for columns, rows in slices]
            return torch.cat([x[:, self.layer.others(x.shape[1])], *parts], dim=1)

        def extra_repr(self) -> str:
            return repr(self.layer)

    class SmoothClip(module):
        """x / √(1 + (x / limit)²)."""

        def __init__(self, limit: float) -> None:
            super().__init__()
            self.limit = limit

        def forward(self, x: Any) -> Any:
            u = (x / self.limit).clamp(-FLAT, FLAT)
            return self.limit * u / (1 + u**2).sqrt()

        def extra_repr(self) -> str:
            return f"{self.limit}"

    class Residual(module):
        """x + block(x)."""

        def __init__(self, block: Any) -> None:
            super().__init__()
            self.block = block

        def forward(self, x: Any) -> Any:
            return x + self.block(x)

    own = (Rescale, Standardize, Scale, SmoothClip, Clamp, Parametric, Periodic, Embedding,
           Residual)  # fmt: skip
    return SimpleNamespace(**{kind.__name__: kind for kind in own})
