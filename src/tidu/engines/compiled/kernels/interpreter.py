"""The one function that carries out programs: k steps of any network, any rule, any data.

It is compiled once for float32 and once for float64 (see `entry`); a network that is new in size is
only another program. Every thread of a team runs it with a number of its own, does its share of
each operation, and waits for the others.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import math

from numba import carray

from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.kernels.barrier import barrier, share
from tidu.engines.compiled.kernels.elementwise import activate, back
from tidu.engines.compiled.kernels.gathering import gather, sparse_forward, sparse_weight_product
from tidu.engines.compiled.kernels.memory import add, copy, fill, part
from tidu.engines.compiled.kernels.noise import draw_mask
from tidu.engines.compiled.kernels.products import (
    forward_product,
    input_product,
    share_of_product,
    weight_product,
)
from tidu.engines.compiled.kernels.rowwise import (
    drop,
    normalize,
    normalize_back,
    softmax,
    softmax_back,
)
from tidu.engines.compiled.kernels.scoring import score_rows
from tidu.engines.compiled.kernels.tiles import pack, packed_product
from tidu.engines.compiled.kernels.updates import (
    add_penalty,
    cut,
    finite,
    largest_size,
    scale,
    size_of,
    squares_in,
    update,
)
from tidu.native.jit import kernel, pointer

LOSS, HITS, PENALTY, CALM_GRADIENT, FINITE, CALM_UPDATE, LANDED, LARGEST, SQUARES, WEIGHT = range(
    10
)
"""What each thread leaves for the others in its row of ``notes``."""


@kernel
def _affine(
    o, f, function, work, theta, inputs, rows, thread, threads, sync, sched_yield,
):  # fmt: skip
    """Y = f(xW + b), shared by rows, columns or inputs."""
    x_at, y_at, d_in, d_out, W_at, b_at, kind, slope_at, shared = (
        o[1], o[2], o[3], o[4], o[5], o[6], o[7], o[8], o[9],
    )  # fmt: skip
    n = len(rows)
    a, b, scale_of_x, one = f[0], f[1], f[2], work.dtype.type(1)
    W = part(theta, W_at, W_at + d_in * d_out)
    low, high, first, last = 0, n, 0, d_out
    if shared == op.BY_COLUMNS:
        first, last = share(d_out, thread, threads, 16)
    else:
        low, high = share(n, thread, threads, 1)
    y = part(work, y_at + low * d_out, y_at + high * d_out)
    if shared == op.BY_INPUTS:
        x = part(work, x_at, x_at + n * d_in)
        begin, end = share(d_in, thread, threads, 16)
        at = y_at if thread == 0 else o[11] + (thread - 1) * n * d_out
        own = part(work, at, at + n * d_out)
        share_of_product(x, W, own, n, d_in, begin, end, d_out, one)
        barrier(sync, threads, sched_yield)
        for q in range(threads - 1):
            at = o[11] + q * n * d_out
            add(part(work, at + low * d_out, at + high * d_out), y)
    elif o[10] == op.SPARSE_INPUTS:
        sparse_forward(inputs, scale_of_x, part(rows, low, high), W, y, d_out)
    else:
        x = part(work, x_at + low * d_in, x_at + high * d_in)
        if o[10] == op.IN_PLACE and high > low:
            begin = inputs[1] + rows[low] * d_in * work.itemsize
            x = carray(pointer(begin), (high - low) * d_in, work.dtype)
        if o[11] >= 0:
            packed_product(x, part(work, o[11], len(work)), y, high - low, d_in, d_out, one)
        else:
            forward_product(function, x, W, y, high - low, d_in, d_out, first, last - first, one)
    slopes = part(work, slope_at + low * d_out, slope_at + high * d_out) if slope_at >= 0 else y
    if shared != op.BY_COLUMNS:
        if b_at >= 0:
            bias = part(theta, b_at, b_at + d_out)
            for r in range(high - low):
                add(bias, part(y, r * d_out, (r + 1) * d_out))
        activate(kind, a, b, y, slopes)
        return
    for r in range(high - low):
        row = part(y, r * d_out + first, r * d_out + last)
        if b_at >= 0:
            add(part(theta, b_at + first, b_at + last), row)
        activate(kind, a, b, row, part(slopes, r * d_out + first, r * d_out + last))


@kernel
def _affine_back(o, scale_of_x, function, work, theta, dtheta, inputs, rows, thread, threads):
    """DW = xᵀ dy in shares of its rows, db = Σ dy in shares of columns, dx = dy Wᵀ."""
    dy_at, x_at, dx_at, d_in, d_out, W_at, b_at = o[1], o[2], o[3], o[4], o[5], o[6], o[7]
    n = len(rows)
    one = work.dtype.type(1)
    dy, W = part(work, dy_at, dy_at + n * d_out), part(theta, W_at, W_at + d_in * d_out)
    dW = part(dtheta, W_at, W_at + d_in * d_out)
    if o[8]:
        first, last = share(d_out, thread, threads, 16)
        sparse_weight_product(inputs, scale_of_x, rows, dy, dW, d_in, d_out, first, last)
    else:
        first, last = share(d_in, thread, threads, 16)
        x = part(work, x_at, x_at + n * d_in)
        weight_product(function, x, dy, dW, n, d_in, first, last - first, d_out, one)
    if dx_at >= 0:
        first, last = share(d_in, thread, threads, 16)
        dx = part(work, dx_at, dx_at + n * d_in)
        room = last * d_out if o[9] >= 0 else first * d_out
        turned = part(work, o[9] + first * d_out, o[9] + room)
        input_product(function, dy, W, turned, dx, n, d_in, first, last - first, d_out, one)
    if b_at >= 0:
        first, last = share(d_out, threads - 1 - thread, threads, 16)
        db = part(dtheta, b_at + first, b_at + last)
        fill(db, 0)
        for r in range(n):
            add(part(dy, r * d_out + first, r * d_out + last), db)


@kernel
def _normalize(o, momentum, eps, training, work, theta, state, new_state, n, thread, threads):
    x_at, y_at, hat_at, features, size = o[1], o[2], o[3], o[4], o[5]
    gamma, beta, mean, var, weight = o[6], o[7], o[8], o[9], o[10]
    low, high = share(features, thread, threads, 16)
    whole = n * features * size
    normalize(
        training, part(work, x_at, x_at + whole), part(work, y_at, y_at + whole),
        part(work, hat_at, hat_at + whole), part(theta, gamma, gamma + features),
        part(theta, beta, beta + features), part(state, mean, mean + features),
        part(state, var, var + features), part(state, weight, weight + features),
        part(new_state, mean, mean + features), part(new_state, var, var + features),
        part(new_state, weight, weight + features),
        part(work, o[11], o[11] + 3 * features), momentum, eps, n, features, size, low, high,
    )  # fmt: skip


@kernel
def _normalize_back(o, work, theta, dtheta, n, thread, threads):
    dy_at, hat_at, features, size, gamma, beta = o[1], o[2], o[3], o[4], o[5], o[6]
    low, high = share(features, thread, threads, 16)
    whole = n * features * size
    normalize_back(
        part(work, dy_at, dy_at + whole), part(work, hat_at, hat_at + whole),
        part(theta, gamma, gamma + features), part(dtheta, gamma, gamma + features),
        part(dtheta, beta, beta + features), part(work, o[7], o[7] + 3 * features),
        n, features, size,
        low, high,
    )  # fmt: skip


@kernel
def _look(segments, l1, l2, theta, dtheta, new_state, calm, notes, thread, threads):
    """Add the penalty, and note whether the gradient is finite and how large it is."""
    penalty, size, fine = 0.0, 0.0, True
    for s in range(len(segments)):
        low, high = share(segments[s, 1] - segments[s, 0], thread, threads, 16)
        g = part(dtheta, segments[s, 0] + low, segments[s, 0] + high)
        if segments[s, 2] and (l1 > 0 or l2 > 0):
            penalty += add_penalty(
                part(theta, segments[s, 0] + low, segments[s, 0] + high), g, l1, l2
            )
        here = size_of(g)
        size += here
        if not here <= calm:
            fine = fine and finite(g)
    if thread == 0:
        fine = fine and finite(new_state)
    notes[thread, PENALTY] = penalty
    notes[thread, CALM_GRADIENT] = size <= calm
    notes[thread, FINITE] = fine


@kernel
def _clip_norm(segments, limit, dtheta, notes, thread, threads, sync, sched_yield):
    """Shorten the gradient to the limit: two looks at all of it, then the scaling."""
    number = dtheta.dtype.type
    top = number(0)
    for s in range(len(segments)):
        low, high = share(segments[s, 1] - segments[s, 0], thread, threads, 16)
        top = max(top, largest_size(part(dtheta, segments[s, 0] + low, segments[s, 0] + high)))
    notes[thread, LARGEST] = top
    barrier(sync, threads, sched_yield)
    unit = float(limit)
    for i in range(threads):
        unit = max(unit, notes[i, LARGEST])
    squares = 0.0
    for s in range(len(segments)):
        low, high = share(segments[s, 1] - segments[s, 0], thread, threads, 16)
        squares += squares_in(
            part(dtheta, segments[s, 0] + low, segments[s, 0] + high), number(unit)
        )
    notes[thread, SQUARES] = squares
    barrier(sync, threads, sched_yield)
    squares = 0.0
    for i in range(threads):
        squares += notes[i, SQUARES]
    norm = math.sqrt(squares)
    if norm > limit / unit:
        factor = number(limit / unit / norm)
        for s in range(len(segments)):
            low, high = share(segments[s, 1] - segments[s, 0], thread, threads, 16)
            scale(part(dtheta, segments[s, 0] + low, segments[s, 0] + high), factor)


@kernel
def _update(
    rule, settings, rate, first, second, segments, theta, dtheta, a, b, before, calm, careful,
    notes, thread, threads, sync, sched_yield,
):  # fmt: skip
    """Make the step; return whether it could be made. A careful one goes back if it overflows."""
    moved, landed = 0.0, True
    old_theta = part(before, 0, len(theta))
    old_a = part(before, len(theta), len(theta) + len(a))
    old_b = part(before, len(theta) + len(a), len(theta) + len(a) + len(b))
    if careful:
        if thread == 0:
            copy(theta, old_theta)
            copy(a, old_a)
            copy(b, old_b)
        barrier(sync, threads, sched_yield)
    for s in range(len(segments)):
        low, high = share(segments[s, 1] - segments[s, 0], thread, threads, 16)
        low, high = segments[s, 0] + low, segments[s, 0] + high
        some = part(theta, low, high)
        some_a = part(a, low, min(high, len(a)))
        some_b = part(b, low, min(high, len(b)))
        if rule == op.ADAMW and segments[s, 2]:
            scale(some, theta.dtype.type(1 - rate * settings[5]))
        number = theta.dtype.type
        moved += update(
            rule, settings, number(rate), number(first), number(second), some,
            part(dtheta, low, high), some_a, some_b,
        )  # fmt: skip
        if careful:
            landed = landed and finite(some) and finite(some_a) and finite(some_b)
    notes[thread, CALM_UPDATE] = moved <= calm
    if not careful:
        return True
    notes[thread, LANDED] = landed
    barrier(sync, threads, sched_yield)
    for i in range(threads):
        landed = landed and notes[i, LANDED] > 0
    if not landed and thread == 0:
        copy(old_theta, theta)
        copy(old_a, a)
        copy(old_b, b)
    return landed


@kernel
def carry_out(
    program, settings, work, theta, dtheta, a, b, state, new_state, inputs, answers,
    class_weights, order, pace, streams, segments, scores, outcome, notes, sync,
    function, sched_yield, training, batch_size, k, threads, calm, thread,
):  # fmt: skip
    """Carry out k steps of a program; return how many could be made.

    Parameters
    ----------
    program, settings
        See `tidu.engines.compiled.kernels.operations`.
    inputs
        How they are stored, their address and size; of a sparse matrix, those of the values, the
        address of the indices, and address and size of the starts.
    answers
        Addresses and sizes of integer targets, of other targets, and of weights.
    pace
        Of each step: the learning rate, and what Adam's two means are divided by.
    segments
        The trainable stretches of theta: start, stop, and whether they are weights.
    outcome
        Of each step: loss, hits, weight.
    notes, sync
        What threads tell each other, and where they wait.
    function, sched_yield
        The addresses of the product and of the system's yield.
    calm
        Sums below which no product of two numbers overflows.
    """
    number = work.dtype.type
    notes[thread, CALM_UPDATE] = size_of(theta) + size_of(a) + size_of(b) <= calm
    if not barrier(sync, threads, sched_yield):
        return 0
    for i in range(k):
        rows = part(order, i * batch_size, min((i + 1) * batch_size, len(order)))
        n = len(rows)
        for j in range(len(program) // op.COLUMNS):
            o = part(program, j * op.COLUMNS, (j + 1) * op.COLUMNS)
            f = part(settings, j * op.SETTINGS, (j + 1) * op.SETTINGS)
            kind = o[0]
            if kind == op.PACK:
                if i == 0 and thread == 0:
                    W = part(theta, o[1], o[1] + o[3] * o[4])
                    pack(W, part(work, o[2], len(work)), o[3], o[4])
            elif kind == op.GATHER:
                low, high, first, last = 0, n, 0, o[2]
                if o[3] == op.BY_INPUTS:
                    first, last = share(o[2], thread, threads, 16)
                else:
                    low, high = share(n, thread, threads, 1)
                out = part(work, o[1] + low * o[2], o[1] + high * o[2])
                gather(inputs, part(rows, low, high), out, o[2], first, last, f[0], f[1])
            elif kind == op.AFFINE:
                _affine(
                    o, f, function, work, theta, inputs, rows, thread, threads, sync, sched_yield
                )
            elif kind == op.ACTIVATE:
                low, high = share(n * o[3], thread, threads, 16)
                y = part(work, o[2] + low, o[2] + high)
                copy(part(work, o[1] + low, o[1] + high), y)
                slope = part(work, o[5] + low, o[5] + high) if o[5] >= 0 else y
                activate(o[4], f[0], f[1], y, slope)
            elif kind == op.AFFINE_BACK:
                _affine_back(o, f[0], function, work, theta, dtheta, inputs, rows, thread, threads)
            elif kind == op.ACTIVATE_BACK:
                low, high = share(n * o[3], thread, threads, 16)
                dy, y = part(work, o[1] + low, o[1] + high), part(work, o[2] + low, o[2] + high)
                slope = part(work, o[5] + low, o[5] + high) if o[5] >= 0 else y
                back(o[4], f[0], dy, y, slope)
            elif kind == op.SOFTMAX:
                low, high = share(n, thread, threads, 1)
                low, high = low * o[3], high * o[3]
                softmax(
                    part(work, o[1] + low, o[1] + high), part(work, o[2] + low, o[2] + high), o[3]
                )
            elif kind == op.SOFTMAX_BACK:
                low, high = share(n, thread, threads, 1)
                for r in range(low, high):
                    at = r * o[3]
                    softmax_back(
                        part(work, o[1] + at, o[1] + at + o[3]),
                        part(work, o[2] + at, o[2] + at + o[3]),
                    )
            elif kind == op.NORMALIZE:
                _normalize(
                    o, f[0], f[1], training, work, theta, state, new_state, n, thread, threads
                )
            elif kind == op.NORMALIZE_BACK:
                _normalize_back(o, work, theta, dtheta, n, thread, threads)
            elif kind == op.DROP:
                low, high = share(n, thread, threads, 1)
                low, high = low * o[4], high * o[4]
                mask = part(work, o[3] + low, o[3] + high)
                draw_mask(streams[i], o[5] * n + low, f[0], mask)
                drop(part(work, o[1] + low, o[1] + high), part(work, o[2] + low, o[2] + high), mask)
            elif kind == op.DROP_BACK:
                low, high = share(n * o[3], thread, threads, 16)
                dy = part(work, o[1] + low, o[1] + high)
                mask = part(work, o[2] + low, o[2] + high)
                for q in range(len(dy)):
                    dy[q] *= mask[q]
            elif kind == op.COPY:
                low, high = share(n * o[3], thread, threads, 16)
                copy(part(work, o[1] + low, o[1] + high), part(work, o[2] + low, o[2] + high))
            elif kind == op.ADD:
                low, high = share(n * o[3], thread, threads, 16)
                source, into = (
                    part(work, o[1] + low, o[1] + high),
                    part(work, o[2] + low, o[2] + high),
                )
                add(source, into)
            elif kind == op.LOSS:
                low, high = share(n, thread, threads, 1)
                loss, hits, weight = score_rows(
                    o[4], f[0], o[5], part(work, o[1], o[1] + n * o[3]),
                    part(work, o[2], o[2] + n * o[3]),
                    o[3], answers, class_weights, rows, low, high,
                )  # fmt: skip
                notes[thread, LOSS], notes[thread, HITS], notes[thread, WEIGHT] = loss, hits, weight
            elif kind == op.SCORES:
                low, high = share(n, thread, threads, 1)
                at = i * batch_size * o[2]
                copy(
                    part(work, o[1] + low * o[2], o[1] + high * o[2]),
                    part(scores, at + low * o[2], at + high * o[2]),
                )
            elif kind == op.LOOK:
                _look(
                    segments, f[0], f[1], theta, dtheta, new_state, number(calm), notes, thread,
                    threads,
                )  # fmt: skip
            elif kind == op.CLIP_VALUE:
                for s in range(len(segments)):
                    low, high = share(segments[s, 1] - segments[s, 0], thread, threads, 16)
                    cut(part(dtheta, segments[s, 0] + low, segments[s, 0] + high), f[0])
            elif kind == op.CLIP_NORM:
                _clip_norm(segments, f[0], dtheta, notes, thread, threads, sync, sched_yield)
            elif kind == op.UPDATE:
                loss, hits, fine, careful = 0.0, 0.0, True, False
                for q in range(threads):
                    loss += notes[q, LOSS] + notes[q, PENALTY]
                    hits += notes[q, HITS]
                    fine = fine and notes[q, FINITE] > 0
                    calm_then = notes[q, CALM_GRADIENT] > 0 and notes[q, CALM_UPDATE] > 0
                    careful = careful or not calm_then
                weight = notes[0, WEIGHT]
                if not (fine and math.isfinite(loss) and weight > 0):
                    return i
                barrier(sync, threads, sched_yield)
                made = _update(
                    o[1], f, pace[i, 0], pace[i, 1], pace[i, 2], segments, theta, dtheta, a, b,
                    part(work, o[2], o[2] + len(theta) + len(a) + len(b)), calm, careful, notes,
                    thread, threads, sync, sched_yield,
                )  # fmt: skip
                if not made:
                    return i
                if thread == 0:
                    copy(new_state, state)
                    outcome[i, 0], outcome[i, 1], outcome[i, 2] = loss, hits, weight
            barrier(sync, threads, sched_yield)
    return k
