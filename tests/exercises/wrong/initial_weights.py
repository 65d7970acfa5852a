"""Wrong solutions of `initial-weights`."""

import numpy as np


def variance(z):
    n = z.shape[0]
    return z / n, 2 * z / n


def n_out(z):
    n = z.shape[1]
    return z / np.sqrt(n), z * np.sqrt(2.0 / n)


def n_of_all(z):
    n = z.size
    return z / np.sqrt(n), z * np.sqrt(2.0 / n)


def swapped(z):
    n = z.shape[0]
    return z * (2 / n) ** 0.5, z / n**0.5


def divides(z):
    n = z.shape[0]
    return z * n**0.5, z * (n / 2) ** 0.5


def glorot(z):
    n, k = z.shape
    return z * (2 / (n + k)) ** 0.5, z * (2 / n) ** 0.5


def fixed(z):
    return 0.01 * z, 0.01 * z


def root_of_2_missing(z):
    w = z / np.sqrt(z.shape[0])
    return w, w


def two_not_root(z):
    w = z / np.sqrt(z.shape[0])
    return w, 2 * w


def half(z):
    w = z / np.sqrt(z.shape[0])
    return w, w / np.sqrt(2)


def unscaled(z):
    return z.copy(), z.copy()


def positive(z):
    w = abs(z) / np.sqrt(z.shape[0])
    return w, w * np.sqrt(2)


def zeros(z):
    return np.zeros_like(z), np.zeros_like(z)


def transposed(z):
    w = z.T / np.sqrt(z.shape[0])
    return w, w * 2**0.5


def wrong_kind__one(z):
    return {"xavier": z / np.sqrt(len(z))}
