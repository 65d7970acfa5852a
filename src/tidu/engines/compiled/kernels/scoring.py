"""Losses, their gradients and hits, in one pass over each row of scores: see `tidu.losses`.

Integer targets are never spread out to one-hot rows.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import math

import numpy as np
from numba import carray

from tidu.engines.compiled.kernels.memory import ask_for, part
from tidu.engines.compiled.kernels.operations import (
    MEAN_SQUARED,
    SIGMOID_CROSS_ENTROPY,
    SOFTMAX_CROSS_ENTROPY,
)
from tidu.engines.compiled.kernels.rowwise import dot, exponentials, largest, shares, total
from tidu.engines.compiled.kernels.transcendental import exp_falling, log1p_of_share, select
from tidu.native.jit import kernel, pointer


@kernel
def label_of(i, answers):
    """Return the class of sample i, from integers of one, two, four or eight bytes."""
    at, n, size = pointer(answers[0]), answers[1], answers[2]
    if size == 1:
        return np.int64(carray(at, n, np.uint8)[i])
    if size == 2:
        return np.int64(carray(at, n, np.int16)[i])
    if size == 4:
        return np.int64(carray(at, n, np.int32)[i])
    return carray(at, n, np.int64)[i]


@kernel
def sample_weight(i, label, targets, width, weights, class_weights):
    """Return the weight of sample i: its own times that of its class."""
    number = targets.dtype.type
    w = number(1)
    if len(weights):
        w = number(weights[i])
    if len(class_weights):
        if label >= 0:
            w *= class_weights[label]
        else:
            w *= dot(part(targets, i * width, i * width + width), class_weights)
    return w


@kernel
def labelled(s, g, top, label, smoothing):
    """Softmax cross-entropy of one row and a class, given e^(s − top) in g.

    Return ℓ, and put dℓ/ds in g.
    """
    c, number = len(s), s.dtype.type
    loss = math.log(shares(g)) - (s[label] - top)
    if smoothing > 0:
        each = smoothing / number(c)
        loss += smoothing * (s[label] - top) - each * (total(s) - number(c) * top)
        for j in range(c):
            g[j] -= each
    g[label] -= number(1) - smoothing
    return loss


@kernel
def distributed(s, g, top, t, smoothing):
    """Softmax cross-entropy of one row and its probabilities, likewise."""
    number = s.dtype.type
    log_sum = math.log(shares(g))
    each, kept = smoothing / number(len(s)), number(1) - smoothing
    loss = number(0)
    for j in range(len(s)):
        p = kept * t[j] + each
        loss -= p * (s[j] - top - log_sum)
        g[j] -= p
    return loss


@kernel
def squared(s, g, t):
    """½ Σ (y − t)² of one row: return it, and put y − t in g."""
    for j in range(len(s)):
        g[j] = s[j] - t[j]
    return s.dtype.type(0.5) * dot(g, g)


@kernel
def one_hot(t):
    """Return whether a row of targets is all 0 but for one 1."""
    ones = 0
    for j in range(len(t)):
        if t[j] == 1:
            ones += 1
        elif t[j] != 0:
            return False
    return ones == 1


@kernel
def answered(s, g, t):
    """Sigmoid cross-entropy of one row: return ℓ, and put σ(s) − t in g."""
    number = s.dtype.type
    zero, one = number(0), number(1)
    loss = zero
    for j in range(len(s)):
        e = exp_falling(-abs(s[j]))
        loss += select(s[j] < zero, zero, s[j]) - s[j] * t[j] + log1p_of_share(e)
        g[j] = select(s[j] < zero, e, one) / (one + e) - t[j]
    return loss


@kernel
def all_right(s, t):
    """Return whether every yes-or-no question of a row is answered right."""
    for j in range(len(s)):
        if (s[j] > 0) != (t[j] > 0.5):
            return False
    return True


@kernel
def score_rows(
    kind, smoothing, classes, scores, dscores, width, answers, class_weights, rows, low, high
):  # fmt: skip
    """Return loss, hits (NaN without classes) and Σ w of a batch, as far as its rows low to high.

    ``rows`` are the numbers of the batch's samples, and ``answers`` the addresses and sizes of
    integer targets, of others, and of weights; the size of what is not there is 0. The first two
    are sums of w/Σw times each
    sample's, and in ``dscores`` each row is multiplied by its share too.
    """
    number = scores.dtype.type
    has_labels = answers[1] > 0
    targets = carray(pointer(answers[3]), answers[4], scores.dtype)
    weights = carray(pointer(answers[5]), answers[6], np.float64)
    weight = number(len(rows))
    if len(weights) or len(class_weights):
        weight = number(0)
        for r in range(len(rows)):
            label = label_of(rows[r], answers) if has_labels else -1
            if has_labels and not 0 <= label < width:
                return np.nan, np.nan, np.nan
            weight += sample_weight(rows[r], label, targets, width, weights, class_weights)
    for r in range(low, high if has_labels else low):
        ask_for(answers[0] + rows[r] * answers[2], 1)
    loss, hits = 0.0, 0.0
    if kind == SOFTMAX_CROSS_ENTROPY:
        at, end = low * width, high * width
        exponentials(part(scores, at, end), part(dscores, at, end), width)
    for r in range(low, high):
        i = rows[r]
        s, g = (
            part(scores, r * width, r * width + width),
            part(dscores, r * width, r * width + width),
        )
        t = part(targets, i * width, i * width + width)
        label = label_of(i, answers) if has_labels else -1
        if has_labels and not 0 <= label < width:
            return np.nan, np.nan, np.nan
        share = sample_weight(i, label, targets, width, weights, class_weights) / weight
        hit, slope, best = False, number(1), largest(s)
        if kind == SOFTMAX_CROSS_ENTROPY and has_labels:
            value = labelled(s, g, s[best], label, smoothing)
            hit = best == label
        elif kind == SOFTMAX_CROSS_ENTROPY:
            value = distributed(s, g, s[best], t, smoothing)
            hit = best == largest(t)
        elif kind == SIGMOID_CROSS_ENTROPY:
            value = answered(s, g, t)
            hit = all_right(s, t)
        else:
            value = squared(s, g, t)
            hit = best == largest(t)
            if not (classes and one_hot(t)):
                hits = np.nan
            slope = number(2) / number(width) if kind == MEAN_SQUARED else number(1)
            value *= slope
        loss += share * value
        hits += share * hit
        for j in range(width):
            g[j] *= slope * share
    return loss, hits, float(weight)
