"""The one function that executes programs: k steps of any network, any rule, any data.

It is compiled once for float32 and once for float64 (see `entry`); a network that is new in size is
only another program. Every thread of a call runs it with an index of its own, does its share of
each operation, and waits for the others at a barrier. An operation is a kernel of what it reads:
its integers ``o``, its constants ``f``, the arguments, the rows of the batch.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import numpy as np

from tidu.engines.compiled.kernels.access import as_thread, integers, matrix, real, wait_for_all
from tidu.engines.compiled.kernels.arguments import ARRAY, ARRAYS, NUMBER, SCALAR
from tidu.engines.compiled.kernels.barrier import share
from tidu.engines.compiled.kernels.blockwise import go_through_blocks
from tidu.engines.compiled.kernels.columns import columns, periodic, periodic_backward
from tidu.engines.compiled.kernels.dense import (
    affine,
    affine_backward,
    affine_sum,
    gather_batch,
    pack_weights,
)
from tidu.engines.compiled.kernels.noise import draw_mask
from tidu.engines.compiled.kernels.operations import (
    ACTIVATE,
    ACTIVATE_BACKWARD,
    ADD,
    AFFINE,
    AFFINE_BACKWARD,
    AFFINE_SUM,
    BATCH_NORM,
    BATCH_NORM_BACKWARD,
    BLOCKS,
    CLIP_BY_NORM,
    CLIP_BY_VALUE,
    COLUMNS,
    CONSTANTS,
    COPY,
    DROPOUT,
    DROPOUT_BACKWARD,
    FIND_LARGEST,
    FINISH_GRADIENT,
    FINISH_STEP,
    GATHER,
    INTEGERS,
    LOSS,
    PACK,
    PARAMETRIC,
    PARAMETRIC_BACKWARD,
    PERIODIC,
    PERIODIC_BACKWARD,
    SCALE,
    SCALE_BACKWARD,
    SCORES,
    SOFTMAX,
    SOFTMAX_BACKWARD,
    SUM_SQUARES,
    UPDATE,
)
from tidu.engines.compiled.kernels.parametric import parametric, parametric_backward
from tidu.engines.compiled.kernels.rowwise import (
    batch_norm,
    batch_norm_backward,
    multiply,
    scale_columns_backward,
    scale_rows,
    softmax,
    softmax_backward,
)
from tidu.engines.compiled.kernels.shares import (
    activate_share,
    activate_share_backward,
    add_share,
    copy_share,
    share_of,
)
from tidu.engines.compiled.kernels.steps import (
    clip_by_norm,
    clip_by_value,
    find_largest,
    finish_gradient,
    finish_step,
    loss,
    measure_values,
    sum_squares,
    update_parameters,
)
from tidu.engines.compiled.kernels.views import copy, view
from tidu.native.jit import kernel

STREAMS, SCALARS = ARRAYS["streams"].columns, ARRAYS["scalars"].columns


@kernel
def _rows_of(args, at, n, width):
    """Return this thread's share of the rows of a buffer."""
    low, high = share(n, args.thread, args.threads, 1)
    return view(args.work, at + low * width, at + high * width)


@kernel
def _softmax_backward(o, args, n):
    width = o[SOFTMAX_BACKWARD.WIDTH]
    dy = _rows_of(args, o[SOFTMAX_BACKWARD.DY], n, width)
    y = _rows_of(args, o[SOFTMAX_BACKWARD.Y], n, width)
    for at in range(0, len(dy), width):
        softmax_backward(view(dy, at, at + width), view(y, at, at + width))


@kernel
def _batch_norm(o, f, args, n):
    features, size = o[BATCH_NORM.FEATURES], o[BATCH_NORM.SIZE]
    gamma, beta = o[BATCH_NORM.GAMMA], o[BATCH_NORM.BETA]
    mean, var, weight = o[BATCH_NORM.MEAN], o[BATCH_NORM.VAR], o[BATCH_NORM.WEIGHT]
    statistics = o[BATCH_NORM.STATISTICS]
    low, high = share(features, args.thread, args.threads, 16)
    whole = n * features * size
    theta = real(args, ARRAY.THETA)
    state, new_state = real(args, ARRAY.STATE), real(args, ARRAY.NEW_STATE)
    batch_norm(
        args.block[NUMBER.TRAINING] != 0,
        view(args.work, o[BATCH_NORM.X], o[BATCH_NORM.X] + whole),
        view(args.work, o[BATCH_NORM.Y], o[BATCH_NORM.Y] + whole),
        view(args.work, o[BATCH_NORM.X_HAT], o[BATCH_NORM.X_HAT] + whole),
        view(theta, gamma, gamma + features), view(theta, beta, beta + features),
        view(state, mean, mean + features), view(state, var, var + features),
        view(state, weight, weight + features), view(new_state, mean, mean + features),
        view(new_state, var, var + features), view(new_state, weight, weight + features),
        view(args.work, statistics, statistics + 3 * features),
        f[BATCH_NORM.MOMENTUM], f[BATCH_NORM.EPS], n, features, size, low, high,
    )  # fmt: skip


@kernel
def _batch_norm_backward(o, args, n):
    features, size = o[BATCH_NORM_BACKWARD.FEATURES], o[BATCH_NORM_BACKWARD.SIZE]
    dy, x_hat = o[BATCH_NORM_BACKWARD.DY], o[BATCH_NORM_BACKWARD.X_HAT]
    gamma, beta = o[BATCH_NORM_BACKWARD.GAMMA], o[BATCH_NORM_BACKWARD.BETA]
    statistics = o[BATCH_NORM_BACKWARD.STATISTICS]
    low, high = share(features, args.thread, args.threads, 16)
    whole = n * features * size
    theta, dtheta = real(args, ARRAY.THETA), real(args, ARRAY.DTHETA)
    batch_norm_backward(
        view(args.work, dy, dy + whole), view(args.work, x_hat, x_hat + whole),
        view(theta, gamma, gamma + features), view(dtheta, gamma, gamma + features),
        view(dtheta, beta, beta + features),
        view(args.work, statistics, statistics + 3 * features), n, features, size, low, high,
    )  # fmt: skip


@kernel
def _scale(o, args, n):
    width = o[SCALE.WIDTH]
    s = view(real(args, ARRAY.THETA), o[SCALE.S], o[SCALE.S] + width)
    scale_rows(_rows_of(args, o[SCALE.X], n, width), _rows_of(args, o[SCALE.Y], n, width), s)


@kernel
def _scale_backward(o, args, n):
    width, dy, x = o[SCALE_BACKWARD.WIDTH], o[SCALE_BACKWARD.DY], o[SCALE_BACKWARD.X]
    low, high = share(width, args.thread, args.threads, 16)
    at = o[SCALE_BACKWARD.S]
    scale_columns_backward(
        view(args.work, dy, dy + n * width), view(args.work, x, x + n * width),
        view(real(args, ARRAY.THETA), at, at + width),
        view(real(args, ARRAY.DTHETA), at, at + width), width, low, high,
    )  # fmt: skip


@kernel
def _dropout(o, f, args, n, step):
    width = o[DROPOUT.WIDTH]
    low, _ = share(n, args.thread, args.threads, 1)
    mask = _rows_of(args, o[DROPOUT.MASK], n, width)
    stream = matrix(args, ARRAY.STREAMS, STREAMS, np.uint64)[step]
    rate = f[DROPOUT.RATE]
    if o[DROPOUT.ROW] >= 0:
        row = step * args.block[NUMBER.SCALAR_ROWS] + o[DROPOUT.ROW]
        rate = real(args, ARRAY.SCALARS)[row * SCALARS + SCALAR.FIRST]
    draw_mask(stream, o[DROPOUT.DRAWN] * n + low * width, rate, mask)
    multiply(_rows_of(args, o[DROPOUT.X], n, width), _rows_of(args, o[DROPOUT.Y], n, width), mask)


@kernel
def _dropout_backward(o, args, n):
    width = o[DROPOUT_BACKWARD.WIDTH]
    dy = share_of(args, o[DROPOUT_BACKWARD.DY], n, width)
    multiply(dy, dy, share_of(args, o[DROPOUT_BACKWARD.MASK], n, width))


@kernel
def _scores(o, args, n, step):
    width = o[SCORES.WIDTH]
    low, high = share(n, args.thread, args.threads, 1)
    at = step * args.block[NUMBER.BATCH_SIZE] * width
    copy(
        _rows_of(args, o[SCORES.SCORES], n, width),
        view(real(args, ARRAY.SCORES), at + low * width, at + high * width),
    )


@kernel
def execute(args, worker):
    """Execute the steps of a program as one of the workers; return how many were made.

    A worker does the shares of one thread after another, of every so many threads. Nothing of the
    data is touched before all workers are here.
    """
    program, constants = integers(args, ARRAY.PROGRAM), real(args, ARRAY.CONSTANTS)
    order, batch_size = integers(args, ARRAY.ORDER), args.block[NUMBER.BATCH_SIZE]
    workers, operations = args.block[NUMBER.WORKERS], len(program) // INTEGERS
    if args.block[NUMBER.TRAINING] != 0:
        for thread in range(worker, args.threads, workers):
            measure_values(as_thread(args, thread))
    if not wait_for_all(args):
        return 0
    for step in range(args.block[NUMBER.STEPS]):
        rows = view(order, step * batch_size, min((step + 1) * batch_size, len(order)))
        j = 0
        while j < operations:
            end = operations if args.threads == 1 else _after(program, j)
            made = True
            for thread in range(worker, args.threads, workers):
                own = as_thread(args, thread)
                made = operate(program, constants, j, end, own, rows, step) and made
            if not made:
                return step
            wait_for_all(args)
            j = end
    return args.block[NUMBER.STEPS]


@kernel
def _after(program, j):
    """Return the number of the operation after operation j and those that it does by itself."""
    at = j * INTEGERS
    return j + 1 + (program[at + BLOCKS.COUNT] if program[at] == BLOCKS.CODE else 0)


@kernel
def operate(program, constants, first, last, args, rows, step):
    """Do a thread's share of operations; return False if one ends the step without an update.

    Several threads wait for each other after each operation; one by itself does all in one call.
    """
    j = first
    while j < last:
        o = view(program, j * INTEGERS, (j + 1) * INTEGERS)
        f = view(constants, j * CONSTANTS, (j + 1) * CONSTANTS)
        code, n, made = o[0], len(rows), True
        if code == BLOCKS.CODE:
            go_through_blocks(program, constants, j + 1, args, rows)
        elif code == PACK.CODE:
            if step == 0 and args.thread == 0:
                pack_weights(o, args)
        elif code == GATHER.CODE:
            gather_batch(o, f, args, n, step)
        elif code == AFFINE.CODE:
            affine(o, f, args, rows)
        elif code == AFFINE_SUM.CODE:
            affine_sum(o, f, args, n)
        elif code == AFFINE_BACKWARD.CODE:
            affine_backward(o, f, args, rows)
        elif code == ACTIVATE.CODE:
            activate_share(o, f, args, n)
        elif code == ACTIVATE_BACKWARD.CODE:
            activate_share_backward(o, f, args, n)
        elif code == SOFTMAX.CODE:
            width = o[SOFTMAX.WIDTH]
            y = _rows_of(args, o[SOFTMAX.Y], n, width)
            softmax(_rows_of(args, o[SOFTMAX.X], n, width), y, width)
        elif code == SOFTMAX_BACKWARD.CODE:
            _softmax_backward(o, args, n)
        elif code == BATCH_NORM.CODE:
            _batch_norm(o, f, args, n)
        elif code == BATCH_NORM_BACKWARD.CODE:
            _batch_norm_backward(o, args, n)
        elif code == SCALE.CODE:
            _scale(o, args, n)
        elif code == SCALE_BACKWARD.CODE:
            _scale_backward(o, args, n)
        elif code == PARAMETRIC.CODE:
            parametric(o, f, args, n)
        elif code == PARAMETRIC_BACKWARD.CODE:
            parametric_backward(o, f, args, n)
        elif code == PERIODIC.CODE:
            periodic(o, args, n)
        elif code == PERIODIC_BACKWARD.CODE:
            periodic_backward(o, args, n)
        elif code == COLUMNS.CODE:
            columns(o, f, args, n)
        elif code == DROPOUT.CODE:
            _dropout(o, f, args, n, step)
        elif code == DROPOUT_BACKWARD.CODE:
            _dropout_backward(o, args, n)
        elif code == COPY.CODE:
            copy_share(o, args, n)
        elif code == ADD.CODE:
            add_share(o, args, n)
        elif code == LOSS.CODE:
            loss(o, f, args, rows)
        elif code == SCORES.CODE:
            _scores(o, args, n, step)
        elif code == FINISH_GRADIENT.CODE:
            finish_gradient(o, f, args)
        elif code == CLIP_BY_VALUE.CODE:
            clip_by_value(o, f, args)
        elif code == FIND_LARGEST.CODE:
            find_largest(args)
        elif code == SUM_SQUARES.CODE:
            sum_squares(f, args)
        elif code == CLIP_BY_NORM.CODE:
            clip_by_norm(f, args)
        elif code == UPDATE.CODE:
            made = update_parameters(o, f, args, step)
        elif code == FINISH_STEP.CODE:
            made = finish_step(o, args, step)
        if not made:
            return False
        j = _after(program, j)
    return True
