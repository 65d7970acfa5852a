"""The compiled forms of layers: one row each, which lays out the layer's operations.

A form is given the builder, the layer at its place, and the offset of x. It adds the operations
forward, and returns the offset of y and a function for the way back: that one is given the offset
of dy and whether dx is needed, adds its operations, and returns the offset of dx. A new activation
needs no row here: those in `kernels.activations` are taken over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.kernels.activations import ACTIVATIONS
from tidu.layers import (
    Affine,
    BatchNorm,
    Dropout,
    Flatten,
    Identity,
    Layer,
    Residual,
    Scale,
    Softmax,
)
from tidu.layers.chain import NamedLayer

if TYPE_CHECKING:
    from tidu.engines.compiled.builder import ProgramBuilder

Backward = Callable[[int, bool], int]
Form = Callable[["ProgramBuilder", NamedLayer, int], tuple[int, Backward]]


def affine(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = xW + b, of inputs read in place where x is −1; an activation may be fused to it."""
    layer: Affine = at.layer  # type: ignore[assignment]
    d_in, d_out, rows = math.prod(at.input_shape), layer.units, builder.batch_size
    y = builder.offset(d_out)
    W = builder.offsets[*at.path, "W"]
    b = builder.offsets[*at.path, "b"] if layer.bias else -1
    source, scale = (builder.source, builder.input_scale) if x < 0 else (op.IN_WORK, 1.0)
    split = op.BY_ROWS if x < 0 else builder.split(d_in, d_out)
    sums = packed = -1
    if split == op.BY_INPUTS:
        sums = builder.offset(d_out, rows * (builder.threads - 1))
    if builder.packs and builder.tiled(d_out) and source != op.SPARSE_INPUTS:
        lanes = op.VECTOR // builder.network.dtype.itemsize
        packed = builder.offset(d_in, -(-d_out // lanes) * lanes)
        builder.add(op.PACK, W=W, packed=packed, d_in=d_in, d_out=d_out)
    activation = {"activation": op.NO_ACTIVATION, "slope": -1, "alpha": 0, "beta": 0}
    builder.fusible = builder.add(
        op.AFFINE, x=x, y=y, d_in=d_in, d_out=d_out, W=W, b=b, split=split, source=source,
        sums=sums, packed=packed, scale=scale, **activation,
    )  # fmt: skip
    if split == op.BY_INPUTS:
        builder.fusible = builder.add(op.AFFINE_SUM, y=y, d_out=d_out, b=b, sums=sums, **activation)

    def backward(dy: int, need_dx: bool) -> int:
        dx = builder.offset(d_in) if need_dx else -1
        turns = need_dx and d_out < op.NARROW and not builder.in_blocks
        transposed = builder.offset(d_in, d_out) if turns else -1
        builder.add(
            op.AFFINE_BACKWARD, dy=dy, x=x, dx=dx, d_in=d_in, d_out=d_out, W=W, b=b,
            source=source, transposed=transposed, scale=scale,
        )  # fmt: skip
        return dx

    return y, backward


def activation(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = f(x), within the dense layer before it if there is one; dx in place of dy."""
    kind, width = type(at.layer), math.prod(at.input_shape)
    form, code = ACTIVATIONS[kind], list(ACTIVATIONS).index(kind)
    alpha, beta = (*form.settings(at.layer), 0.0, 0.0)[:2]
    slope = builder.offset(width) if form.stores_slope else -1
    y = x
    if not builder.fuse(x, activation=code, slope=slope, alpha=alpha, beta=beta):
        y = builder.offset(width)
        builder.add(
            op.ACTIVATE, x=x, y=y, width=width, activation=code, slope=slope, alpha=alpha, beta=beta
        )

    def backward(dy: int, need_dx: bool) -> int:
        builder.add(
            op.ACTIVATE_BACKWARD, dy=dy, y=y, width=width, activation=code, slope=slope,
            alpha=alpha, beta=beta,
        )  # fmt: skip
        return dy

    return y, backward


def softmax(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = softmax(x); dx in place of dy."""
    width = math.prod(at.input_shape)
    y = builder.offset(width)
    builder.add(op.SOFTMAX, x=x, y=y, width=width)

    def backward(dy: int, need_dx: bool) -> int:
        builder.add(op.SOFTMAX_BACKWARD, dy=dy, y=y, width=width)
        return dy

    return y, backward


def residual(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = x + block(x); on the way back, dy goes both ways."""
    width = math.prod(at.input_shape)
    inner, ways_back = builder.layers(at.inner, x)
    y = builder.offset(width)
    builder.add(op.COPY, source=inner, target=y, width=width)
    builder.add(op.ADD, source=x, target=y, width=width)

    def backward(dy: int, need_dx: bool) -> int:
        copy = builder.offset(width)
        builder.add(op.COPY, source=dy, target=copy, width=width)
        dx = builder.backward(ways_back, copy, need_dx)
        if need_dx:
            builder.add(op.ADD, source=dy, target=dx, width=width)
        return dx

    return y, backward


def batch_norm(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = γ x̂ + β; dx in place of dy."""
    layer: BatchNorm = at.layer  # type: ignore[assignment]
    width, features = math.prod(at.input_shape), at.input_shape[0]
    y, x_hat = builder.offset(width), builder.offset(width)
    statistics = builder.offset(3 * features, rows=1)
    gamma, beta = (builder.offsets[*at.path, name] for name in ("gamma", "beta"))
    names = ("running_mean", "running_var", "running_weight")
    mean, var, weight = (builder.offsets[*at.path, name] for name in names)
    size = width // features
    builder.add(
        op.BATCH_NORM, x=x, y=y, x_hat=x_hat, features=features, size=size, gamma=gamma, beta=beta,
        mean=mean, var=var, weight=weight, statistics=statistics,
        momentum=layer.momentum, eps=layer.eps,
    )  # fmt: skip

    def backward(dy: int, need_dx: bool) -> int:
        builder.add(
            op.BATCH_NORM_BACKWARD, dy=dy, x_hat=x_hat, features=features, size=size, gamma=gamma,
            beta=beta, statistics=statistics,
        )  # fmt: skip
        return dy

    return y, backward


def scale(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = s x; dx in place of dy."""
    width, s = math.prod(at.input_shape), builder.offsets[*at.path, "scale"]
    y = builder.offset(width)
    builder.add(op.SCALE, x=x, y=y, width=width, s=s)

    def backward(dy: int, need_dx: bool) -> int:
        builder.add(op.SCALE_BACKWARD, dy=dy, x=x, width=width, s=s)
        return dy

    return y, backward


def dropout(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = x · mask while training, else x; dx in place of dy."""
    layer: Dropout = at.layer  # type: ignore[assignment]
    if not builder.training:
        return x, lambda dy, need_dx: dy
    width = math.prod(at.input_shape)
    y, mask = builder.offset(width), builder.offset(width)
    builder.add(op.DROPOUT, x=x, y=y, mask=mask, width=width, drawn=builder.drawn, rate=layer.rate)
    builder.drawn += width

    def backward(dy: int, need_dx: bool) -> int:
        builder.add(op.DROPOUT_BACKWARD, dy=dy, mask=mask, width=width)
        return dy

    return y, backward


LAYERS: dict[type[Layer], Form | None] = {
    Affine: affine,
    BatchNorm: batch_norm,
    Dropout: dropout,
    Flatten: None,
    Identity: None,
    Residual: residual,
    Scale: scale,
    Softmax: softmax,
    **dict.fromkeys(ACTIVATIONS, activation),
}
"""The forms; None is a layer that does nothing to the numbers of a sample. Chains are opened."""

IN_BLOCKS: frozenset[type[Layer]] = frozenset({Affine, Flatten, Identity, Residual, *ACTIVATIONS})
"""Layers whose operations can be done block by block (`kernels.blockwise`)."""
