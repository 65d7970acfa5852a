"""Wrong solutions of `two-three-two`."""

import numpy as np


def helper_sigma(z):
    return 1.0 / (1.0 + np.exp(-z))


def helper_forward(x, W1, W2, c1=0.35, c2=0.65):
    h = helper_sigma(np.dot(W1, x) + c1)
    return h, helper_sigma(np.dot(W2, h) + c2)


def helper_step(x, t, W1, W2, lr, h, o):
    delta = (o - t) * o * (1 - o)
    back = np.dot(W2.T, delta) * h * (1 - h)
    return o, W1 - lr * back[:, None] * x, W2 - lr * delta[:, None] * h


def new_W2(x, t, W1, W2, lr):
    h, o = helper_forward(x, W1, W2)
    delta = (o - t) * o * (1 - o)
    W2 = W2 - lr * delta[:, None] * h
    back = np.dot(W2.T, delta) * h * (1 - h)
    W1 = W1 - lr * back[:, None] * x
    return o, W1, W2


def uphill(x, t, W1, W2, lr):
    h, o = helper_forward(x, W1, W2)
    return helper_step(x, t, W1, W2, -lr, h, o)


def factor_2(x, t, W1, W2, lr):
    h, o = helper_forward(x, W1, W2)
    return helper_step(x, t, W1, W2, 2 * lr, h, o)


def no_output_slope(x, t, W1, W2, lr):
    h, o = helper_forward(x, W1, W2)
    delta = o - t
    back = np.dot(W2.T, delta) * h * (1 - h)
    return o, W1 - lr * back[:, None] * x, W2 - lr * delta[:, None] * h


def no_hidden_slope(x, t, W1, W2, lr):
    h, o = helper_forward(x, W1, W2)
    delta = (o - t) * o * (1 - o)
    return o, W1 - lr * np.dot(W2.T, delta)[:, None] * x, W2 - lr * delta[:, None] * h


def no_bias(x, t, W1, W2, lr):
    return helper_step(x, t, W1, W2, lr, *helper_forward(x, W1, W2, 0, 0))


def biases_swapped(x, t, W1, W2, lr):
    return helper_step(x, t, W1, W2, lr, *helper_forward(x, W1, W2, 0.65, 0.35))


def no_rate(x, t, W1, W2, lr):
    return helper_step(x, t, W1, W2, 1, *helper_forward(x, W1, W2))


def only_W2(x, t, W1, W2, lr):
    o, _, new = helper_step(x, t, W1, W2, lr, *helper_forward(x, W1, W2))
    return o, W1, new


def gradients(x, t, W1, W2, lr):
    zero1, zero2 = np.zeros((3, 2)), np.zeros((2, 3))
    h, o = helper_forward(x, W1, W2)
    delta = (o - t) * o * (1 - o)
    back = np.dot(W2.T, delta) * h * (1 - h)
    return o, back[:, None] * x + zero1, delta[:, None] * h + zero2


def biases_learned__new_outputs(x, t, W1, W2, lr):
    _, new1, new2 = helper_step(x, t, W1, W2, lr, *helper_forward(x, W1, W2))
    return helper_forward(x, new1, new2)[1], new1, new2


def no_hidden_sigmoid(x, t, W1, W2, lr):
    h = np.dot(W1, x) + 0.35
    o = helper_sigma(np.dot(W2, h) + 0.65)
    return helper_step(x, t, W1, W2, lr, h, o)


def no_output_sigmoid(x, t, W1, W2, lr):
    h = helper_sigma(np.dot(W1, x) + 0.35)
    return helper_step(x, t, W1, W2, lr, h, np.dot(W2, h) + 0.65)


def errors_mixed(x, t, W1, W2, lr):
    h, o = helper_forward(x, W1, W2)
    delta = (o - t) * o * (1 - o)
    back = np.sum(delta) * h * (1 - h)
    return o, W1 - lr * back[:, None] * x, W2 - lr * delta[:, None] * h


def changes_argument(x, t, W1, W2, lr):
    h, o = helper_forward(x, W1, W2)
    delta = (o - t) * o * (1 - o)
    back = np.dot(W2.T, delta) * h * (1 - h)
    W1 -= lr * np.outer(back, x)
    W2 -= lr * np.outer(delta, h)
    return o, W1, W2
