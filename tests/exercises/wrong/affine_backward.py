"""Wrong solutions of `affine-backward`."""

import numpy as np


def no_batch_sum(dy, x, W):
    return np.dot(dy, W.T), np.dot(x.T, dy), dy


def first_sample(dy, x, W):
    return np.dot(dy, W.T), np.dot(x.T, dy), dy[0, :]


def batch_mean(dy, x, W):
    return np.dot(dy, W.T), np.dot(x.T, dy), np.mean(dy, 0)


def sum_of_all(dy, x, W):
    return np.dot(dy, W.T), np.dot(x.T, dy), np.sum(dy)


def wrong_axis(dy, x, W):
    return np.dot(dy, W.T), np.dot(x.T, dy), np.sum(dy, axis=-1)


def keeps_axis(dy, x, W):
    return np.dot(dy, W.T), np.dot(x.T, dy), np.ones((1, len(dy))) @ dy


def W_not_transposed(dy, x, W):
    return np.dot(dy, W), np.dot(x.T, dy), np.sum(dy, axis=0)


def dx_order(dy, x, W):
    return np.dot(W, dy.T), np.dot(x.T, dy), np.sum(dy, axis=0)


def dW_transposed(dy, x, W):
    return np.dot(dy, W.T), np.dot(dy.T, x), np.sum(dy, axis=0)


def x_not_transposed(dy, x, W):
    return np.dot(dy, W.T), np.dot(x, dy), np.sum(dy, axis=0)


def dW_mean(dy, x, W):
    n = x.shape[0]
    return np.dot(dy, W.T), np.dot(x.T, dy) / n, np.sum(dy, axis=0)


def batch_mean__both(dy, x, W):
    n = x.shape[0]
    return np.dot(dy, W.T), np.dot(x.T, dy) / n, np.sum(dy, axis=0) / n


def db_ones(dy, x, W):
    return np.dot(dy, W.T), np.dot(x.T, dy), np.ones(dy.shape[1])


def wrong_kind__two(dy, x, W):
    return np.dot(x.T, dy), np.sum(dy, axis=0)


def sign(dy, x, W):
    return -np.dot(dy, W.T), np.dot(x.T, dy), np.sum(dy, axis=0)


def factor(dy, x, W):
    return np.dot(dy, W.T), 2 * np.dot(x.T, dy), np.sum(dy, axis=0)
