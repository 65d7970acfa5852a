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
from tidu.engines.compiled.kernels.elementwise import activate
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
from tidu.engines.compiled.kernels.shares import (
    activate_share,
    activate_share_backward,
    add_share,
    copy_share,
    share_of,
)
from tidu.engines.compiled.kernels.tiles import lanewise_product, tiled_product
from tidu.engines.compiled.kernels.views import add, fill, view
from tidu.native.jit import kernel


@kernel
def _affine(o, f, args, m):
    """yᵀ = Wᵀ xᵀ + b, then its activation."""
    d_in, d_out, size = o[AFFINE.D_IN], o[AFFINE.D_OUT], args.work.itemsize
    inputs = d_in
    if o[AFFINE.B] >= 0:
        inputs += 1
        fill(share_of(args, o[AFFINE.X] + d_in * m, m, 1), 1)
    x, y = share_of(args, o[AFFINE.X], m, inputs), share_of(args, o[AFFINE.Y], m, d_out)
    W = real(args, ARRAY.THETA).ctypes.data + size * o[AFFINE.W]
    tiled_product(
        W, size, size * d_out, x.ctypes.data, size * m, y.ctypes.data, size * m,
        d_out, m, inputs, size, args.work.dtype.type(1),
    )  # fmt: skip
    slope_at = o[AFFINE.SLOPE]
    slope = share_of(args, slope_at, m, d_out) if slope_at >= 0 else y
    activate(o[AFFINE.ACTIVATION], view(f, AFFINE.ALPHA, AFFINE.BETA + 1), y, slope)


@kernel
def _affine_backward(o, args, partial, adds, m):
    """dW += xᵀ dy and db += Σ dy, lane by lane; dxᵀ = W dyᵀ."""
    d_in, d_out = o[AFFINE_BACKWARD.D_IN], o[AFFINE_BACKWARD.D_OUT]
    size, one = args.work.itemsize, args.work.dtype.type(1)
    inputs = d_in + 1 if o[AFFINE_BACKWARD.B] >= 0 else d_in
    dy = share_of(args, o[AFFINE_BACKWARD.DY], m, d_out)
    x = share_of(args, o[AFFINE_BACKWARD.X], m, inputs)
    sums = view(partial, o[AFFINE_BACKWARD.W] * (VECTOR // size), len(partial))
    lanewise_product(dy, x, sums, d_out, inputs, m, 1, d_out, adds, one)
    if o[AFFINE_BACKWARD.DX] >= 0:
        dx = share_of(args, o[AFFINE_BACKWARD.DX], m, d_in)
        W = real(args, ARRAY.THETA).ctypes.data + size * o[AFFINE_BACKWARD.W]
        tiled_product(
            W, size * d_out, size, dy.ctypes.data, size * m, dx.ctypes.data, size * m,
            d_in, m, d_out, size, one,
        )  # fmt: skip


@kernel
def _loss(o, f, args, weight, chosen, m):
    """Loss and share of correct classes of a block, and its dscores."""
    width = o[LOSS.WIDTH]
    return score_lanes(
        o[LOSS.LOSS], f[LOSS.LABEL_SMOOTHING], o[LOSS.CLASSES],
        share_of(args, o[LOSS.SCORES], m, width), share_of(args, o[LOSS.DSCORES], m, width),
        view(args.work, o[LOSS.LANES], len(args.work)), width, m, weight,
        integers(args, ARRAY.TARGETS), real(args, ARRAY.PER_OUTPUT), chosen,
    )  # fmt: skip


@kernel
def go_through_blocks(program, constants, first, shared, rows):
    """Do operations from number ``first`` on for this thread's share of the samples."""
    o = view(program, (first - 1) * INTEGERS, first * INTEGERS)
    size, lanes, n = o[BLOCKS.SIZE], VECTOR // shared.work.itemsize, len(rows)
    work = view(shared.work, size * shared.thread, len(shared.work))
    args = Arguments(shared.block, work, 0, 1, shared.safe_below)  # alone on its blocks
    parameters = len(real(args, ARRAY.THETA))
    partial = view(work, o[BLOCKS.PARTIAL], o[BLOCKS.PARTIAL] + lanes * parameters)
    low, high = share(n, shared.thread, shared.threads, lanes)
    targets, partials = integers(args, ARRAY.TARGETS), partials_of(args)[shared.thread]
    class_weights = real(args, ARRAY.PER_OUTPUT)
    weight = batch_weight(targets, class_weights, rows, o[BLOCKS.WIDTH])
    partials[PARTIAL.LOSS] = 0
    partials[PARTIAL.CORRECT] = 0
    partials[PARTIAL.WEIGHT] = weight
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
                    integers(args, ARRAY.INPUTS), chosen, share_of(args, p[GATHER.OUT], m, width),
                    width, m, f[GATHER.SCALE], f[GATHER.OFFSET],
                )  # fmt: skip
            elif code == AFFINE.CODE:
                _affine(p, f, args, m)
            elif code == AFFINE_BACKWARD.CODE:
                _affine_backward(p, args, partial, int(start > low), m)
            elif code == ACTIVATE.CODE:
                activate_share(p, f, args, m)
            elif code == ACTIVATE_BACKWARD.CODE:
                activate_share_backward(p, f, args, m)
            elif code == COPY.CODE:
                copy_share(p, args, m)
            elif code == ADD.CODE:
                add_share(p, args, m)
            elif code == LOSS.CODE:
                loss, correct = _loss(p, f, args, weight, chosen, m)
                partials[PARTIAL.LOSS] += loss
                partials[PARTIAL.CORRECT] += correct


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
