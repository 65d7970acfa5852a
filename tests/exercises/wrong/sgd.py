"""Wrong solutions of `sgd`."""

import numpy as np


def uphill(w, g, lr):
    return w + g * lr


def no_rate(w, g, lr):
    return w - g


def step_only(w, g, lr):
    return -g * lr


def step_only__positive(w, g, lr):
    step = lr * g
    return step


def w_scaled(w, g, lr):
    return lr * w - lr * g


def w_times_g(w, g, lr):
    return w * (1 - lr * g)


def rate_divides(w, g, lr):
    return w - g / lr


def sign_only(w, g, lr):
    return np.where(g > 0, w - lr, np.where(g < 0, w + lr, w))


def normalized(w, g, lr):
    return w - lr * g / np.sqrt(np.sum(g * g))


def mean_gradient(w, g, lr):
    return w - lr * np.mean(g)


def reversed__difference(w, g, lr):
    return -(w - lr * g)


def changes_argument(w, g, lr):
    w -= lr * g
    return w


def returns_none(w, g, lr):
    w = w - lr * g


def shrinks(w, g, lr):
    return w * (1 - lr)


def squared(w, g, lr):
    return w - lr * g * g
