"""Wrong solutions of `cross-entropy`."""

import numpy as np

DELTA = 1e-7


def no_eps(y, t):
    return -np.sum(t * np.log(y)) / y.shape[0]


def no_eps__outside(y, t):
    return -np.sum(t * (np.log(y) + DELTA)) / y.shape[0]


def no_batch_mean(y, t):
    return -np.sum(t * np.log(y + DELTA))


def mean_of_all(y, t):
    return -np.mean(t * np.log(y + DELTA))


def divided_by_classes(y, t):
    return -np.sum(t * np.log(y + DELTA)) / len(y[0])


def sign(y, t):
    total = 0
    for yn, tn in zip(y, t, strict=True):
        total += np.sum(tn * np.log(yn + DELTA))
    return total / len(y)


def swapped(y, t):
    return -np.sum(y * np.log(t + DELTA)) / y.shape[0]


def no_log(y, t):
    return -np.sum(t * (y + DELTA)) / len(t)


def log_10(y, t):
    return -np.sum(t * np.log10(y + DELTA)) / len(t)


def log_2(y, t):
    return -np.mean(np.sum(t * np.log2(y + DELTA), axis=1))


def all_classes(y, t):
    return -np.sum(np.log(y + DELTA)) / len(t)


def binary(y, t):
    a = t * np.log(y + DELTA)
    b = (1 - t) * np.log(1 - y + DELTA)
    return -(a + b).sum() / len(t)


def squared_error(y, t):
    return np.sum((y - t) ** 2) / 2 / len(y)


def each_sample(y, t):
    return np.array([-(tn @ np.log(yn + DELTA)) for yn, tn in zip(y, t, strict=True)])


def returns_none(y, t):
    E = -np.sum(t * np.log(y + DELTA)) / len(y)


def first_sample(y, t):
    for yn, tn in zip(y, t, strict=True):
        return -np.sum(tn * np.log(yn + DELTA))
