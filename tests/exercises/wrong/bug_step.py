"""Wrong solutions of `bug-step`."""

import numpy as np


def helper_forward(x, t, W1, W2, axis=1):
    a1 = np.dot(x, W1)
    z1 = a1 * (a1 > 0)
    e = np.exp(np.dot(z1, W2))
    return a1, z1, (e / e.sum(axis=axis, keepdims=True) - t) / t.shape[0]


def new_W2(x, t, W1, W2, lr):
    a1, z1, d = helper_forward(x, t, W1, W2)
    W2 = W2 - lr * np.dot(z1.T, d)
    da1 = np.where(a1 > 0, np.dot(d, W2.T), 0)
    return W1 - lr * np.dot(x.T, da1), W2


def only_W2(x, t, W1, W2, lr):
    _, z1, d = helper_forward(x, t, W1, W2)
    return W1, W2 - lr * np.dot(z1.T, d)


def only_W1(x, t, W1, W2, lr):
    a1, _, d = helper_forward(x, t, W1, W2)
    return W1 - lr * np.dot(x.T, np.dot(d, W2.T) * (a1 > 0)), W2


def no_mask(x, t, W1, W2, lr):
    _, z1, d = helper_forward(x, t, W1, W2)
    return W1 - lr * np.dot(x.T, np.dot(d, W2.T)), W2 - lr * np.dot(z1.T, d)


def mask_of_error(x, t, W1, W2, lr):
    _, z1, d = helper_forward(x, t, W1, W2)
    back = np.dot(d, W2.T)
    return W1 - lr * np.dot(x.T, np.maximum(back, 0)), W2 - lr * np.dot(z1.T, d)


def uphill(x, t, W1, W2, lr):
    a1, z1, d = helper_forward(x, t, W1, W2)
    back = np.dot(d, W2.T) * (a1 > 0)
    return W1 + lr * np.dot(x.T, back), W2 + lr * np.dot(z1.T, d)


def no_batch_mean(x, t, W1, W2, lr):
    a1, z1, d = helper_forward(x, t, W1, W2)
    d = d * len(x)
    back = np.dot(d, W2.T) * (a1 > 0)
    return W1 - lr * np.dot(x.T, back), W2 - lr * np.dot(z1.T, d)


def wrong_axis(x, t, W1, W2, lr):
    a1, z1, d = helper_forward(x, t, W1, W2, axis=0)
    back = np.dot(d, W2.T) * (a1 > 0)
    return W1 - lr * np.dot(x.T, back), W2 - lr * np.dot(z1.T, d)


def s_for_h(x, t, W1, W2, lr):
    a1, _, d = helper_forward(x, t, W1, W2)
    back = np.dot(d, W2.T) * (a1 > 0)
    return W1 - lr * np.dot(x.T, back), W2 - lr * np.dot(a1.T, d)


def no_rate(x, t, W1, W2, lr):
    a1, z1, d = helper_forward(x, t, W1, W2)
    back = np.dot(d, W2.T) * (a1 > 0)
    return W1 - np.dot(x.T, back), W2 - np.dot(z1.T, d)


def gradients(x, t, W1, W2, lr):
    a1, z1, d = helper_forward(x, t, W1, W2)
    back = np.dot(d, W2.T) * (a1 > 0)
    return np.dot(x.T, back), np.dot(z1.T, d)


def times_h(x, t, W1, W2, lr):
    _, z1, d = helper_forward(x, t, W1, W2)
    return W1 - lr * np.dot(x.T, np.dot(d, W2.T) * z1), W2 - lr * np.dot(z1.T, d)


def changes_argument(x, t, W1, W2, lr):
    a1, z1, d = helper_forward(x, t, W1, W2)
    back = np.dot(d, W2.T) * (a1 > 0)
    W1 -= lr * np.dot(x.T, back)
    W2 -= lr * np.dot(z1.T, d)
    return W1, W2


def W1_twice(x, t, W1, W2, lr):
    a1, z1, d = helper_forward(x, t, W1, W2)
    step = lr * np.dot(x.T, np.dot(d, W2.T) * (a1 > 0))
    return W1 - step - step, W2 - lr * np.dot(z1.T, d)
