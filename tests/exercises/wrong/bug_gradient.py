"""Wrong solutions of `bug-gradient`."""

import numpy as np


def helper_sigma(z):
    return 1 / (1 + np.exp(-z))


def helper_gradients(x, t, W1, W2, slope1=None, slope2=None):
    s = x @ W1
    h = helper_sigma(s)
    y = helper_sigma(h @ W2)
    d2 = (y - t) * (y - y * y if slope2 is None else slope2(y))
    d1 = (d2 @ W2.T) * (h - h * h if slope1 is None else slope1(s, h))
    return x.T @ d1, h.T @ d2


def slope_of_sums(x, t, W1, W2):
    return helper_gradients(x, t, W1, W2, lambda s, h: s - s * s)


def sigmoid_of_h(x, t, W1, W2):
    return helper_gradients(x, t, W1, W2, lambda s, h: helper_sigma(h) * (1 - helper_sigma(h)))


def no_hidden_slope(x, t, W1, W2):
    return helper_gradients(x, t, W1, W2, lambda s, h: 1)


def half_slope(x, t, W1, W2):
    return helper_gradients(x, t, W1, W2, lambda s, h: h)


def half_slope__other(x, t, W1, W2):
    return helper_gradients(x, t, W1, W2, lambda s, h: 1 - h)


def output_slope(x, t, W1, W2):
    return helper_gradients(x, t, W1, W2, None, lambda y: 1)


def tanh_slope(x, t, W1, W2):
    return helper_gradients(x, t, W1, W2, lambda s, h: 1 - h * h)


def sign(x, t, W1, W2):
    return helper_gradients(x, t, W1, W2, None, lambda y: y * y - y)


def doubled(x, t, W1, W2):
    return helper_gradients(x, t, W1, W2, None, lambda y: 2 * (y - y * y))


def batch_mean(x, t, W1, W2):
    dW1, dW2 = helper_gradients(x, t, W1, W2)
    return dW1 / len(x), dW2 / len(x)


def transposed(x, t, W1, W2):
    dW1, dW2 = helper_gradients(x, t, W1, W2)
    return dW1.T, dW2.T


def s_in_dW2(x, t, W1, W2):
    dW1, _ = helper_gradients(x, t, W1, W2)
    s = x @ W1
    y = helper_sigma(helper_sigma(s) @ W2)
    return dW1, s.T @ ((y - t) * y * (1 - y))


def raises__W2(x, t, W1, W2):
    h = helper_sigma(x @ W1)
    y = helper_sigma(h @ W2)
    d2 = (y - t) * y * (1 - y)
    return x.T @ (d2 @ W2 * h * (1 - h)), h.T @ d2


def factor(x, t, W1, W2):
    dW1, dW2 = helper_gradients(x, t, W1, W2)
    return 0.25 * dW1, dW2
