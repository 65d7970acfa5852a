"""A network laid out as a program: which operations, on which places, in which order.

Every layer, loss, penalty and update rule of Tidu has a compiled form; one of your own has none,
and `obstacle` says so. Going through the layers gives the operations forward; each leaves behind
what to do on the way back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tidu.engines.compiled import stored
from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.kernels.arguments import ARRAYS
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
from tidu.layers.base import Path, Shape
from tidu.losses import (
    Loss,
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SumSquaredError,
)
from tidu.objective import Objective
from tidu.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    ClipByNorm,
    ClipByValue,
    Momentum,
    Nesterov,
    Optimizer,
    RMSprop,
)
from tidu.penalties import L1, L2, ElasticNet, Penalty

ACTIVATIONS: dict[type[Layer], int] = {
    Identity: op.IDENTITY, Sigmoid: op.SIGMOID, Tanh: op.TANH, ReLU: op.RELU,
    LeakyReLU: op.LEAKY_RELU, ELU: op.ELU, GELU: op.GELU, SiLU: op.SILU,
    Softplus: op.SOFTPLUS, Rescale: op.RESCALE,
}  # fmt: skip
WITH_SLOPE = {op.LEAKY_RELU, op.ELU, op.GELU, op.SILU, op.SOFTPLUS}
LAYERS = {*ACTIVATIONS, Affine, BatchNorm, Chain, Dropout, Flatten, Residual, Softmax}
LOSSES: dict[type[Loss], int] = {
    SumSquaredError: op.SUM_SQUARED, MeanSquaredError: op.MEAN_SQUARED,
    SoftmaxCrossEntropy: op.SOFTMAX_CROSS_ENTROPY, SigmoidCrossEntropy: op.SIGMOID_CROSS_ENTROPY,
}  # fmt: skip
PENALTIES: dict[type[Penalty | None], Callable[..., tuple[float, float]]] = {
    type(None): lambda p: (0.0, 0.0),
    L1: lambda p: (p.strength, 0.0),
    L2: lambda p: (0.0, p.strength),
    ElasticNet: lambda p: (p.l1, p.l2),
}
RULES: dict[type[Optimizer], tuple[int, Callable[..., tuple[float, ...]]]] = {
    SGD: (op.SGD, lambda r: ()),
    Momentum: (op.MOMENTUM, lambda r: (r.momentum,)),
    Nesterov: (op.NESTEROV, lambda r: (r.momentum,)),
    AdaGrad: (op.ADAGRAD, lambda r: (r.eps,)),
    RMSprop: (op.RMSPROP, lambda r: (r.decay, 1 - r.decay, r.eps)),
    Adam: (op.ADAM, lambda r: (r.beta1, 1 - r.beta1, r.beta2, 1 - r.beta2, r.eps)),
    AdamW: (
        op.ADAMW,
        lambda r: (r.beta1, 1 - r.beta1, r.beta2, 1 - r.beta2, r.eps, r.weight_decay),
    ),
}
CLIPS: dict[type[Optimizer], int] = {ClipByValue: op.CLIP_VALUE, ClipByNorm: op.CLIP_NORM}
VECTORS = 3
"""Parameters and at most two vectors of an optimizer, which a careful update can bring back."""
ENOUGH_INPUTS = 128
"""Inputs for each thread from which threads share a product by inputs."""


def obstacle(network: Objective, optimizer: Optimizer | None = None) -> str:
    """Return which part of a network has no compiled form, as a sentence, or ""."""
    parts: list[tuple[str, object, bool]] = [
        ("the layer", layer, type(layer) in LAYERS or layer is stored.standardize(network))
        for layer in _all_layers(network.chain)
    ]
    loss = network.loss_function
    flat = type(loss) is not SoftmaxCrossEntropy or len(network.output_shape) == 1
    parts.append(("the loss", loss, type(loss) in LOSSES and flat))
    parts.append(("the penalty", network.penalty, type(network.penalty) in PENALTIES))
    if optimizer is not None:
        rule = rule_beneath(optimizer)
        parts.append(("the optimizer", rule, type(rule) in RULES))
    return next((f"{what} {part!r} has no compiled form" for what, part, ok in parts if not ok), "")


def _all_layers(layer: Layer) -> Iterator[Layer]:
    yield layer
    for inner in layer.layers if type(layer) is Chain else ():
        yield from _all_layers(inner)
    if type(layer) is Residual:
        yield from _all_layers(layer.block)


@dataclass
class Program:
    """Operations and their settings, and how many numbers of ``work`` they need."""

    dtype: np.dtype
    operations: list[tuple[int, ...]] = field(default_factory=list)
    settings: list[tuple[float, ...]] = field(default_factory=list)
    size: int = 0

    def add(self, *operation: int, settings: tuple[float, ...] = ()) -> None:
        """Append an operation."""
        self.operations.append(operation)
        self.settings.append(settings)

    @cached_property
    def tables(self) -> tuple[np.ndarray, np.ndarray]:
        """The two tables, as the interpreter reads them; the program is complete then."""
        operations = np.zeros((len(self.operations), op.COLUMNS), np.int64)
        settings = np.zeros((len(self.operations), op.SETTINGS), self.dtype)
        for i, (row, numbers) in enumerate(zip(self.operations, self.settings, strict=True)):
            operations[i, : len(row)] = row
            settings[i, : len(numbers)] = numbers
        return operations.ravel(), settings.ravel()


Back = Callable[[int, bool], int]
"""Given the place of dy, and whether dx is needed, lay out the way back; return the place of dx."""


class Layouter:
    """Lays out programs for batches of up to so many samples."""

    def __init__(
        self,
        network: Objective,
        batch_size: int,
        training: bool,
        x_is: int,
        threads: int = 1,
        packs: bool = False,
    ) -> None:
        self.network, self.batch_size = network, batch_size
        self.training, self.x_is, self.threads, self.packs = training, x_is, threads, packs
        self.program = Program(network.dtype)
        self.drawn = 0
        entries = (*network.layout.entries, *network.state_layout.entries)
        self.places = {entry.path: entry.slice.start for entry in entries}

    def place(self, width: int, rows: int | None = None) -> int:
        """Return a new place for n rows of this width; places begin on cache lines."""
        start = self.program.size
        self.program.size += -(-width * (rows or self.batch_size) // 16) * 16
        return start

    def forward(self) -> tuple[int, list[tuple[Back, bool]]]:
        """Lay out everything up to the scores; return their place, and the ways back."""
        shape = self.network.input_shape
        layers = _flattened(self.network.chain, shape, ())
        scale, offset = 1.0, 0.0
        if stored.standardize(self.network):
            layers = layers[1:]
        if layers and type(layers[0][0]) is Flatten:
            layers = layers[1:]
        if layers and isinstance(layers[0][0], Rescale):
            scale, offset = layers[0][0].scale, layers[0][0].offset
            layers = layers[1:]
            while layers and type(layers[0][0]) is Flatten:
                layers = layers[1:]
        width = math.prod(shape)
        plain = scale == 1 or self.x_is == op.SPARSE_INPUTS
        if self.x_is and layers and isinstance(layers[0][0], Affine) and plain and not offset:
            return self.layers(layers, -1, scale)
        x = self.place(width)
        first = layers[0][0] if layers else None
        shared = self.shared(width, first.units) if isinstance(first, Affine) else op.BY_ROWS
        self.program.add(op.GATHER, x, width, shared, settings=(scale, offset))
        return self.layers(layers, x)

    def shared(self, d_in: int, d_out: int) -> int:
        """Return how threads share the product of a dense layer."""
        if d_out >= op.NARROW:
            return op.BY_COLUMNS
        many = d_in >= ENOUGH_INPUTS * self.threads
        return op.BY_INPUTS if self.threads > 1 and self.tiled(d_out) and many else op.BY_ROWS

    def tiled(self, d_out: int) -> bool:
        """Return whether the products of a dense layer are done in tiles."""
        return d_out * self.network.dtype.itemsize >= op.VECTOR and d_out < op.NARROW

    def layers(
        self, layers: list[tuple[Layer, Shape, Path]], x: int, scale: float = 1.0
    ) -> tuple[int, list[tuple[Back, bool]]]:
        """Lay out layers one after another; each way back goes with whether its layer learns."""
        ways: list[tuple[Back, bool]] = []
        while layers:
            (layer, shape, path), *layers = layers
            if isinstance(layer, Affine):
                following = layers[0][0] if layers else None
                fused = type(following) in ACTIVATIONS
                x, way, after = self.affine(
                    layer, following if fused else None, shape, path, x, scale
                )
                ways.append((way, True))
                if fused:
                    layers = layers[1:]
                    ways.append((after, False))
            elif not isinstance(layer, (Identity, Flatten)):
                x, way = self.one(layer, shape, path, x)
                ways.append((way, bool(layer.parameters(shape))))
        return x, ways

    def backward(self, ways: list[tuple[Back, bool]], dy: int, need_dx: bool) -> int:
        """Lay out the way back through layers, as far as anyone needs it."""
        learning = [i for i, (_, learns) in enumerate(ways) if learns]
        first = 0 if need_dx else min(learning, default=len(ways))
        for i in range(len(ways) - 1, first - 1, -1):
            dy = ways[i][0](dy, need_dx or i > first)
        return dy

    def affine(
        self, layer: Affine, following: Layer | None, shape: Shape, path: Path, x: int, scale: float
    ) -> tuple[int, Back, Back]:
        """Y = f(xW + b), with the activation that follows."""
        d_in, d_out = math.prod(shape), layer.units
        y = self.place(d_out)
        W = self.places[*path, "W"]
        b = self.places[*path, "b"] if layer.bias else -1
        kind, numbers = _activation(following)
        slope = self.place(d_out) if kind in WITH_SLOPE else -1
        x_is = self.x_is if x < 0 else op.IN_WORK
        sparse = x_is == op.SPARSE_INPUTS
        shared = op.BY_ROWS if x < 0 else self.shared(d_in, d_out)
        by_inputs = shared == op.BY_INPUTS
        others = self.place(d_out, self.batch_size * (self.threads - 1)) if by_inputs else -1
        if self.packs and self.tiled(d_out) and not sparse:
            lanes = op.VECTOR // self.network.dtype.itemsize
            others = self.place(d_in, -(-d_out // lanes) * lanes)
            self.program.add(op.PACK, W, others, d_in, d_out)
        self.program.add(
            op.AFFINE, x, y, d_in, d_out, W, b, kind, slope, shared, x_is, others,
            settings=(*numbers, scale),
        )  # fmt: skip

        def back(dy: int, need_dx: bool) -> int:
            dx = self.place(d_in) if need_dx else -1
            turned = self.place(d_in, d_out) if need_dx and d_out < op.NARROW else -1
            self.program.add(
                op.AFFINE_BACK, dy, x, dx, d_in, d_out, W, b, int(sparse), turned,
                settings=(scale,),
            )  # fmt: skip
            return dx

        return y, back, self.activation_back(y, d_out, kind, slope, numbers)

    def activation_back(
        self, y: int, width: int, kind: int, slope: int, numbers: tuple[float, float]
    ) -> Back:
        """Dx = dy ∘ f′, in place of dy."""

        def back(dy: int, need_dx: bool) -> int:
            if kind != op.IDENTITY:
                self.program.add(op.ACTIVATE_BACK, dy, y, width, kind, slope, settings=numbers)
            return dy

        return back

    def one(self, layer: Layer, shape: Shape, path: Path, x: int) -> tuple[int, Back]:
        """Lay out a layer that is not affine."""
        width = math.prod(shape)
        add = self.program.add
        if isinstance(layer, Residual):
            return self.residual(layer, shape, path, x)
        if isinstance(layer, BatchNorm):
            return self.batch_norm(layer, shape, path, x)
        if isinstance(layer, Dropout):
            return self.dropout(layer, width, x)
        y = self.place(width)
        if isinstance(layer, Softmax):
            add(op.SOFTMAX, x, y, width)

            def back(dy: int, need_dx: bool) -> int:
                add(op.SOFTMAX_BACK, dy, y, width)
                return dy

            return y, back
        kind, numbers = _activation(layer)
        slope = self.place(width) if kind in WITH_SLOPE else -1
        add(op.ACTIVATE, x, y, width, kind, slope, settings=numbers)
        return y, self.activation_back(y, width, kind, slope, numbers)

    def residual(self, layer: Residual, shape: Shape, path: Path, x: int) -> tuple[int, Back]:
        """Y = x + block(x); on the way back, dy goes both ways."""
        width = math.prod(shape)
        add = self.program.add
        inner, ways = self.layers(_flattened(layer.block, shape, path), x)
        y = self.place(width)
        add(op.COPY, inner, y, width)
        add(op.ADD, x, y, width)

        def back(dy: int, need_dx: bool) -> int:
            copy = self.place(width)
            add(op.COPY, dy, copy, width)
            dx = self.backward(ways, copy, need_dx)
            if need_dx:
                add(op.ADD, dy, dx, width)
            return dx

        return y, back

    def batch_norm(self, layer: BatchNorm, shape: Shape, path: Path, x: int) -> tuple[int, Back]:
        """Y = γ x̂ + β."""
        width, features = math.prod(shape), shape[0]
        y, x_hat, statistics = self.place(width), self.place(width), self.place(3 * features, 1)
        names = ("gamma", "beta", "running_mean", "running_var", "running_weight")
        gamma, beta, mean, var, weight = (self.places[*path, name] for name in names)
        size = width // features
        self.program.add(
            op.NORMALIZE, x, y, x_hat, features, size, gamma, beta, mean, var, weight, statistics,
            settings=(layer.momentum, layer.eps),
        )  # fmt: skip

        def back(dy: int, need_dx: bool) -> int:
            self.program.add(op.NORMALIZE_BACK, dy, x_hat, features, size, gamma, beta, statistics)
            return dy

        return y, back

    def dropout(self, layer: Dropout, width: int, x: int) -> tuple[int, Back]:
        """Y = x · mask while training, else x."""
        if not self.training:
            return x, lambda dy, need_dx: dy
        y, mask = self.place(width), self.place(width)
        self.program.add(op.DROP, x, y, mask, width, self.drawn, settings=(layer.rate,))
        self.drawn += width

        def back(dy: int, need_dx: bool) -> int:
            self.program.add(op.DROP_BACK, dy, mask, width)
            return dy

        return y, back


def training_program(
    network: Objective, optimizer: Optimizer, batch_size: int, x_is: int, threads: int
) -> Program:
    """Lay out a training step for so many threads."""
    layouter = Layouter(network, batch_size, True, x_is, threads)
    program = layouter.program
    scores, ways = layouter.forward()
    width = math.prod(network.output_shape)
    dscores = layouter.place(width)
    loss = network.loss_function
    classes = len(network.output_shape) == 1 and width > 1
    program.add(
        op.LOSS, scores, dscores, width, LOSSES[type(loss)], int(classes),
        settings=(getattr(loss, "label_smoothing", 0.0),),
    )  # fmt: skip
    layouter.backward(ways, dscores, False)
    program.add(op.LOOK, settings=PENALTIES[type(network.penalty)](network.penalty))
    while type(optimizer) in CLIPS:
        program.add(CLIPS[type(optimizer)], settings=(optimizer.limit,))  # type: ignore[attr-defined]
        optimizer = optimizer.optimizer  # type: ignore[attr-defined]
    rule, numbers = RULES[type(optimizer)]
    before = layouter.place(VECTORS * network.layout.size, 1)
    program.add(op.UPDATE, rule, before, settings=numbers(optimizer))
    return program


def scoring_program(network: Objective, batch_size: int, x_is: int, packs: bool) -> Program:
    """Lay out a prediction, which packs weights first if they are used often enough for that."""
    layouter = Layouter(network, batch_size, False, x_is, packs=packs)
    scores, _ = layouter.forward()
    layouter.program.add(op.SCORES, scores, math.prod(network.output_shape))
    return layouter.program


def parameter_ranges(network: Objective, optimizer: Optimizer, threads: int) -> np.ndarray:
    """Return the trainable ranges of theta: start, stop, and whether they are weights.

    Neighbours are one range if all is the same to them, and to one thread. Several threads share
    each parameter by itself, so that each updates the weights that it multiplies by.
    """
    told_apart = network.penalty is not None or type(rule_beneath(optimizer)) is AdamW
    found: list[list[int]] = []
    for entry in network.layout.entries:
        if not entry.trainable:
            continue
        start, stop, weight = entry.slice.start, entry.slice.stop, int(entry.kind == "weight")
        joins = found and found[-1][1] == start and (found[-1][2] == weight or not told_apart)
        if joins and threads == 1:
            found[-1][1] = stop
        else:
            found.append([start, stop, weight])
    return np.array(found, np.int64).reshape(-1, ARRAYS["ranges"].columns)


def rule_beneath(optimizer: Optimizer) -> Optimizer:
    """Return the rule beneath what clips its gradients."""
    while type(optimizer) in CLIPS:
        optimizer = optimizer.optimizer  # type: ignore[attr-defined]
    return optimizer


def products(network: Objective) -> int:
    """Return the multiplications of one sample on its way forward."""
    return sum(math.prod(e.shape) for e in network.layout.entries if e.kind == "weight")


def _flattened(layer: Layer, shape: Shape, path: Path) -> list[tuple[Layer, Shape, Path]]:
    """Return the layers of nested chains as one list, each with its input's shape and its path."""
    if not isinstance(layer, Chain):
        return [(layer, shape, path)]
    shapes = layer.shapes(shape)
    return [
        found
        for i, inner in enumerate(layer.layers)
        for found in _flattened(inner, shapes[i], (*path, i))
    ]


def _activation(layer: Layer | None) -> tuple[int, tuple[float, float]]:
    if isinstance(layer, Rescale):
        return op.RESCALE, (layer.scale, layer.offset)
    if layer is None:
        return op.IDENTITY, (0.0, 0.0)
    number = getattr(layer, "slope", getattr(layer, "alpha", 0.0))
    return ACTIVATIONS[type(layer)], (number, 0.0)
