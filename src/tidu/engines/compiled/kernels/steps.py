"""The end of a training step: gradient checked, clipped, and the update made or taken back."""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import math

import numpy as np

from tidu.engines.compiled.kernels.access import (
    integers,
    matrix,
    partials_of,
    ranges_of,
    real,
)
from tidu.engines.compiled.kernels.arguments import (
    ARRAY,
    ARRAYS,
    METRIC,
    NUMBER,
    PARTIAL,
    RANGE,
    SCALAR,
)
from tidu.engines.compiled.kernels.barrier import share
from tidu.engines.compiled.kernels.blockwise import add_up
from tidu.engines.compiled.kernels.operations import (
    CLIP_BY_NORM,
    CLIP_BY_VALUE,
    FINISH_GRADIENT,
    FINISH_STEP,
    LOSS,
    SUM_SQUARES,
    UPDATE,
)
from tidu.engines.compiled.kernels.scoring import score_rows
from tidu.engines.compiled.kernels.updates import (
    add_penalty,
    all_finite,
    clip,
    l1_norm,
    max_abs,
    scale,
    sum_of_squares,
    update,
)
from tidu.engines.compiled.kernels.views import copy, view
from tidu.native.jit import kernel

SCALARS, METRICS = ARRAYS["scalars"].columns, ARRAYS["metrics"].columns


@kernel
def measure_values(args):
    """Record whether all that an update changes is small enough to be safe."""
    partials = partials_of(args)
    size = l1_norm(real(args, ARRAY.THETA))
    size += l1_norm(real(args, ARRAY.MOMENT1)) + l1_norm(real(args, ARRAY.MOMENT2))
    partials[args.thread, PARTIAL.SAFE_VALUES] = size <= args.safe_below  # of the first step


@kernel
def loss(o, f, args, rows):
    """Loss and dscores of this thread's samples."""
    partials = partials_of(args)
    width, n = o[LOSS.WIDTH], len(rows)
    low, high = share(n, args.thread, args.threads, 1)
    value, correct, weight = score_rows(
        o[LOSS.LOSS], f[LOSS.LABEL_SMOOTHING], o[LOSS.CLASSES],
        view(args.work, o[LOSS.SCORES], o[LOSS.SCORES] + n * width),
        view(args.work, o[LOSS.DSCORES], o[LOSS.DSCORES] + n * width),
        width, integers(args, ARRAY.TARGETS), real(args, ARRAY.PER_OUTPUT), rows, low, high,
    )  # fmt: skip
    partials[args.thread, PARTIAL.LOSS] = value
    partials[args.thread, PARTIAL.CORRECT] = correct
    partials[args.thread, PARTIAL.WEIGHT] = weight


@kernel
def _range(args, ranges, s):
    """Return this thread's share of a range of parameters, from where to where in theta."""
    start = ranges[s, RANGE.START]
    low, high = share(ranges[s, RANGE.STOP] - start, args.thread, args.threads, 16)
    return start + low, start + high


@kernel
def finish_gradient(o, f, args):
    """Add the penalty, and record whether the gradient is finite and how large it is."""
    ranges, partials = ranges_of(args), partials_of(args)
    l1, l2, partial = f[FINISH_GRADIENT.L1], f[FINISH_GRADIENT.L2], o[FINISH_GRADIENT.PARTIAL]
    safe_below = args.work.dtype.type(args.safe_below)
    penalty, size, finite = 0.0, 0.0, True
    for s in range(len(ranges)):
        low, high = _range(args, ranges, s)
        if partial >= 0:
            add_up(partial, o[FINISH_GRADIENT.SIZE], args, low, high)
        g = view(real(args, ARRAY.DTHETA), low, high)
        if ranges[s, RANGE.PENALIZED] and (l1 > 0 or l2 > 0):
            penalty += add_penalty(view(real(args, ARRAY.THETA), low, high), g, l1, l2)
        here = l1_norm(g)
        size += here
        if not here <= safe_below:
            finite = finite and all_finite(g)
    if args.thread == 0:
        finite = finite and all_finite(real(args, ARRAY.NEW_STATE))
    partials[args.thread, PARTIAL.PENALTY] = penalty
    partials[args.thread, PARTIAL.SAFE_GRADIENT] = size <= safe_below
    partials[args.thread, PARTIAL.FINITE] = finite


@kernel
def clip_by_value(o, f, args):
    """Clip each entry of the gradient."""
    ranges = ranges_of(args)
    for s in range(len(ranges)):
        low, high = _range(args, ranges, s)
        clip(view(real(args, ARRAY.DTHETA), low, high), f[CLIP_BY_VALUE.LIMIT])


@kernel
def find_largest(args):
    """Record the largest absolute entry of this thread's share of the gradient."""
    ranges = ranges_of(args)
    top = args.work.dtype.type(0)
    for s in range(len(ranges)):
        low, high = _range(args, ranges, s)
        top = max(top, max_abs(view(real(args, ARRAY.DTHETA), low, high)))
    partials_of(args)[args.thread, PARTIAL.LARGEST] = top


@kernel
def _unit(args, limit):
    """Return what entries are divided by, so that their squares do not overflow."""
    partials, unit = partials_of(args), float(limit)
    for i in range(args.threads):
        unit = max(unit, partials[i, PARTIAL.LARGEST])
    return unit


@kernel
def sum_squares(f, args):
    """Record the sum of squares of this thread's share of the gradient."""
    ranges, unit, squares = ranges_of(args), _unit(args, f[SUM_SQUARES.LIMIT]), 0.0
    for s in range(len(ranges)):
        low, high = _range(args, ranges, s)
        g = view(real(args, ARRAY.DTHETA), low, high)
        squares += sum_of_squares(g, args.work.dtype.type(unit))
    partials_of(args)[args.thread, PARTIAL.SQUARES] = squares


@kernel
def clip_by_norm(f, args):
    """Shorten this thread's share of the gradient, if the whole is longer than the limit."""
    ranges, partials, limit = ranges_of(args), partials_of(args), f[CLIP_BY_NORM.LIMIT]
    unit, squares = _unit(args, limit), 0.0
    for i in range(args.threads):
        squares += partials[i, PARTIAL.SQUARES]
    norm = math.sqrt(squares)
    if norm > limit / unit:
        factor = args.work.dtype.type(limit / unit / norm)
        for s in range(len(ranges)):
            low, high = _range(args, ranges, s)
            scale(view(real(args, ARRAY.DTHETA), low, high), factor)


@kernel
def update_parameters(o, f, args, step):
    """Make this thread's share of the step; return whether it was made.

    It is not if the loss or the gradient is not finite. Where it might overflow, it is made with
    rollback: what it changes is saved first, and `finish_step` looks at what it became.
    """
    partials = partials_of(args)
    value, finite, with_rollback = 0.0, True, False
    for q in range(args.threads):
        value += partials[q, PARTIAL.LOSS] + partials[q, PARTIAL.PENALTY]
        finite = finite and partials[q, PARTIAL.FINITE] > 0
        if not (partials[q, PARTIAL.SAFE_GRADIENT] > 0
                and partials[q, PARTIAL.SAFE_VALUES + (step & 1)] > 0):  # fmt: skip
            with_rollback = True
    if not (finite and math.isfinite(value) and partials[0, PARTIAL.WEIGHT] > 0):
        return False
    partials[args.thread, PARTIAL.WITH_ROLLBACK] = with_rollback
    _update_ranges(o, f, args, step, with_rollback)
    return True


@kernel
def _update_ranges(o, f, args, step, with_rollback):
    """Update this thread's shares; record whether all that they hold is finite, if asked."""
    ranges, partials = ranges_of(args), partials_of(args)
    scalars = real(args, ARRAY.SCALARS)
    moved, finite = 0.0, True
    rows = args.block[NUMBER.SCALAR_ROWS]
    constant = view(f, UPDATE.C0, UPDATE.C4 + 1)
    for s in range(len(ranges)):
        at = (step * rows + ranges[s, RANGE.SCALARS]) * SCALARS
        decay = scalars[at + SCALAR.DECAY]
        scalar = view(scalars, at + SCALAR.FIRST, at + SCALAR.THIRD + 1)
        low, high = _range(args, ranges, s)
        theta, first, second = _changed(args, low, high)
        if with_rollback:
            old_theta, old_first, old_second = _backups(o[UPDATE.BACKUP], args, low, high)
            copy(theta, old_theta)
            copy(first, old_first)
            copy(second, old_second)
        if decay != 1:
            scale(theta, decay)
        g = view(real(args, ARRAY.DTHETA), low, high)
        moved += update(o[UPDATE.RULE], scalar, constant, theta, g, first, second)
        if with_rollback:
            finite = finite and all_finite(theta) and all_finite(first) and all_finite(second)
    # the next step's column, for other threads may not have read this one's
    partials[args.thread, PARTIAL.SAFE_VALUES + (step + 1 & 1)] = moved <= args.safe_below
    partials[args.thread, PARTIAL.FINITE_AFTER] = finite


@kernel
def _changed(args, low, high):
    """Return what an update changes in a range: theta, and the vectors of the rule."""
    first, second = real(args, ARRAY.MOMENT1), real(args, ARRAY.MOMENT2)
    return (
        view(real(args, ARRAY.THETA), low, high),
        view(first, min(low, len(first)), min(high, len(first))),
        view(second, min(low, len(second)), min(high, len(second))),
    )


@kernel
def _backups(at, args, low, high):
    """Return room for what an update changes in a range as it was."""
    n = len(real(args, ARRAY.THETA))
    a, b = min(n, len(real(args, ARRAY.MOMENT1))), min(n, len(real(args, ARRAY.MOMENT2)))
    return (
        view(args.work, at + low, at + high),
        view(args.work, at + n + min(low, a), at + n + min(high, a)),
        view(args.work, at + n + a + min(low, b), at + n + a + min(high, b)),
    )


@kernel
def finish_step(o, args, step):
    """Record what the step gave; or take back this thread's share, and return False.

    It is taken back if it was made with rollback, and anything that it made is not finite.
    """
    partials, finite = partials_of(args), True
    if partials[args.thread, PARTIAL.WITH_ROLLBACK] > 0:
        for q in range(args.threads):
            finite = finite and partials[q, PARTIAL.FINITE_AFTER] > 0
    if not finite:
        _restore(o, args)
        return False
    if args.thread == 0:
        value, correct = 0.0, 0.0
        for q in range(args.threads):
            value += partials[q, PARTIAL.LOSS] + partials[q, PARTIAL.PENALTY]
            correct += partials[q, PARTIAL.CORRECT]
        copy(real(args, ARRAY.NEW_STATE), real(args, ARRAY.STATE))
        metrics = matrix(args, ARRAY.METRICS, METRICS, np.float64)
        metrics[step, METRIC.LOSS] = value
        metrics[step, METRIC.CORRECT] = correct
        metrics[step, METRIC.WEIGHT] = partials[0, PARTIAL.WEIGHT]
    return True


@kernel
def _restore(o, args):
    """Bring back this thread's share of what the update changed."""
    ranges = ranges_of(args)
    for s in range(len(ranges)):
        low, high = _range(args, ranges, s)
        theta, first, second = _changed(args, low, high)
        old_theta, old_first, old_second = _backups(o[FINISH_STEP.BACKUP], args, low, high)
        copy(old_theta, theta)
        copy(old_first, first)
        copy(old_second, second)
