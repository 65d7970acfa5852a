"""Wrong solutions of `one-hot`."""

import numpy as np


def off_by_one(t, classes):
    T = np.zeros((len(t), classes))
    for n, k in enumerate(t):
        T[n][k - 1] = 1
    return T


def raises__from_1(t, classes):
    T = np.zeros((len(t), classes))
    for n, k in enumerate(t, start=1):
        T[n, k] = 1
    return T


def rows_not_pairs(t, classes):
    T = np.zeros((t.size, classes))
    if max(t) >= len(T):
        raise IndexError
    T[t] = 1.0
    return T


def all_columns(t, classes):
    T = np.zeros((t.size, classes))
    T[:, t] = 1.0
    return T


def too_few_columns(t, classes):
    return np.eye(t.max() + 1)[t]


def too_few_columns__set(t, classes):
    T = np.zeros((len(t), len(np.unique(t))))
    T[range(len(t)), t] = 1
    return T


def transposed(t, classes):
    return np.eye(classes)[:, t]


def order_lost(t, classes):
    return np.eye(classes)[np.arange(len(t)) % classes]


def class_number(t, classes):
    return np.eye(classes)[t] * t[:, None]


def reversed__not(t, classes):
    return (np.arange(classes) != t[:, None]).astype(float)


def one_row(t, classes):
    row = np.zeros(classes)
    row[t] = 1
    return row


def only_zeros(t, classes):
    T = np.zeros((len(t), classes))
    for n in range(len(t)):
        T[n, t[n]] == 1  # noqa: B015
    return T


def returns_none(t, classes):
    T = np.zeros((len(t), classes))
    T[np.arange(len(t)), t] = 1


def swapped_index(t, classes):
    T = np.zeros((len(t), classes))
    for n, k in enumerate(t):
        T[k, n] = 1
    return T
