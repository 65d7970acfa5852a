"""Wrong solutions of `softmax-loss-backward`."""

import numpy as np


def helper_softmax(x, axis=1):
    z = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return z / np.sum(z, axis=axis, keepdims=True)


def no_batch_mean(x, t):
    return helper_softmax(x) - t


def divided_by_classes(x, t):
    return (helper_softmax(x) - t) / len(t[0])


def divided_by_all(x, t):
    return (helper_softmax(x) - t) / np.prod(x.shape)


def sign(x, t):
    return (t - helper_softmax(x)) / len(t)


def no_softmax(x, t):
    return (x - t) / t.shape[0]


def no_target(x, t):
    return helper_softmax(x) / t.shape[0]


def only_the_right_class(x, t):
    y = helper_softmax(x)
    return np.where(t == 1, y - 1, 0) / len(x)


def times_slope(x, t):
    y = helper_softmax(x)
    return y * (1 - y) * (y - t) / len(x)


def minus_t_over_y(x, t):
    y = helper_softmax(x)
    return -t / y / len(x)


def wrong_axis(x, t):
    return (helper_softmax(x, axis=0) - t) / len(x)


def overflow(x, t):
    z = np.exp(x)
    return (z / z.sum(1)[:, None] - t) / len(x)


def probabilities(x, t):
    return helper_softmax(x)


def log(x, t):
    return (np.log(helper_softmax(x) + 1e-7) - t) / len(x)


def squared_target(x, t):
    y = helper_softmax(helper_softmax(x))
    return (y - t) / len(x)


def changes_argument(x, t):
    x -= np.max(x, axis=1, keepdims=True)
    return (helper_softmax(x) - t) / len(x)
