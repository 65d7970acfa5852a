"""Networks from PyTorch and to it: the same values, the same outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidu.errors import InputError, need
from tidu.formats.exports import activation_of, row_of, value_names
from tidu.formats.torch_own import own_modules
from tidu.layers import (
    ELU,
    GELU,
    SELU,
    Affine,
    BatchNorm,
    Chain,
    Clamp,
    Dropout,
    Embedding,
    Flatten,
    HardSwish,
    Identity,
    Layer,
    LeakyReLU,
    Mish,
    Parametric,
    Periodic,
    ReLU,
    Rescale,
    Residual,
    Scale,
    Sigmoid,
    SiLU,
    SmoothClip,
    Softmax,
    Softplus,
    Standardize,
    Tanh,
)
from tidu.layers.base import Shape
from tidu.layers.chain import NamedLayer
from tidu.losses import Loss, MeanSquaredError
from tidu.network import Network

FORM = "a module of PyTorch"


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

    Examples
    --------
    >>> import torch  # doctest: +SKIP
    >>> from_torch(torch.nn.Sequential(torch.nn.Linear(3, 2)))  # doctest: +SKIP
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
    walk = network.chain.walk(network.input_shape)
    named = (each for at in walk for each in at.with_inner() if not each.inner)
    names = (
        name
        for each in named
        for own, name in value_names(network, each).items()
        if own in ROWS[type(each.layer)].values
    )
    for name, value in zip(names, values, strict=True):
        if value.shape != network[name].shape:
            raise InputError(
                f"with samples of shape {network.input_shape}, {name} has shape "
                f"{network[name].shape}, but `module` holds {name} of shape {value.shape}"
            )
        network[name] = value
    for entry in network.state_layout.entries:
        if entry.path[-1] == "running_weight":
            network[entry.name] = np.ones(entry.shape)  # averages go on as PyTorch's do
    return network


def to_torch(network: Network) -> Any:
    """Return the network as a ``torch.nn.Sequential`` in evaluation mode, its values copied.

    It gives the scores. Of a network that learned from a table, it takes the columns that
    ``network.schema.inputs`` names, as `tidu.datasets.read_inputs` makes them with that schema; the
    names are the module's ``inputs``. What PyTorch lacks (`Rescale`, `Standardize`, `Scale`,
    `SmoothClip`, `Clamp`, `Parametric`, `Periodic`, `Embedding`, `Residual`) comes as small
    modules.

    Raises
    ------
    MissingExtraError
        If PyTorch is not installed.
    InputError
        If a layer has no counterpart; the message names it.
    """
    torch = need("torch", extra="torch")
    module = _sequential(network, network.chain.walk(network.input_shape), torch).eval()
    if network.schema is not None:
        module.inputs = network.schema.inputs
    return module


def _sequential(network: Network, layers: Iterable[NamedLayer], torch: Any) -> Any:
    modules = []
    for at in layers:
        row = row_of(at.layer, ROWS, FORM)
        module = row.module(torch.nn, at, _sequential(network, at.inner, torch))
        module.to(getattr(torch, str(network.dtype)))
        names = value_names(network, at)
        for own, theirs in row.values.items():
            if own in names:
                with torch.no_grad():
                    getattr(module, theirs).copy_(torch.tensor(network[names[own]].T))
        modules.append(module)
    return torch.nn.Sequential(*modules)


def _taken_over(module: Any) -> tuple[list[Layer], list[np.ndarray]]:
    """Return the layers of a Sequential and their values, both in order."""
    nn, own = need("torch.nn", extra="torch"), own_modules()
    rows = {
        getattr(own, name, None) or getattr(nn, name): row
        for row in ROWS.values()
        for name in row.names
    }
    kinds: list[Layer] = []
    values: list[np.ndarray] = []
    for each in module:
        if type(each) is nn.Sequential:
            inner, more = _taken_over(each)
            kinds.append(Chain(inner))
        elif type(each) in rows:
            row = rows[type(each)]
            why = row.differs(each)
            if why:
                raise InputError(f"{each} has no counterpart in Tidu: {why}")
            inner, more = _taken_over(getattr(each, row.block)) if row.block else ([], [])
            kinds.append(row.layer(each, Chain(inner)))
            more += [
                getattr(each, theirs).detach().cpu().numpy().T
                for theirs in row.values.values()
                if getattr(each, theirs) is not None
            ]
        else:
            raise InputError(
                f"{each} has no counterpart in Tidu; these modules have one: "
                f"{', '.join(kind.__name__ for kind in rows)}, Sequential"
            )
        values += more
    return kinds, values


@dataclass(frozen=True)
class Row:
    """A layer and its counterpart.

    Attributes
    ----------
    names
        Of the classes of modules that are taken over as this layer.
    module
        Makes the module from ``torch.nn``, the layer at its place, and the modules within it.
    layer
        Makes the layer from a module and the layers within it.
    values
        PyTorch's name for each value, in the layer's own order; W is transposed there.
    differs
        Says why a module of the class is something else than the layer, where settings make it so.
    block
        The module's attribute that holds the modules within it.
    """

    names: tuple[str, ...]
    module: Callable[[Any, Any, Any], Any]
    layer: Callable[[Any, Chain], Layer]
    values: Mapping[str, str] = field(default_factory=dict)
    differs: Callable[[Any], str] = lambda module: ""
    block: str = ""


def _same(kind: type[Layer]) -> Row:
    """Return the row of a layer whose module has the same name, and no settings."""
    name = kind.__name__
    return Row((name,), lambda nn, *_: getattr(nn, name)(), lambda *_: kind())


def _norm(nn: Any, at: Any, inner: Any) -> Any:
    kind = nn.BatchNorm1d if len(at.input_shape) == 1 else nn.BatchNorm2d
    return kind(at.input_shape[0], eps=at.layer.eps, momentum=at.layer.momentum)


def _activation(nn: Any, at: Any) -> Any:
    """Return the module of what a `Parametric` is made of."""
    f = activation_of(at)
    return row_of(f.layer, ROWS, FORM).module(nn, f, None)


def _norm_differs(module: Any) -> str:
    if not module.affine or not module.track_running_stats or module.momentum is None:
        return "BatchNorm has a scale, a shift, and running averages with a momentum"
    return ""


ROWS: dict[type, Row] = {
    Affine: Row(
        ("Linear",),
        lambda nn, at, _: nn.Linear(at.input_shape[0], at.layer.units, bias=at.layer.bias),
        lambda m, _: Affine(m.out_features, bias=m.bias is not None),
        {"W": "weight", "b": "bias"},
    ),
    BatchNorm: Row(
        ("BatchNorm1d", "BatchNorm2d"),
        _norm,
        lambda m, _: BatchNorm(momentum=m.momentum, eps=m.eps),
        {"gamma": "weight", "beta": "bias"}
        | {name: name for name in ("running_mean", "running_var")},
        _norm_differs,
    ),
    Clamp: Row(("Clamp",), lambda nn, at, _: own_modules().Clamp(at.layer), lambda m, _: m.layer),
    Dropout: Row(
        ("Dropout",), lambda nn, at, _: nn.Dropout(at.layer.rate_at(0)), lambda m, _: Dropout(m.p)
    ),
    ELU: Row(("ELU",), lambda nn, at, _: nn.ELU(at.layer.alpha), lambda m, _: ELU(m.alpha)),
    Embedding: Row(
        ("Embedding",),
        lambda nn, at, _: own_modules().Embedding(at.layer),
        lambda m, _: m.layer,
        {"vectors": "vectors"},
    ),
    Flatten: Row(
        ("Flatten",),
        lambda nn, *_: nn.Flatten(),
        lambda *_: Flatten(),
        differs=lambda m: "" if (m.start_dim, m.end_dim) == (1, -1) else "Flatten gives rows",
    ),
    GELU: Row(
        ("GELU",),
        lambda nn, *_: nn.GELU(approximate="tanh"),
        lambda *_: GELU(),
        differs=lambda m: "" if m.approximate == "tanh" else "write GELU(approximate='tanh')",
    ),
    HardSwish: Row(("Hardswish",), lambda nn, *_: nn.Hardswish(), lambda *_: HardSwish()),
    Identity: _same(Identity),
    LeakyReLU: Row(
        ("LeakyReLU",),
        lambda nn, at, _: nn.LeakyReLU(at.layer.slope),
        lambda m, _: LeakyReLU(m.negative_slope),
    ),
    Mish: _same(Mish),
    Parametric: Row(
        ("Parametric",),
        lambda nn, at, _: own_modules().Parametric(
            nn.Sequential(_activation(nn, at)), at.input_shape
        ),
        lambda m, inner: Parametric(inner.layers[0]),
        {"alpha": "alpha"},
        block="activation",
    ),
    Periodic: Row(
        ("Periodic",),
        lambda nn, at, _: own_modules().Periodic(at.layer, at.input_shape[0]),
        lambda m, _: m.layer,
        {name: name for name in ("frequency", "phase", "amplitude", "offset")},
    ),
    ReLU: _same(ReLU),
    Rescale: Row(
        ("Rescale",),
        lambda nn, at, _: own_modules().Rescale(at.layer.scale, at.layer.offset),
        lambda m, _: Rescale(m.scale, m.offset),
    ),
    Residual: Row(
        ("Residual",),
        lambda nn, at, inner: own_modules().Residual(inner),
        lambda m, inner: Residual(inner),
        block="block",
    ),
    SELU: _same(SELU),
    Scale: Row(
        ("Scale",),
        lambda nn, at, _: own_modules().Scale(at.input_shape),
        lambda *_: Scale(),
        {"scale": "scale"},
    ),
    Sigmoid: _same(Sigmoid),
    SiLU: _same(SiLU),
    SmoothClip: Row(
        ("SmoothClip",),
        lambda nn, at, _: own_modules().SmoothClip(at.layer.limit),
        lambda m, _: SmoothClip(m.limit),
    ),
    Softmax: Row(
        ("Softmax",),
        lambda nn, *_: nn.Softmax(dim=-1),
        lambda *_: Softmax(),
        differs=lambda m: "" if m.dim in (1, -1) else "Softmax goes over each row: dim=-1",
    ),
    Softplus: Row(
        ("Softplus",),
        lambda nn, *_: nn.Softplus(),
        lambda *_: Softplus(),
        differs=lambda m: "" if m.beta == 1 else "Softplus has beta=1",
    ),
    Standardize: Row(
        ("Standardize",),
        lambda nn, at, _: own_modules().Standardize(at.layer),
        lambda m, _: m.layer,
    ),
    Tanh: _same(Tanh),
}
"""The modules of PyTorch: one row a layer."""


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
