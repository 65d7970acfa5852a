"""A training step block by block: all layers forward and back for some samples, then for the next.

A block is stored with its samples along the lanes of vectors: each feature is a row, with one
number a sample. So a layer of any width fills its vectors, products are tiles of the same kind as
elsewhere (yᵀ = Wᵀ xᵀ), activations are loops over all numbers of a block, and what a layer leaves
for its way back is still in the cache. A row of ones below x carries the bias, which follows W in
theta.

The gradient is summed up lane by lane: for each parameter one vector, which each thread adds to
from block to block in memory of its own. Their sums are taken once a step (`add_up`), so threads
wait for each other once in all, where they otherwise do so after each operation.

The operations are those that are otherwise done for the whole batch at once, and the results are
the same but for the order of sums.

References
----------
Elrod, Korsbo and Rackauckas, "SimpleChains.jl: small neural networks, fast", 2022, for how far a
narrow network is from what a processor can do.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from tidu.engines.compiled.kernels.access import Arguments, integers, partials_of, real
from tidu.engines.compiled.kernels.arguments import ARRAY, PARTIAL
from tidu.engines.compiled.kernels.barrier import share
from tidu.engines.compiled.kernels.elementwise import activate, activate_backward
from tidu.engines.compiled.kernels.gathering import gather_lanes
from tidu.engines.compiled.kernels.lanewise_losses import score_lanes
from tidu.engines.compiled.kernels.operations import (
    ACTIVATE,
    ACTIVATE_BACKWARD,
    ADD,
    AFFINE,
    AFFINE_BACKWARD,
    BLOCKS,
    CONSTANTS,
    COPY,
    GATHER,
    INTEGERS,
    LOSS,
    VECTOR,
)
from tidu.engines.compiled.kernels.rowwise import sum_of
from tidu.engines.compiled.kernels.scoring import batch_weight
from tidu.engines.compiled.kernels.tiles import lanewise_product, tiled_product
from tidu.engines.compiled.kernels.views import add, copy, fill, view
from tidu.native.jit import kernel


@kernel
def _buffer(args, at, width, m):
    """Return ``width`` rows of a block of m samples."""
    return view(args.work, at, at + width * m)


@kernel
def _affine(o, f, args, m):
    """yᵀ = Wᵀ xᵀ + b, then its activation."""
    d_in, d_out, size = o[AFFINE.D_IN], o[AFFINE.D_OUT], args.work.itemsize
    inputs = d_in
    if o[AFFINE.B] >= 0:
        inputs += 1
        fill(_buffer(args, o[AFFINE.X] + d_in * m, 1, m), 1)
    x, y = _buffer(args, o[AFFINE.X], inputs, m), _buffer(args, o[AFFINE.Y], d_out, m)
    W = real(args, ARRAY.THETA).ctypes.data + size * o[AFFINE.W]
    tiled_product(
        W, size, size * d_out, x.ctypes.data, size * m, y.ctypes.data, size * m,
        d_out, m, inputs, size, args.work.dtype.type(1),
    )  # fmt: skip
    slope_at = o[AFFINE.SLOPE]
    slope = _buffer(args, slope_at, d_out, m) if slope_at >= 0 else y
    activate(o[AFFINE.ACTIVATION], view(f, AFFINE.ALPHA, AFFINE.BETA + 1), y, slope)


@kernel
def _affine_backward(o, args, partial, adds, m):
    """dW += xᵀ dy and db += Σ dy, lane by lane; dxᵀ = W dyᵀ."""
    d_in, d_out = o[AFFINE_BACKWARD.D_IN], o[AFFINE_BACKWARD.D_OUT]
    size, one = args.work.itemsize, args.work.dtype.type(1)
    inputs = d_in + 1 if o[AFFINE_BACKWARD.B] >= 0 else d_in
    dy = _buffer(args, o[AFFINE_BACKWARD.DY], d_out, m)
    x = _buffer(args, o[AFFINE_BACKWARD.X], inputs, m)
    sums = view(partial, o[AFFINE_BACKWARD.W] * (VECTOR // size), len(partial))
    lanewise_product(dy, x, sums, d_out, inputs, m, 1, d_out, adds, one)
    if o[AFFINE_BACKWARD.DX] >= 0:
        dx = _buffer(args, o[AFFINE_BACKWARD.DX], d_in, m)
        W = real(args, ARRAY.THETA).ctypes.data + size * o[AFFINE_BACKWARD.W]
        tiled_product(
            W, size * d_out, size, dy.ctypes.data, size * m, dx.ctypes.data, size * m,
            d_in, m, d_out, size, one,
        )  # fmt: skip


@kernel
def _activate(o, f, args, m):
    width, slope_at = o[ACTIVATE.WIDTH], o[ACTIVATE.SLOPE]
    y = _buffer(args, o[ACTIVATE.Y], width, m)
    copy(_buffer(args, o[ACTIVATE.X], width, m), y)
    slope = _buffer(args, slope_at, width, m) if slope_at >= 0 else y
    activate(o[ACTIVATE.ACTIVATION], view(f, ACTIVATE.ALPHA, ACTIVATE.BETA + 1), y, slope)


@kernel
def _activate_backward(o, f, args, m):
    width, slope_at = o[ACTIVATE_BACKWARD.WIDTH], o[ACTIVATE_BACKWARD.SLOPE]
    y = _buffer(args, o[ACTIVATE_BACKWARD.Y], width, m)
    slope = _buffer(args, slope_at, width, m) if slope_at >= 0 else y
    settings = view(f, ACTIVATE_BACKWARD.ALPHA, ACTIVATE_BACKWARD.BETA + 1)
    dy = _buffer(args, o[ACTIVATE_BACKWARD.DY], width, m)
    activate_backward(o[ACTIVATE_BACKWARD.ACTIVATION], settings, dy, y, slope)


@kernel
def _loss(o, f, args, weight, chosen, m):
    width, partials = o[LOSS.WIDTH], partials_of(args)
    loss, correct = score_lanes(
        o[LOSS.LOSS], f[LOSS.LABEL_SMOOTHING], o[LOSS.CLASSES],
        _buffer(args, o[LOSS.SCORES], width, m), _buffer(args, o[LOSS.DSCORES], width, m),
        view(args.work, o[LOSS.LANES], len(args.work)), width, m, weight,
        integers(args, ARRAY.TARGETS), real(args, ARRAY.PER_OUTPUT), chosen,
    )  # fmt: skip
    partials[args.thread, PARTIAL.LOSS] += loss
    partials[args.thread, PARTIAL.CORRECT] += correct


@kernel
def go_through_blocks(program, constants, first, shared, rows):
    """Do operations from number ``first`` on for this thread's share of the samples."""
    o = view(program, (first - 1) * INTEGERS, first * INTEGERS)
    size, lanes, n = o[BLOCKS.SIZE], VECTOR // shared.work.itemsize, len(rows)
    work = view(shared.work, size * shared.thread, len(shared.work))
    args = Arguments(shared.block, work, shared.thread, shared.threads, shared.safe_below)
    parameters = len(real(args, ARRAY.THETA))
    partial = view(work, o[BLOCKS.PARTIAL], o[BLOCKS.PARTIAL] + lanes * parameters)
    low, high = share(n, args.thread, args.threads, lanes)
    targets, partials = integers(args, ARRAY.TARGETS), partials_of(args)
    class_weights = real(args, ARRAY.PER_OUTPUT)
    weight = batch_weight(targets, class_weights, rows, o[BLOCKS.WIDTH])
    partials[args.thread, PARTIAL.LOSS] = 0
    partials[args.thread, PARTIAL.CORRECT] = 0
    partials[args.thread, PARTIAL.WEIGHT] = weight
    if low == high:
        fill(partial, 0)
    for start in range(low, high, o[BLOCKS.BLOCK]):
        chosen = view(rows, start, min(start + o[BLOCKS.BLOCK], high))
        m = (len(chosen) + lanes - 1) // lanes * lanes
        for j in range(first, first + o[BLOCKS.COUNT]):
            p = view(program, j * INTEGERS, (j + 1) * INTEGERS)
            f = view(constants, j * CONSTANTS, (j + 1) * CONSTANTS)
            code = p[0]
            if code == GATHER.CODE:
                width = p[GATHER.WIDTH]
                gather_lanes(
                    integers(args, ARRAY.INPUTS), chosen, _buffer(args, p[GATHER.OUT], width, m),
                    width, m, f[GATHER.SCALE], f[GATHER.OFFSET],
                )  # fmt: skip
            elif code == AFFINE.CODE:
                _affine(p, f, args, m)
            elif code == AFFINE_BACKWARD.CODE:
                _affine_backward(p, args, partial, int(start > low), m)
            elif code == ACTIVATE.CODE:
                _activate(p, f, args, m)
            elif code == ACTIVATE_BACKWARD.CODE:
                _activate_backward(p, f, args, m)
            elif code == COPY.CODE:
                width = p[COPY.WIDTH]
                copy(
                    _buffer(args, p[COPY.SOURCE], width, m), _buffer(args, p[COPY.TARGET], width, m)
                )
            elif code == ADD.CODE:
                target = _buffer(args, p[ADD.TARGET], p[ADD.WIDTH], m)
                add(_buffer(args, p[ADD.SOURCE], p[ADD.WIDTH], m), target)
            elif code == LOSS.CODE:
                _loss(p, f, args, weight, chosen, m)


@kernel
def add_up(partial, size, args, low, high):
    """Put the sums over lanes and threads in the gradient, for parameters from ``low`` on."""
    lanes, g = VECTOR // args.work.itemsize, view(real(args, ARRAY.DTHETA), low, high)
    at, end = partial + lanes * low, partial + lanes * high
    total = view(args.work, at, end)
    for thread in range(1, args.threads):
        add(view(args.work, thread * size + at, thread * size + end), total)
    for i in range(len(g)):
        g[i] = sum_of(view(total, lanes * i, lanes * i + lanes))
