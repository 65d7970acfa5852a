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
    wait_for_all,
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
    LOSS,
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
    partials[args.thread, PARTIAL.SAFE_VALUES] = size <= args.safe_below


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
        if ranges[s, RANGE.WEIGHT] and (l1 > 0 or l2 > 0):
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
def clip_by_norm(o, f, args):
    """Shorten the gradient to the limit: two passes over all of it, then the scaling."""
    ranges, partials = ranges_of(args), partials_of(args)
    number, limit = args.work.dtype.type, f[CLIP_BY_NORM.LIMIT]
    top = number(0)
    for s in range(len(ranges)):
        low, high = _range(args, ranges, s)
        top = max(top, max_abs(view(real(args, ARRAY.DTHETA), low, high)))
    partials[args.thread, PARTIAL.LARGEST] = top
    wait_for_all(args)
    unit = float(limit)
    for i in range(args.threads):
        unit = max(unit, partials[i, PARTIAL.LARGEST])
    squares = 0.0
    for s in range(len(ranges)):
        low, high = _range(args, ranges, s)
        squares += sum_of_squares(view(real(args, ARRAY.DTHETA), low, high), number(unit))
    partials[args.thread, PARTIAL.SQUARES] = squares
    wait_for_all(args)
    squares = 0.0
    for i in range(args.threads):
        squares += partials[i, PARTIAL.SQUARES]
    norm = math.sqrt(squares)
    if norm > limit / unit:
        factor = number(limit / unit / norm)
        for s in range(len(ranges)):
            low, high = _range(args, ranges, s)
            scale(view(real(args, ARRAY.DTHETA), low, high), factor)


@kernel
def update_parameters(o, f, args, step):
    """Make the step; return whether it was made.

    It is not if the loss or the gradient is not finite. Where it might overflow, it is made with
    rollback: whoever finds NaN or infinity afterwards has all values brought back.
    """
    partials = partials_of(args)
    value, correct, finite, with_rollback = 0.0, 0.0, True, False
    for q in range(args.threads):
        value += partials[q, PARTIAL.LOSS] + partials[q, PARTIAL.PENALTY]
        correct += partials[q, PARTIAL.CORRECT]
        finite = finite and partials[q, PARTIAL.FINITE] > 0
        if not (partials[q, PARTIAL.SAFE_GRADIENT] > 0
                and partials[q, PARTIAL.SAFE_VALUES] > 0):  # fmt: skip
            with_rollback = True
    weight = partials[0, PARTIAL.WEIGHT]
    if not (finite and math.isfinite(value) and weight > 0):
        return False
    wait_for_all(args)
    if with_rollback and args.thread == 0:
        _save(o, args)
    if with_rollback:
        wait_for_all(args)
    finite_after = _update_ranges(o, f, args, step, with_rollback)
    if with_rollback:
        partials[args.thread, PARTIAL.FINITE_AFTER] = finite_after
        wait_for_all(args)
        for i in range(args.threads):
            finite_after = finite_after and partials[i, PARTIAL.FINITE_AFTER] > 0
        if not finite_after:
            if args.thread == 0:
                _restore(o, args)
            return False
    if args.thread == 0:
        copy(real(args, ARRAY.NEW_STATE), real(args, ARRAY.STATE))
        metrics = matrix(args, ARRAY.METRICS, METRICS, np.float64)
        metrics[step, METRIC.LOSS] = value
        metrics[step, METRIC.CORRECT] = correct
        metrics[step, METRIC.WEIGHT] = weight
    return True


@kernel
def _update_ranges(o, f, args, step, with_rollback):
    """Update this thread's shares; return whether all that they hold is finite, if asked."""
    ranges, partials = ranges_of(args), partials_of(args)
    scalars = real(args, ARRAY.SCALARS)
    moment1, moment2 = real(args, ARRAY.MOMENT1), real(args, ARRAY.MOMENT2)
    moved, finite = 0.0, True
    groups = args.block[NUMBER.RATE_GROUPS]
    constant = view(f, UPDATE.C0, UPDATE.C4 + 1)
    for s in range(len(ranges)):
        at = (step * groups + ranges[s, RANGE.RATE_GROUP]) * SCALARS
        decay = scalars[at + SCALAR.DECAY]
        scalar = view(scalars, at + SCALAR.FIRST, at + SCALAR.THIRD + 1)
        low, high = _range(args, ranges, s)
        theta = view(real(args, ARRAY.THETA), low, high)
        first = view(moment1, low, min(high, len(moment1)))
        second = view(moment2, low, min(high, len(moment2)))
        if decay != 1 and ranges[s, RANGE.WEIGHT]:
            scale(theta, decay)
        g = view(real(args, ARRAY.DTHETA), low, high)
        moved += update(o[UPDATE.RULE], scalar, constant, theta, g, first, second)
        if with_rollback:
            finite = finite and all_finite(theta) and all_finite(first) and all_finite(second)
    partials[args.thread, PARTIAL.SAFE_VALUES] = moved <= args.safe_below
    return finite


@kernel
def _backups(o, args):
    """Return room for theta and for the vectors of the rule as they were."""
    n, at = len(real(args, ARRAY.THETA)), o[UPDATE.BACKUP]
    a, b = len(real(args, ARRAY.MOMENT1)), len(real(args, ARRAY.MOMENT2))
    return (
        view(args.work, at, at + n),
        view(args.work, at + n, at + n + a),
        view(args.work, at + n + a, at + n + a + b),
    )


@kernel
def _save(o, args):
    theta, first, second = _backups(o, args)
    copy(real(args, ARRAY.THETA), theta)
    copy(real(args, ARRAY.MOMENT1), first)
    copy(real(args, ARRAY.MOMENT2), second)


@kernel
def _restore(o, args):
    theta, first, second = _backups(o, args)
    copy(theta, real(args, ARRAY.THETA))
    copy(first, real(args, ARRAY.MOMENT1))
    copy(second, real(args, ARRAY.MOMENT2))
