"""Wrong solutions of `two-layer-network`."""

import numpy as np


def helper_forward(x, W1, b1, W2, b2):
    z1 = np.tanh(0.5 * (np.dot(x, W1) + b1)) * 0.5 + 0.5
    a2 = np.dot(z1, W2) + b2
    y = np.exp(a2 - np.max(a2, 1, keepdims=True))
    return z1, y / np.sum(y, 1, keepdims=True)


def helper_backward(x, z1, dy, da1):
    return np.dot(x.T, da1), np.sum(da1, 0), np.dot(z1.T, dy), np.sum(dy, 0)


def no_batch_mean(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = y - t
    return helper_backward(x, z1, dy, np.dot(dy, W2.T) * z1 * (1 - z1))


def sign(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (t - y) / len(x)
    return helper_backward(x, z1, dy, np.dot(dy, W2.T) * z1 * (1 - z1))


def no_sigmoid_slope(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    return helper_backward(x, z1, dy, np.dot(dy, W2.T))


def half_sigmoid_slope(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    return helper_backward(x, z1, dy, np.dot(dy, W2.T) * (1 - z1))


def sigmoid_of_h(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    s = 1 / (1 + np.exp(-z1))
    return helper_backward(x, z1, dy, np.dot(dy, W2.T) * s * (1 - s))


def no_W2(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    return helper_backward(x, z1, dy, dy.sum(1)[:, None] * z1 * (1 - z1))


def x_in_second_layer(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    dW1, db1, _, db2 = helper_backward(x, z1, dy, np.dot(dy, W2.T) * z1 * (1 - z1))
    return dW1, db1, np.dot((np.dot(x, W1) + b1).T, dy), db2


def h_transposed(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    dW1, db1, dW2, db2 = helper_backward(x, z1, dy, np.dot(dy, W2.T) * z1 * (1 - z1))
    return dW1, db1, dW2.T, db2


def db_no_sum(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    da1 = np.dot(dy, W2.T) * z1 * (1 - z1)
    return np.dot(x.T, da1), da1, np.dot(z1.T, dy), dy


def db2_no_sum(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    da1 = np.dot(dy, W2.T) * z1 * (1 - z1)
    return np.dot(x.T, da1), da1.sum(axis=0), np.dot(z1.T, dy), dy


def no_biases(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, 0, W2, 0)
    dy = (y - t) / len(x)
    return helper_backward(x, z1, dy, np.dot(dy, W2.T) * z1 * (1 - z1))


def no_softmax(x, t, W1, b1, W2, b2):
    z1, _ = helper_forward(x, W1, b1, W2, b2)
    dy = (np.dot(z1, W2) + b2 - t) / len(x)
    return helper_backward(x, z1, dy, np.dot(dy, W2.T) * z1 * (1 - z1))


def db1_is_mean(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    da1 = np.dot(dy, W2.T) * z1 * (1 - z1)
    return np.dot(x.T, da1), da1.mean(axis=0), np.dot(z1.T, dy), dy.sum(axis=0)


def wrong_kind__loss_too(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    grads = helper_backward(x, z1, dy, np.dot(dy, W2.T) * z1 * (1 - z1))
    return (-np.sum(t * np.log(y)) / len(x), *grads)


def raises__W2(x, t, W1, b1, W2, b2):
    z1, y = helper_forward(x, W1, b1, W2, b2)
    dy = (y - t) / len(x)
    return helper_backward(x, z1, dy, np.dot(dy, W2) * z1 * (1 - z1))
