"""Wrong solutions of `mini-batch`."""

import numpy as np


def targets_from_inputs(x, t, order, k, size):
    mask = order[k * size : k * size + size]
    x_batch = x[mask]
    t_batch = x[mask]
    return x_batch, t_batch


def targets_not_shuffled(x, t, order, k, size):
    start = size * k
    return x[order][start : start + size], t[start : start + size]


def inputs_not_shuffled(x, t, order, k, size):
    start = size * k
    return x[start : start + size], t[order][start : start + size]


def not_shuffled(x, t, order, k, size):
    start = size * k
    return x[start : start + size], t[start : start + size]


def always_the_first(x, t, order, k, size):
    chosen = order[0:size]
    return x[chosen], t[chosen]


def overlap(x, t, order, k, size):
    return x[order][k : k + size], t[order][k : k + size]


def one_too_many(x, t, order, k, size):
    a, b = k * size, (k + 1) * size
    chosen = [order[i] for i in range(a, min(b + 1, len(order)))]
    return x[chosen], t[chosen]


def one_too_few(x, t, order, k, size):
    a, b = k * size, (k + 1) * size
    return x[order[a : b - 1]], t[order[a : b - 1]]


def next_batch(x, t, order, k, size):
    a = (k + 1) * size
    return x[order[a : a + size]], t[order[a : a + size]]


def all_to_the_end(x, t, order, k, size):
    chosen = order[size * k :]
    return x[chosen], t[chosen]


def last_from_the_end(x, t, order, k, size):
    stop = min((k + 1) * size, len(x))
    chosen = order[stop - size : stop]
    return x[chosen], t[chosen]


def one_sample(x, t, order, k, size):
    i = order[k]
    return x[i][None], t[i][None]


def positions(x, t, order, k, size):
    batch = order[k * size : k * size + size]
    return batch, batch


def wrong_kind__one(x, t, order, k, size):
    return x[order[k * size : k * size + size]]


def drops_the_last(x, t, order, k, size):
    full = len(x) // size
    chosen = order[k * size : k * size + size] if k < full else np.array([], dtype=int)
    return x[chosen], t[chosen]
