"""Wrong solutions of `softmax`."""

import numpy as np


def overflow(x):
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)


def overflow__rows(x):
    rows = np.atleast_2d(x)
    y = np.array([np.exp(r) / sum(np.exp(r)) for r in rows])
    return y.reshape(x.shape)


def max_of_all(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e, axis=-1, keepdims=True)


def both_of_all(x):
    c = np.max(x)
    exp_a = np.exp(x - c)
    sum_exp_a = np.sum(exp_a)
    return exp_a / sum_exp_a


def sum_of_all(x):
    shifted = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(shifted) / np.exp(shifted).sum()


def wrong_axis(x):
    shifted = x - x.max(axis=0)
    return np.exp(shifted) / np.exp(shifted).sum(axis=0)


def no_keepdims(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1)


def no_keepdims__both(x):
    e = np.exp(x - np.max(x, axis=-1))
    return e / np.sum(e, axis=-1)


def axis_1(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def not_normalized(x):
    return np.exp(x - np.max(x, axis=-1, keepdims=True))


def no_exp(x):
    return x / x.sum(axis=-1, keepdims=True)


def sign(x):
    e = np.exp(-(x - x.min(axis=-1, keepdims=True)))
    return e / e.sum(axis=-1, keepdims=True)


def log(x):
    z = x - x.max(axis=-1, keepdims=True)
    return np.log(np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True))


def sigmoid(x):
    return 0.5 + 0.5 * np.tanh(x / 2)


def changes_argument(x):
    x -= x.max(axis=-1, keepdims=True)
    np.exp(x, out=x)
    x /= x.sum(axis=-1, keepdims=True)
    return x


def clipped(x):
    e = np.exp(np.minimum(x, 500).clip(-500))
    return e / e.sum(-1, keepdims=True)
