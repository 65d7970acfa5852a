"""Wrong solutions of `adagrad`."""

import numpy as np


def uphill(w, h, g, lr):
    h = h + g * g
    return w + lr * g / (np.sqrt(h) + 1e-7), h


def not_squared(w, h, g, lr):
    h = h + abs(g)
    return w - lr * g / (np.sqrt(h) + 1e-7), h


def forgets(w, h, g, lr):
    h = g * g
    return w - lr * g / (np.sqrt(h) + 1e-7), h


def no_root(w, h, g, lr):
    h = h + g * g
    return w - lr * g / (h + 1e-7), h


def old_h(w, h, g, lr):
    w = w - lr * g / (h**0.5 + 1e-7)
    h = h + g * g
    return w, h


def multiplies(w, h, g, lr):
    h = h + g * g
    return w - lr * g * (1e-7 + np.sqrt(h)), h


def no_eps(w, h, g, lr):
    h = h + g * g
    return w - lr * g * h**-0.5, h


def no_rate(w, h, g, lr):
    h = h + g * g
    return w - g / (h**0.5 + 1e-7), h


def sgd_step(w, h, g, lr):
    return w - lr * g, h + g * g


def shared_scale(w, h, g, lr):
    h = h + np.dot(g, g)
    return w - lr * g / (np.sqrt(h) + 1e-7), h


def decays(w, h, g, lr):
    h = 0.99 * h + (1 - 0.99) * g * g
    return w - lr * g / (np.sqrt(h) + 1e-7), h


def g_dropped(w, h, g, lr):
    h = h + g * g
    return w - lr / (np.sqrt(h) + 1e-7), h


def h_not_updated(w, h, g, lr):
    return w - lr * g / (np.sqrt(h) + 1e-7), h


def changes_argument(w, h, g, lr):
    h += g * g
    w -= lr * g / (np.sqrt(h) + 1e-7)
    return w, h


def returns_none(w, h, g, lr):
    h = h + g * g
    w = w - lr * g / (np.sqrt(h) + 1e-7)
