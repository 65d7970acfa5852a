"""Networks from PyTorch and to it: the same values, the same outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from tidu.errors import InputError, need
from tidu.formats.parts import Part, parts, refuse
from tidu.layers import (
    ELU,
    GELU,
    Affine,
    BatchNorm,
    Chain,
    Dropout,
    Flatten,
    Identity,
    Layer,
    LeakyReLU,
    ReLU,
    Rescale,
    Residual,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from tidu.layers.base import Shape
from tidu.losses import Loss, MeanSquaredError
from tidu.network import Network


def from_torch(
    module: Any, loss: Loss | None = None, *, input_shape: int | Shape | None = None
) -> Network:
    """Return a network with the layers and the values of a ``torch.nn.Sequential``.

    ``net.forward(x)`` is what ``module(x)`` is in evaluation mode.

    Parameters
    ----------
    module : torch.nn.Sequential
        Of Linear, BatchNorm1d and 2d, Dropout, Flatten, Softmax over rows, activations, and
        Sequentials of such; what `to_torch` makes is taken too.
    loss : Loss, optional
        What the network learns from further, and what its outputs mean: with
        ``SoftmaxCrossEntropy()``, ``predict`` gives classes. If not given, `MeanSquaredError`, so
        that ``predict`` gives the outputs as they are.
    input_shape : int or tuple of int, optional
        The shape of one sample, needed where no Linear or BatchNorm1d comes first to tell it.

    Raises
    ------
    MissingExtraError
        If PyTorch is not installed.
    InputError
        If a module has no counterpart in Tidu; the message names it.
    """
    torch = need("torch", extra="torch")
    if not isinstance(module, torch.nn.Sequential):
        raise TypeError(f"`module` must be a torch.nn.Sequential, got {type(module).__name__}")
    kinds, values = _taken_over(module)
    found = {str(v.dtype) for v in values}
    if len(found) > 1 or not found <= {"float32", "float64"}:
        raise InputError(
            f"`module` holds numbers of {', '.join(sorted(found))}; a network has one dtype, "
            "float32 or float64: module.float() makes it so"
        )
    shape = _first_shape(module, torch) if input_shape is None else input_shape
    dtype = found.pop() if found else "float32"
    network = Network(kinds, shape, loss or MeanSquaredError(), dtype=dtype)
    names = (name for part in _learning(parts(network)) for name in part.names.values())
    for name, value in zip(names, values, strict=True):
        if value.shape != network[name].shape:
            raise InputError(
                f"with samples of shape {network.input_shape}, {name} has shape "
                f"{network[name].shape}, but `module` holds {name} of shape {value.shape}"
            )
        network[name] = value
    return network


def to_torch(network: Network) -> Any:
    """Return the network as a ``torch.nn.Sequential`` in evaluation mode, its values copied.

    It gives the scores. `Rescale` and `Residual`, which PyTorch lacks, come as small modules.

    Raises
    ------
    MissingExtraError
        If PyTorch is not installed.
    InputError
        If a layer is not one that comes with Tidu.
    """
    torch = need("torch", extra="torch")
    return torch.nn.Sequential(*_modules(network, parts(network), torch)).eval()


@cache
def _own() -> SimpleNamespace:
    """Return the modules that PyTorch lacks; they can be defined only where it is installed."""
    module: Any = need("torch.nn", extra="torch").Module

    class Rescale(module):
        """scale · x + offset, with fixed numbers."""

        def __init__(self, scale: float, offset: float) -> None:
            super().__init__()
            self.scale, self.offset = scale, offset

        def forward(self, x: Any) -> Any:
            return self.scale * x + self.offset

        def extra_repr(self) -> str:
            return f"{self.scale}, {self.offset}"

    class Residual(module):
        """x + block(x)."""

        def __init__(self, block: Any) -> None:
            super().__init__()
            self.block = block

        def forward(self, x: Any) -> Any:
            return x + self.block(x)

    return SimpleNamespace(Rescale=Rescale, Residual=Residual)


def _modules(network: Network, row: Iterable[Part], torch: Any) -> Iterable[Any]:
    for part in row:
        if isinstance(part.layer, Residual):
            inner = torch.nn.Sequential(*_modules(network, part.inner, torch))
            yield _own().Residual(inner)
        elif type(part.layer) in _TO:
            given = {own: torch.tensor(network[name].T) for own, name in part.names.items()}
            module = _TO[type(part.layer)](torch.nn, part.layer, part.shape)
            module.to(getattr(torch, str(network.dtype)))
            for own, name in _VALUES.get(type(part.layer), {}).items():
                if own in given:
                    with torch.no_grad():
                        getattr(module, name).copy_(given[own])
            yield module
        else:
            raise refuse(part.layer, "a module of PyTorch")


_VALUES: dict[type, dict[str, str]] = {
    Affine: {"W": "weight", "b": "bias"},
    BatchNorm: {
        "gamma": "weight", "beta": "bias",
        "running_mean": "running_mean", "running_var": "running_var",
    },
}  # fmt: skip
"""A layer's values, in its own order, by PyTorch's names; W is transposed there."""


def _linear(nn: Any, layer: Affine, shape: Shape) -> Any:
    return nn.Linear(shape[0], layer.units, bias=layer.bias)


def _norm(nn: Any, layer: BatchNorm, shape: Shape) -> Any:
    kind = nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d
    return kind(shape[0], eps=layer.eps, momentum=layer.momentum)


_TO: dict[type, Callable[[Any, Any, Shape], Any]] = {
    Affine: _linear,
    BatchNorm: _norm,
    Dropout: lambda nn, layer, shape: nn.Dropout(layer.rate),
    Flatten: lambda nn, layer, shape: nn.Flatten(),
    Identity: lambda nn, layer, shape: nn.Identity(),
    Rescale: lambda nn, layer, shape: _own().Rescale(layer.scale, layer.offset),
    Sigmoid: lambda nn, layer, shape: nn.Sigmoid(),
    Tanh: lambda nn, layer, shape: nn.Tanh(),
    ReLU: lambda nn, layer, shape: nn.ReLU(),
    LeakyReLU: lambda nn, layer, shape: nn.LeakyReLU(layer.slope),
    ELU: lambda nn, layer, shape: nn.ELU(layer.alpha),
    GELU: lambda nn, layer, shape: nn.GELU(approximate="tanh"),
    SiLU: lambda nn, layer, shape: nn.SiLU(),
    Softplus: lambda nn, layer, shape: nn.Softplus(),
    Softmax: lambda nn, layer, shape: nn.Softmax(dim=-1),
}


def _taken_over(module: Any) -> tuple[list[Layer], list[np.ndarray]]:
    """Return the layers of a Sequential and their values, both in order."""
    kinds: list[Layer] = []
    values: list[np.ndarray] = []
    for each in module:
        name = type(each).__name__
        if name == "Sequential":
            inner, more = _taken_over(each)
            kinds.append(Chain(inner))
        elif isinstance(each, _own().Residual):
            inner, more = _taken_over(each.block)
            kinds.append(Residual(Chain(inner)))
        elif name in _FROM:
            why = _OTHERWISE.get(name, lambda module: "")(each)
            if why:
                raise InputError(f"{each} has no counterpart in Tidu: {why}")
            layer = _FROM[name](each)
            kinds.append(layer)
            more = [
                getattr(each, theirs).detach().cpu().numpy().T
                for theirs in _VALUES.get(type(layer), {}).values()
                if getattr(each, theirs) is not None
            ]
        else:
            raise InputError(
                f"{each} has no counterpart in Tidu; these modules have one: "
                f"{', '.join(_FROM)}, Sequential"
            )
        values += more
    return kinds, values


_FROM: dict[str, Callable[[Any], Layer]] = {
    "Linear": lambda m: Affine(m.out_features, bias=m.bias is not None),
    "BatchNorm1d": lambda m: BatchNorm(momentum=m.momentum, eps=m.eps),
    "BatchNorm2d": lambda m: BatchNorm(momentum=m.momentum, eps=m.eps),
    "Dropout": lambda m: Dropout(m.p),
    "Flatten": lambda m: Flatten(),
    "Identity": lambda m: Identity(),
    "Rescale": lambda m: Rescale(m.scale, m.offset),
    "Sigmoid": lambda m: Sigmoid(),
    "Tanh": lambda m: Tanh(),
    "ReLU": lambda m: ReLU(),
    "LeakyReLU": lambda m: LeakyReLU(m.negative_slope),
    "ELU": lambda m: ELU(m.alpha),
    "GELU": lambda m: GELU(),
    "SiLU": lambda m: SiLU(),
    "Softplus": lambda m: Softplus(),
    "Softmax": lambda m: Softmax(),
}


def _norm_otherwise(module: Any) -> str:
    if not module.affine or not module.track_running_stats or module.momentum is None:
        return "BatchNorm has a scale, a shift, and running averages with a momentum"
    return ""


_OTHERWISE: dict[str, Callable[[Any], str]] = {
    "BatchNorm1d": _norm_otherwise,
    "BatchNorm2d": _norm_otherwise,
    "Flatten": lambda m: "" if (m.start_dim, m.end_dim) == (1, -1) else "Flatten gives rows",
    "GELU": lambda m: "" if m.approximate == "tanh" else "write GELU(approximate='tanh')",
    "Softmax": lambda m: "" if m.dim in (1, -1) else "Softmax goes over each row: dim=-1",
    "Softplus": lambda m: "" if m.beta == 1 else "Softplus has beta=1",
}
"""Where settings make a module something else than the layer of its name: why."""


def _first_shape(module: Any, torch: Any) -> int:
    """Return the size of a sample, as the first module that minds tells it."""
    for each in module.modules():
        if isinstance(each, torch.nn.Linear):
            return each.in_features
        if isinstance(each, torch.nn.BatchNorm1d):
            return each.num_features
        if isinstance(each, (torch.nn.Flatten, torch.nn.BatchNorm2d)):
            break
    raise InputError(
        "`input_shape` is needed: no Linear or BatchNorm1d comes first to tell the size of a sample"
    )


def _learning(row: Iterable[Part]) -> Iterable[Part]:
    """Yield the parts, those within residual blocks in their places."""
    for part in row:
        yield part
        yield from _learning(part.inner)
