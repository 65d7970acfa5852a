"""The operations of a dense layer: y = f(xW + b) and its way back, each a share a thread."""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from numba import carray

from tidu.engines.compiled.kernels.access import integers, real
from tidu.engines.compiled.kernels.arguments import ARRAY, INPUTS, NUMBER
from tidu.engines.compiled.kernels.barrier import share
from tidu.engines.compiled.kernels.elementwise import activate
from tidu.engines.compiled.kernels.gathering import gather, sparse_forward, sparse_weight_product
from tidu.engines.compiled.kernels.operations import (
    AFFINE,
    AFFINE_BACKWARD,
    AFFINE_SUM,
    BY_COLUMNS,
    BY_INPUTS,
    GATHER,
    IN_PLACE,
    PACK,
    SPARSE_INPUTS,
)
from tidu.engines.compiled.kernels.products import (
    forward_product,
    input_product,
    share_of_product,
    weight_product,
)
from tidu.engines.compiled.kernels.tiles import pack, packed_product
from tidu.engines.compiled.kernels.views import add, copy, view
from tidu.native.jit import kernel, pointer


@kernel
def pack_weights(o, args):
    """Copy W in strips."""
    d_in, d_out = o[PACK.D_IN], o[PACK.D_OUT]
    W = view(real(args, ARRAY.THETA), o[PACK.W], o[PACK.W] + d_in * d_out)
    pack(W, view(args.work, o[PACK.PACKED], len(args.work)), d_in, d_out)


@kernel
def gather_batch(o, f, args, n, step):
    """Out = scale·x + offset of the batch's samples."""
    width, order = o[GATHER.WIDTH], integers(args, ARRAY.ORDER)
    low, high, first, last = 0, n, 0, width
    if o[GATHER.SPLIT] == BY_INPUTS:
        first, last = share(width, args.thread, args.threads, 16)
    else:
        low, high = share(n, args.thread, args.threads, 1)
    out = view(args.work, o[GATHER.OUT] + low * width, o[GATHER.OUT] + high * width)
    rows = view(order, step * args.block[NUMBER.BATCH_SIZE] + low, len(order))
    gather(
        integers(args, ARRAY.INPUTS), rows, high - low, out, width, first, last, f[GATHER.SCALE],
        f[GATHER.OFFSET],
    )  # fmt: skip


@kernel
def affine(o, f, args, rows):
    """y = f(α xW + b), split by rows, columns or inputs."""
    d_in, d_out, split = o[AFFINE.D_IN], o[AFFINE.D_OUT], o[AFFINE.SPLIT]
    x_at, y_at, b_at, slope_at = o[AFFINE.X], o[AFFINE.Y], o[AFFINE.B], o[AFFINE.SLOPE]
    work, n = args.work, len(rows)
    code, one = o[AFFINE.ACTIVATION], work.dtype.type(1)
    settings = view(f, AFFINE.ALPHA, AFFINE.BETA + 1)
    W = view(real(args, ARRAY.THETA), o[AFFINE.W], o[AFFINE.W] + d_in * d_out)
    low, high, first, last = 0, n, 0, d_out
    if split == BY_COLUMNS:
        first, last = share(d_out, args.thread, args.threads, 16)
    else:
        low, high = share(n, args.thread, args.threads, 1)
    y = view(work, y_at + low * d_out, y_at + high * d_out)
    if split == BY_INPUTS:
        x = view(work, x_at, x_at + n * d_in)
        begin, end = share(d_in, args.thread, args.threads, 16)
        at = y_at if args.thread == 0 else o[AFFINE.SUMS] + (args.thread - 1) * n * d_out
        own = view(work, at, at + n * d_out)
        share_of_product(x, W, own, n, d_in, begin, end, d_out, one)
        return
    if o[AFFINE.SOURCE] == SPARSE_INPUTS:
        sparse_forward(
            integers(args, ARRAY.INPUTS), f[AFFINE.SCALE], view(rows, low, high), W, y, d_out
        )
    else:
        x = view(work, x_at + low * d_in, x_at + high * d_in)
        if o[AFFINE.SOURCE] == IN_PLACE and high > low:
            address = integers(args, ARRAY.INPUTS)[INPUTS.VALUES] + rows[low] * d_in * work.itemsize
            x = carray(pointer(address), (high - low) * d_in, work.dtype)
        if o[AFFINE.PACKED] >= 0:
            packed = view(work, o[AFFINE.PACKED], len(work))
            packed_product(x, packed, y, high - low, d_in, d_out, one)
        else:
            m, columns, scale = high - low, last - first, f[AFFINE.SCALE]
            forward_product(args.block[NUMBER.GEMM], x, W, y, m, d_in, d_out, first, columns, scale)
    slopes = view(work, slope_at + low * d_out, slope_at + high * d_out) if slope_at >= 0 else y
    if split != BY_COLUMNS:
        _add_bias(args, b_at, y, d_out)
        activate(code, settings, y, slopes)
        return
    for r in range(high - low):
        row = view(y, r * d_out + first, r * d_out + last)
        if b_at >= 0:
            add(view(real(args, ARRAY.THETA), b_at + first, b_at + last), row)
        activate(code, settings, row, view(slopes, r * d_out + first, r * d_out + last))


@kernel
def _add_bias(args, b_at, y, d_out):
    if b_at >= 0:
        bias = view(real(args, ARRAY.THETA), b_at, b_at + d_out)
        for at in range(0, len(y), d_out):
            add(bias, view(y, at, at + d_out))


@kernel
def affine_sum(o, f, args, n):
    """y = f(y + the sums of other threads + b), split by rows."""
    d_out, slope_at = o[AFFINE_SUM.D_OUT], o[AFFINE_SUM.SLOPE]
    low, high = share(n, args.thread, args.threads, 1)
    low, high = low * d_out, high * d_out
    y = view(args.work, o[AFFINE_SUM.Y] + low, o[AFFINE_SUM.Y] + high)
    for q in range(args.threads - 1):
        at = o[AFFINE_SUM.SUMS] + q * n * d_out
        add(view(args.work, at + low, at + high), y)
    _add_bias(args, o[AFFINE_SUM.B], y, d_out)
    slopes = view(args.work, slope_at + low, slope_at + high) if slope_at >= 0 else y
    settings = view(f, AFFINE_SUM.ALPHA, AFFINE_SUM.BETA + 1)
    activate(o[AFFINE_SUM.ACTIVATION], settings, y, slopes)


@kernel
def affine_backward(o, f, args, rows):
    """dW = α xᵀ dy in shares of its rows, db = Σ dy in shares of columns, dx = α dy Wᵀ."""
    d_in, d_out = o[AFFINE_BACKWARD.D_IN], o[AFFINE_BACKWARD.D_OUT]
    dy_at, x_at, dx_at = o[AFFINE_BACKWARD.DY], o[AFFINE_BACKWARD.X], o[AFFINE_BACKWARD.DX]
    W_at, b_at, transposed_at = (
        o[AFFINE_BACKWARD.W], o[AFFINE_BACKWARD.B], o[AFFINE_BACKWARD.TRANSPOSED],
    )  # fmt: skip
    work, n, scale = args.work, len(rows), f[AFFINE_BACKWARD.SCALE]
    dy = view(work, dy_at, dy_at + n * d_out)
    W = view(real(args, ARRAY.THETA), W_at, W_at + d_in * d_out)
    dW = view(real(args, ARRAY.DTHETA), W_at, W_at + d_in * d_out)
    if o[AFFINE_BACKWARD.SOURCE] == SPARSE_INPUTS:
        first, last = share(d_out, args.thread, args.threads, 16)
        sparse_weight_product(
            integers(args, ARRAY.INPUTS), scale, rows, dy, dW, d_in, d_out, first, last
        )
    else:
        first, last = share(d_in, args.thread, args.threads, 16)
        x = view(work, x_at, x_at + n * d_in)
        weight_product(
            args.block[NUMBER.GEMM], x, dy, dW, n, d_in, first, last - first, d_out, scale
        )
    if dx_at >= 0:
        first, last = share(d_in, args.thread, args.threads, 16)
        dx = view(work, dx_at, dx_at + n * d_in)
        end = last * d_out if transposed_at >= 0 else first * d_out
        transposed = view(work, transposed_at + first * d_out, transposed_at + end)
        input_product(
            args.block[NUMBER.GEMM],
            dy,
            W,
            transposed,
            dx,
            n,
            d_in,
            first,
            last - first,
            d_out,
            scale,
        )
    if b_at >= 0:
        first, last = share(d_out, args.threads - 1 - args.thread, args.threads, 16)
        db = view(real(args, ARRAY.DTHETA), b_at + first, b_at + last)
        copy(view(dy, first, last), db)
        for r in range(1, n):
            add(view(dy, r * d_out + first, r * d_out + last), db)
