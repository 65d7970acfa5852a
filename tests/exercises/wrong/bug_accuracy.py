"""Wrong solutions of `bug-accuracy`."""

import numpy as np


def targets_overwritten(y, t):
    y = np.argmax(y, axis=1)
    if t.ndim != 1:
        t = y
    return np.sum(y == t) / float(len(y))


def targets_overwritten__other_side(y, t):
    y = t = np.argmax(t, axis=1)
    return np.mean(y == t)


def wrong_axis(y, t):
    p, q = np.argmax(y, axis=0), np.argmax(t, axis=0)
    return np.sum(p == q) / len(t)


def count(y, t):
    return np.sum(np.argmax(y, 1) == np.argmax(t, 1))


def percent(y, t):
    return 100 * np.mean(np.argmax(y, 1) == np.argmax(t, 1))


def error_rate(y, t):
    return 1 - np.mean(np.argmax(y, 1) == np.argmax(t, 1))


def entries(y, t):
    guess = (y >= y.max(1)[:, None]).astype(int)
    return np.mean(guess == t)


def no_argmax_of_t(y, t):
    guess = np.argmax(y, axis=1)
    return np.sum(guess[:, None] == t) / len(t)


def divided_by_classes(y, t):
    return np.sum(np.argmax(y, 1) == np.argmax(t, 1)) / t.shape[1]


def smallest(y, t):
    return np.mean(np.argmin(y, 1) == np.argmax(t, 1))


def first_sample(y, t):
    for a, b in zip(y, t, strict=True):
        return float(np.argmax(a) == np.argmax(b))


def all_or_nothing(y, t):
    return float(np.array_equal(np.argmax(y, 1), np.argmax(t, 1)))


def returns_none(y, t):
    acc = np.mean(np.argmax(y, 1) == np.argmax(t, 1))
