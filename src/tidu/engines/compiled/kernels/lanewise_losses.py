"""Losses and their gradients for a block of samples, which lie along the lanes of vectors.

They are those of `scoring`, which has samples row after row; here a row is what one output is for
each sample. Loops over samples are innermost, and the compiler turns them into vectors. Classes
are spread out to one-hot columns, of which a narrow network has few.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import math

import numpy as np
from numba import carray

from tidu.engines.compiled.kernels.arguments import TARGETS
from tidu.engines.compiled.kernels.operations import (
    LANES,
    MEAN_SQUARED,
    SIGMOID_CROSS_ENTROPY,
    SOFTMAX_CROSS_ENTROPY,
)
from tidu.engines.compiled.kernels.rowwise import dot
from tidu.engines.compiled.kernels.scalar import exp_nonpositive, log1p_unit, select
from tidu.engines.compiled.kernels.scoring import label_of, sample_weight
from tidu.engines.compiled.kernels.views import copy, fill, view
from tidu.native.jit import kernel, pointer


@kernel
def _row(rows, j, m):
    return view(rows, j * m, j * m + m)


@kernel
def _targets(targets, class_weights, chosen, weight, width, m, t, share):
    """Put samples' targets in columns of t, and w/Σw in ``share``; return whether all fit.

    Columns beyond the samples are like the last, with a share of 0.
    """
    number, has_labels = t.dtype.type, targets[TARGETS.LABELS_SIZE] > 0
    values = carray(pointer(targets[TARGETS.VALUES]), targets[TARGETS.VALUES_SIZE], t.dtype)
    weights = carray(pointer(targets[TARGETS.WEIGHTS]), targets[TARGETS.WEIGHTS_SIZE], np.float64)
    if has_labels:
        fill(t, 0)
    for r in range(m):
        i, label = chosen[min(r, len(chosen) - 1)], -1
        column = view(t, r, len(t))
        if has_labels:
            label = label_of(i, targets)
            if not 0 <= label < width:
                return False
            column[label * m] = number(1)
        else:
            row = view(values, i * width, i * width + width)
            for j in range(width):
                column[j * m] = row[j]
        share[r] = sample_weight(i, label, values, width, weights, class_weights) / weight
    fill(view(share, len(chosen), m), 0)
    return True


@kernel
def _argmax(rows, width, m, top, best):
    """Put each column's largest number in ``top``, and the first row with it in ``best``."""
    number = rows.dtype.type
    copy(_row(rows, 0, m), top)
    fill(best, 0)
    for j in range(1, width):
        row, here = _row(rows, j, m), number(j)
        for r in range(m):
            larger = row[r] > top[r]
            best[r] = select(larger, here, best[r])
            top[r] = select(larger, row[r], top[r])


@kernel
def _are_one_hot(t, width, m, ones):
    """Return whether each column is all 0 but for one 1; ``ones`` is room for a row."""
    number, others = t.dtype.type, 0
    fill(ones, 0)
    for j in range(width):
        row = _row(t, j, m)
        for r in range(m):
            one = row[r] == number(1)
            ones[r] += select(one, number(1), number(0))
            others += not (one or row[r] == number(0))
    for r in range(m):
        others += ones[r] != number(1)
    return others == 0


@kernel
def _squared(s, t, g, width, m, share, value, slope):
    """slope · ½ Σ (y − t)² of each column."""
    half = slope * s.dtype.type(0.5)
    for j in range(width):
        output, target, gradient = _row(s, j, m), _row(t, j, m), _row(g, j, m)
        for r in range(m):
            difference = output[r] - target[r]
            value[r] += half * difference * difference
            gradient[r] = difference * (slope * share[r])


@kernel
def _cross_entropy(s, t, g, width, m, share, value, top, total, log_total, smoothing):
    """Softmax cross-entropy of each column; ``top`` has its largest score."""
    number = s.dtype.type
    each, kept = smoothing / number(width), number(1) - smoothing
    for j in range(width):
        score, gradient = _row(s, j, m), _row(g, j, m)
        for r in range(m):
            gradient[r] = score[r] - top[r]
    for i in range(len(g)):
        g[i] = exp_nonpositive(g[i])
    fill(total, 0)
    for j in range(width):
        gradient = _row(g, j, m)
        for r in range(m):
            total[r] += gradient[r]
    for r in range(m):
        log_total[r] = math.log(total[r])
    for j in range(width):
        score, target, gradient = _row(s, j, m), _row(t, j, m), _row(g, j, m)
        for r in range(m):
            p = kept * target[r] + each
            value[r] -= p * (score[r] - top[r] - log_total[r])
            gradient[r] = (gradient[r] / total[r] - p) * share[r]


@kernel
def _binary_cross_entropy(s, t, g, width, m, share, value, right):
    """Sigmoid cross-entropy of each column, and whether all its yes-or-no answers are right."""
    number = s.dtype.type
    zero, one, half = number(0), number(1), number(0.5)
    for j in range(width):
        score, target, gradient = _row(s, j, m), _row(t, j, m), _row(g, j, m)
        for r in range(m):
            x, y = score[r], target[r]
            e = exp_nonpositive(-abs(x))
            value[r] += select(x < zero, zero, x) - x * y + log1p_unit(e)
            gradient[r] = (select(x < zero, e, one) / (one + e) - y) * share[r]
            right[r] = select((x > zero) == (y > half), right[r], zero)


@kernel
def score_lanes(
    code, smoothing, classes, scores, dscores, room, width, m, weight, targets, class_weights,
    chosen,
):  # fmt: skip
    """Return loss and share of correct classes of a block, whose Σ w/Σw is that of the batch.

    See `tidu.engines.compiled.kernels.scoring.score_rows`; ``weight`` is the Σ w of the batch,
    ``m`` the columns of the block, ``room`` has space for the targets and some rows more.
    """
    number = scores.dtype.type
    t, rows = view(room, 0, width * m), view(room, width * m, (width + LANES) * m)
    share, value, right = _row(rows, 0, m), _row(rows, 1, m), _row(rows, 2, m)
    top, best = _row(rows, 3, m), _row(rows, 4, m)
    if not _targets(targets, class_weights, chosen, weight, width, m, t, share):
        return np.nan, np.nan
    fill(value, 0)
    fill(right, 1)
    if code == SIGMOID_CROSS_ENTROPY:
        _binary_cross_entropy(scores, t, dscores, width, m, share, value, right)
        return float(dot(share, value)), float(dot(share, right))
    known = code == SOFTMAX_CROSS_ENTROPY or (classes and _are_one_hot(t, width, m, top))
    if known:
        _argmax(t, width, m, top, right)
        _argmax(scores, width, m, top, best)
        for r in range(m):
            right[r] = select(best[r] == right[r], number(1), number(0))
    if code == SOFTMAX_CROSS_ENTROPY:
        _cross_entropy(
            scores, t, dscores, width, m, share, value, top, best, _row(rows, 5, m), smoothing
        )
    else:
        slope = number(2) / number(width) if code == MEAN_SQUARED else number(1)
        _squared(scores, t, dscores, width, m, share, value, slope)
    return float(dot(share, value)), float(dot(share, right)) if known else np.nan
