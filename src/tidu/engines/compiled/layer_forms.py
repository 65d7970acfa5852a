"""The compiled forms of layers: one row each, which lays out the layer's operations.

A form is given the builder, the layer at its place, and the offset of x. It adds the operations
forward, and returns the offset of y and a function for the way back: that one is given the offset
of dy and whether dx is needed, adds its operations, and returns the offset of dx. A new activation
needs no row here: those in `kernels.activations` are taken over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.kernels.activations import ACTIVATIONS
from tidu.layers import (
    Affine,
    BatchNorm,
    Clamp,
    Dropout,
    Embedding,
    Flatten,
    Identity,
    Layer,
    Parametric,
    Periodic,
    Residual,
    Scale,
    Softmax,
    Standardize,
)
from tidu.layers.chain import NamedLayer

if TYPE_CHECKING:
    from tidu.engines.compiled.builder import ProgramBuilder

Backward = Callable[[int, bool], int]
Form = Callable[["ProgramBuilder", NamedLayer, int], tuple[int, Backward]]


def affine(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = xW + b, of inputs read in place where x is −1; an activation may be fused to it."""
    layer: Affine = at.layer  # type: ignore[assignment]
    W = builder.offsets[*at.path, "W"]
    b = builder.offsets[*at.path, "b"] if layer.bias else -1
    return product(builder, x, math.prod(at.input_shape), layer.units, W, b)


def product(
    builder: ProgramBuilder, x: int, d_in: int, d_out: int, W: int, b: int
) -> tuple[int, Backward]:
    """y = xW + b, with W and b at these offsets into theta; no b where it is −1."""
    y, rows = builder.offset(d_out), builder.batch_size
    source, scale = (builder.source, builder.input_scale) if x < 0 else (op.IN_WORK, builder.factor)
    builder.factor = 1.0
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


def parametric(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = x + α (f(x) − x); dx in place of dy."""
    f, width = at.layer.activation, math.prod(at.input_shape)  # type: ignore[attr-defined]
    form, code = ACTIVATIONS[type(f)], list(ACTIVATIONS).index(type(f))
    a, b = (*form.settings(f), 0.0, 0.0)[:2]
    of_x, y = builder.offset(width), builder.offset(width)
    slope = builder.offset(width) if form.stores_slope else -1
    common = {
        "x": x, "f": of_x, "width": width, "activation": code, "slope": slope,
        "alpha": builder.offsets[*at.path, "alpha"], "a": a, "b": b,
    }  # fmt: skip
    builder.add(op.PARAMETRIC, y=y, **common)

    def backward(dy: int, need_dx: bool) -> int:
        builder.add(op.PARAMETRIC_BACKWARD, dy=dy, row=builder.offset(width, rows=1), **common)
        return dy

    return y, backward


def copy_columns(
    builder: ProgramBuilder, source: tuple[int, int, int], target: tuple[int, int, int], count: int,
    **change: float,
) -> None:  # fmt: skip
    """Copy columns from a buffer of some width, from some column on, to another; change them."""
    names = ("", "_width", "_at")
    places = {
        key + name: number
        for key, place in (("source", source), ("target", target))
        for name, number in zip(names, place, strict=True)
    }
    as_they_are = {"shift": 0.0, "scale": 1.0, "offset": 0.0, "low": -math.inf, "high": math.inf}
    builder.add(op.COLUMNS, count=count, **places, **as_they_are | change)


def runs(columns: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return runs of neighbours: the first column, how many, and how many there were before.

    Examples
    --------
    >>> runs([0, 1, 4, 6, 7])
    [(0, 2, 0), (4, 1, 2), (6, 2, 3)]
    """
    found: list[tuple[int, int, int]] = []
    for i, column in enumerate(columns):
        first, count, before = found[-1] if found else (-1, 0, 0)
        if found and column == first + count:
            found[-1] = first, count + 1, before
        else:
            found.append((column, 1, i))
    return found


def periodic(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = (x, e) with e = cos(2π f x + φ) Aᵀ + c; one operation for each run of columns."""
    layer: Periodic = at.layer  # type: ignore[assignment]
    (d,), m, o = at.input_shape, layer.frequencies, layer.outputs
    chosen = layer.chosen(d)
    width = d + len(chosen) * o
    y = builder.offset(width)
    copy_columns(builder, (x, d, 0), (y, width, 0), d)
    f, phase, amplitude, offset = (
        builder.offsets[*at.path, name] for name in ("frequency", "phase", "amplitude", "offset")
    )
    operations = [
        {
            "x": x, "d": d, "width": width, "first": first, "at": d + before * o, "count": count,
            "frequencies": m, "outputs": o, "waves": builder.offset(2 * count * m),
            "frequency": f + before * m, "phase": phase + before * m,
            "amplitude": amplitude + before * m * o, "offset": offset + before * o,
        }
        for first, count, before in runs(chosen)
    ]  # fmt: skip
    for operation in operations:
        builder.add(op.PERIODIC, y=y, **operation)

    def backward(dy: int, need_dx: bool) -> int:
        dx = builder.offset(d) if need_dx else -1
        if need_dx:
            copy_columns(builder, (dy, width, 0), (dx, d, 0), d)
        for operation in operations:
            room = builder.offset(m, rows=builder.threads)
            builder.add(op.PERIODIC_BACKWARD, dy=dy, dx=dx, room=room, **operation)
        return dx

    return y, backward


def embedding(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = (the other columns, x[:, a:b] E of each group): a product for each group."""
    layer: Embedding = at.layer  # type: ignore[assignment]
    (d,), size, E = at.input_shape, layer.size, builder.offsets[*at.path, "vectors"]
    (width,) = layer.output_shape(at.input_shape)
    y, others = builder.offset(width), layer.others(d)
    for first, count, before in runs(others):
        copy_columns(builder, (x, d, first), (y, width, before), count)
    groups: list[tuple[slice, int, Backward]] = []
    for i, (columns, rows) in enumerate(layer.slices()):
        count, place = rows.stop - rows.start, len(others) + i * size
        group = builder.offset(count)
        copy_columns(builder, (x, d, columns.start), (group, count, 0), count)
        e, way_back = product(builder, group, count, size, E + rows.start * size, -1)
        copy_columns(builder, (e, size, 0), (y, width, place), size)
        groups.append((columns, place, way_back))

    def backward(dy: int, need_dx: bool) -> int:
        dx = builder.offset(d) if need_dx else -1
        if need_dx:
            for first, count, before in runs(others):
                copy_columns(builder, (dy, width, before), (dx, d, first), count)
        for columns, place, way_back in groups:
            de, count = builder.offset(size), columns.stop - columns.start
            copy_columns(builder, (dy, width, place), (de, size, 0), size)
            dgroup = way_back(de, need_dx)
            if need_dx:
                copy_columns(builder, (dgroup, count, 0), (dx, d, columns.start), count)
        return dx

    return y, backward


def standardize(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = (x − mean) / spread or spread · x + mean, column by column; dx in place of dy."""
    layer: Standardize = at.layer  # type: ignore[assignment]
    d, factors = len(layer.mean), layer.factors.tolist()
    y = builder.offset(d)
    for j, (factor, mean) in enumerate(zip(factors, layer.mean, strict=True)):
        moved = {"offset": mean} if layer.inverse else {"shift": mean}
        copy_columns(builder, (x, d, j), (y, d, j), 1, scale=factor, **moved)

    def backward(dy: int, need_dx: bool) -> int:
        for j, factor in enumerate(factors):
            copy_columns(builder, (dy, d, j), (dy, d, j), 1, scale=factor)
        return dy

    return y, backward


def clamp(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = x while learning, else min(max(x, low), high), column by column."""
    layer: Clamp = at.layer  # type: ignore[assignment]
    y, d = x, len(layer.low)
    if not builder.training:
        y = builder.offset(d)
        for j, (low, high) in enumerate(zip(layer.low, layer.high, strict=True)):
            copy_columns(builder, (x, d, j), (y, d, j), 1, low=low, high=high)
    return y, lambda dy, need_dx: dy


def dropout(builder: ProgramBuilder, at: NamedLayer, x: int) -> tuple[int, Backward]:
    """y = x · mask while training, else x; dx in place of dy."""
    layer: Dropout = at.layer  # type: ignore[assignment]
    if not builder.training:
        return x, lambda dy, need_dx: dy
    width = math.prod(at.input_shape)
    y, mask = builder.offset(width), builder.offset(width)
    row, rate = -1, layer.rate
    if callable(rate):
        row, rate = builder.faded, 0.0
        builder.faded += 1
    builder.add(
        op.DROPOUT, x=x, y=y, mask=mask, width=width, drawn=builder.drawn, row=row, rate=rate
    )
    builder.drawn += width

    def backward(dy: int, need_dx: bool) -> int:
        builder.add(op.DROPOUT_BACKWARD, dy=dy, mask=mask, width=width)
        return dy

    return y, backward


LAYERS: dict[type[Layer], Form | None] = {
    Affine: affine,
    BatchNorm: batch_norm,
    Clamp: clamp,
    Dropout: dropout,
    Embedding: embedding,
    Flatten: None,
    Identity: None,
    Parametric: parametric,
    Periodic: periodic,
    Residual: residual,
    Scale: scale,
    Softmax: softmax,
    Standardize: standardize,
    **dict.fromkeys(ACTIVATIONS, activation),
}
"""The forms; None is a layer that does nothing to the numbers of a sample. Chains are opened."""


def has_form(layer: Layer) -> bool:
    """Return whether a layer has a compiled form, and an activation in it too."""
    f = layer.activation if isinstance(layer, Parametric) else layer
    return type(layer) in LAYERS and (f is layer or type(f) in ACTIVATIONS)


IN_BLOCKS: frozenset[type[Layer]] = frozenset(
    {Affine, Clamp, Flatten, Identity, Residual, *ACTIVATIONS}
)
"""Layers whose operations can be done block by block (`kernels.blockwise`)."""
