"""Wrong solutions of `bug-epoch`."""

import numpy as np


def helper_batches(x, t, w, b, lr, batches, mean=True):
    for xb, tb in batches:
        error = np.dot(xb, w) + b - tb
        n = len(error) if mean else 1
        w = w - lr * np.dot(xb.T, error) / n
        b = b - lr * np.sum(error) / n
    return w, b


def helper_cut(a, size):
    return [a[i : i + size] for i in range(0, len(a), size)]


def targets_not_shuffled(x, t, w, b, lr, order, size):
    pairs = zip(helper_cut(x[order], size), helper_cut(t, size), strict=True)
    return helper_batches(x, t, w, b, lr, pairs)


def inputs_not_shuffled(x, t, w, b, lr, order, size):
    pairs = zip(helper_cut(x, size), helper_cut(t[order], size), strict=True)
    return helper_batches(x, t, w, b, lr, pairs)


def not_shuffled(x, t, w, b, lr, order, size):
    return helper_batches(
        x, t, w, b, lr, zip(helper_cut(x, size), helper_cut(t, size), strict=True)
    )


def targets_from_inputs(x, t, w, b, lr, order, size):
    pairs = [(x[i], x[i, 0]) for i in helper_cut(order, size)]
    return helper_batches(x, t, w, b, lr, pairs)


def one_batch(x, t, w, b, lr, order, size):
    i = order[:size]
    return helper_batches(x, t, w, b, lr, [(x[i], t[i])])


def overlap(x, t, w, b, lr, order, size):
    pairs = [(x[order[k : k + size]], t[order[k : k + size]]) for k in range(len(x))]
    return helper_batches(x, t, w, b, lr, pairs)


def drops_the_last(x, t, w, b, lr, order, size):
    cut = [i for i in helper_cut(order, size) if len(i) == size]
    return helper_batches(x, t, w, b, lr, [(x[i], t[i]) for i in cut])


def uphill(x, t, w, b, lr, order, size):
    pairs = [(x[i], t[i]) for i in helper_cut(order, size)]
    return helper_batches(x, t, w, b, -lr, pairs)


def sum_not_mean(x, t, w, b, lr, order, size):
    pairs = [(x[i], t[i]) for i in helper_cut(order, size)]
    return helper_batches(x, t, w, b, lr, pairs, mean=False)


def divided_by_all(x, t, w, b, lr, order, size):
    pairs = [(x[i], t[i]) for i in helper_cut(order, size)]
    return helper_batches(x, t, w, b, lr / len(x), pairs, mean=False)


def full_batch(x, t, w, b, lr, order, size):
    return helper_batches(x, t, w, b, lr, [(x, t)])


def b_not_learned(x, t, w, b, lr, order, size):
    for i in helper_cut(order, size):
        w, _ = helper_batches(x, t, w, b, lr, [(x[i], t[i])])
    return w, b


def w_not_learned(x, t, w, b, lr, order, size):
    for i in helper_cut(order, size):
        _, b = helper_batches(x, t, w, b, lr, [(x[i], t[i])])
    return w, b


def changes_argument(x, t, w, b, lr, order, size):
    for i in helper_cut(order, size):
        error = x[i] @ w + b - t[i]
        w -= lr * error @ x[i] / len(i)
        b -= lr * error.mean()
    return w, b


def raises__axis(x, t, w, b, lr, order, size):
    for i in helper_cut(order, size):
        error = x[i] @ w + b - t[i]
        w = w - lr * x[i] @ error / len(i)
        b = b - lr * error.mean()
    return w, b
