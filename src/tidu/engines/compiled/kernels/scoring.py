"""Losses, their gradients and correct classes, in one pass over each row: see `tidu.losses`.

Integer targets are never spread out to one-hot rows.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import math

import numpy as np
from numba import carray

from tidu.engines.compiled.kernels.arguments import TARGETS
from tidu.engines.compiled.kernels.operations import (
    MEAN_SQUARED,
    POISSON,
    SIGMOID_CROSS_ENTROPY,
    SOFTMAX_CROSS_ENTROPY,
    SUM_SQUARED,
)
from tidu.engines.compiled.kernels.rowwise import argmax, dot, exponentials, normalize_sum, sum_of
from tidu.engines.compiled.kernels.scalar import exp_nonpositive, log1p_unit, select
from tidu.engines.compiled.kernels.views import prefetch, view
from tidu.native.jit import kernel, pointer


@kernel
def label_of(i, targets):
    """Return the class of sample i, from integers of one, two, four or eight bytes."""
    at, n = pointer(targets[TARGETS.LABELS]), targets[TARGETS.LABELS_SIZE]
    size = targets[TARGETS.LABEL_BYTES]
    if size == 1:
        return np.int64(carray(at, n, np.uint8)[i])
    if size == 2:
        return np.int64(carray(at, n, np.int16)[i])
    if size == 4:
        return np.int64(carray(at, n, np.int32)[i])
    return carray(at, n, np.int64)[i]


@kernel
def sample_weight(i, label, values, width, weights, class_weights):
    """Return the weight of sample i: its own times that of its class."""
    number = values.dtype.type
    w = number(1)
    if len(weights):
        w = number(weights[i])
    if len(class_weights):
        if label >= 0:
            w *= class_weights[label]
        else:
            w *= dot(view(values, i * width, i * width + width), class_weights)
    return w


@kernel
def batch_weight(targets, class_weights, rows, width):
    """Return Σ w of a batch; NaN if one of its classes is out of range."""
    number = class_weights.dtype.type
    n, has_labels = targets[TARGETS.WEIGHTS_SIZE], targets[TARGETS.LABELS_SIZE] > 0
    if n == 0 and len(class_weights) == 0:
        return number(len(rows))
    values = carray(
        pointer(targets[TARGETS.VALUES]), targets[TARGETS.VALUES_SIZE], class_weights.dtype
    )
    weights = carray(pointer(targets[TARGETS.WEIGHTS]), n, np.float64)
    weight = number(0)
    for r in range(len(rows)):
        label = label_of(rows[r], targets) if has_labels else -1
        if has_labels and not 0 <= label < width:
            return number(np.nan)
        weight += sample_weight(rows[r], label, values, width, weights, class_weights)
    return weight


@kernel
def cross_entropy_from_labels(s, g, top, label, smoothing):
    """Softmax cross-entropy of one row and a class, given e^(s − top) in g.

    Return ℓ, and put dℓ/ds in g.
    """
    c, number = len(s), s.dtype.type
    loss = math.log(normalize_sum(g)) - (s[label] - top)
    if smoothing > 0:
        each = smoothing / number(c)
        loss += smoothing * (s[label] - top) - each * (sum_of(s) - number(c) * top)
        for j in range(c):
            g[j] -= each
    g[label] -= number(1) - smoothing
    return loss


@kernel
def cross_entropy_from_probabilities(s, g, top, t, smoothing):
    """Softmax cross-entropy of one row and its probabilities, likewise."""
    number = s.dtype.type
    log_sum = math.log(normalize_sum(g))
    each, kept = smoothing / number(len(s)), number(1) - smoothing
    loss = number(0)
    for j in range(len(s)):
        p = kept * t[j] + each
        loss -= p * (s[j] - top - log_sum)
        g[j] -= p
    return loss


@kernel
def squared(s, g, t, spread):
    """½ Σ ((y − t) / spread)² of one row: return it, and put (y − t) / spread² in g."""
    for j in range(len(s)):
        g[j] = s[j] - t[j]
    if not len(spread):
        return s.dtype.type(0.5) * dot(g, g)
    loss = s.dtype.type(0)
    for j in range(len(s)):
        scaled = g[j] / spread[j]
        loss += scaled * scaled
        g[j] = scaled / spread[j]
    return s.dtype.type(0.5) * loss


@kernel
def is_one_hot(t):
    """Return whether a row of targets is all 0 but for one 1."""
    ones = 0
    for j in range(len(t)):
        if t[j] == 1:
            ones += 1
        elif t[j] != 0:
            return False
    return ones == 1


@kernel
def binary_cross_entropy(s, g, t):
    """Sigmoid cross-entropy of one row: return ℓ, and put σ(s) − t in g."""
    number = s.dtype.type
    zero, one = number(0), number(1)
    loss = zero
    for j in range(len(s)):
        e = exp_nonpositive(-abs(s[j]))
        loss += select(s[j] < zero, zero, s[j]) - s[j] * t[j] + log1p_unit(e)
        g[j] = select(s[j] < zero, e, one) / (one + e) - t[j]
    return loss


@kernel
def poisson(s, g, t):
    """Half the Poisson deviance of one row: return ℓ, and put e^s − t in g.

    The loss is a difference of large numbers, which double precision has the digits for.
    """
    number, loss = s.dtype.type, 0.0
    for j in range(len(s)):
        score, count = np.float64(s[j]), np.float64(t[j])
        e = exp_nonpositive(-abs(score))
        excess = select(score < 0, e, 1 / e) - count
        g[j] = number(excess)
        loss += excess
        if count > 0:
            loss += count * (math.log(count) - score)
    return number(loss)


@kernel
def all_correct(s, t):
    """Return whether all yes-or-no answers of a row are right."""
    for j in range(len(s)):
        if (s[j] > 0) != (t[j] > 0.5):
            return False
    return True


@kernel
def score_rows(
    code, smoothing, classes, scores, dscores, width, targets, per_output, rows, low, high
):  # fmt: skip
    """Return loss, share of correct classes and Σ w of a batch, as far as its rows low to high.

    ``rows`` are the indices of the batch's samples, ``targets`` is their descriptor, ``per_output``
    holds the weights of classes, or of squares the spreads of values, if there are such. Loss and
    share are sums of w/Σw times each sample's, the share NaN without classes; in ``dscores`` each
    row is multiplied by its w/Σw too.
    """
    number = scores.dtype.type
    has_labels = targets[TARGETS.LABELS_SIZE] > 0
    values = carray(pointer(targets[TARGETS.VALUES]), targets[TARGETS.VALUES_SIZE], scores.dtype)
    weights = carray(pointer(targets[TARGETS.WEIGHTS]), targets[TARGETS.WEIGHTS_SIZE], np.float64)
    squares = code == SUM_SQUARED or code == MEAN_SQUARED
    class_weights = per_output[:0] if squares else per_output
    weight = batch_weight(targets, class_weights, rows, width)
    if math.isnan(weight):
        return np.nan, np.nan, np.nan
    for r in range(low, high if has_labels else low):
        prefetch(targets[TARGETS.LABELS] + rows[r] * targets[TARGETS.LABEL_BYTES], 1)
    loss, correct = 0.0, 0.0
    if code == SOFTMAX_CROSS_ENTROPY:
        at, end = low * width, high * width
        exponentials(view(scores, at, end), view(dscores, at, end), width)
    for r in range(low, high):
        i = rows[r]
        s, g = (
            view(scores, r * width, r * width + width),
            view(dscores, r * width, r * width + width),
        )
        t = view(values, i * width, i * width + width)
        label = label_of(i, targets) if has_labels else -1
        if has_labels and not 0 <= label < width:
            return np.nan, np.nan, np.nan
        share = sample_weight(i, label, values, width, weights, class_weights) / weight
        right, slope, best = False, number(1), argmax(s)
        if code == SOFTMAX_CROSS_ENTROPY and has_labels:
            value = cross_entropy_from_labels(s, g, s[best], label, smoothing)
            right = best == label
        elif code == SOFTMAX_CROSS_ENTROPY:
            value = cross_entropy_from_probabilities(s, g, s[best], t, smoothing)
            right = best == argmax(t)
        elif code == SIGMOID_CROSS_ENTROPY:
            value = binary_cross_entropy(s, g, t)
            right = all_correct(s, t)
        elif code == POISSON:
            value, correct = poisson(s, g, t), np.nan
        else:
            value = squared(s, g, t, per_output)
            right = best == argmax(t)
            if not (classes and is_one_hot(t)):
                correct = np.nan
            slope = number(2) / number(width) if code == MEAN_SQUARED else number(1)
            value *= slope
        loss += share * value
        correct += share * right
        for j in range(width):
            g[j] *= slope * share
    return loss, correct, float(weight)
