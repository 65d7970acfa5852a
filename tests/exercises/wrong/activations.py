"""Wrong solutions of `activations`."""

import numpy as np


def helper_step(x):
    return (x > 0).astype(float)


def helper_sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def helper_relu(x):
    return x * (x > 0)


def step_at_0(x):
    return (x >= 0).astype(float), helper_sigmoid(x), helper_relu(x)


def step_signs(x):
    return np.sign(x), helper_sigmoid(x), helper_relu(x)


def step_reversed(x):
    return 1.0 - helper_step(x), helper_sigmoid(x), helper_relu(x)


def sigmoid_sign(x):
    return helper_step(x), helper_sigmoid(-x), helper_relu(x)


def sigmoid_overflow(x):
    e = np.exp(x)
    return helper_step(x), e / (e + 1), helper_relu(x)


def sigmoid_is_tanh(x):
    return helper_step(x), 2 * helper_sigmoid(2 * x) - 1, helper_relu(x)


def sigmoid_derivative(x):
    y = helper_sigmoid(x)
    return helper_step(x), y * (1 - y), helper_relu(x)


def relu_negative(x):
    return helper_step(x), helper_sigmoid(x), np.where(x < 0, x, 0)


def relu_abs(x):
    return helper_step(x), helper_sigmoid(x), abs(x)


def relu_leaky(x):
    return helper_step(x), helper_sigmoid(x), np.maximum(0.01 * x, x)


def relu_is_step(x):
    return helper_step(x), helper_sigmoid(x), helper_step(x)


def raises__max(x):
    return helper_step(x), helper_sigmoid(x), max(0, x)


def relu_largest(x):
    return helper_step(x), helper_sigmoid(x), np.max(x, initial=0)


def wrong_kind__two_results(x):
    return helper_sigmoid(x), helper_relu(x)


def raises__if(x):
    step = 1.0 if x > 0 else 0.0
    return step, helper_sigmoid(x), helper_relu(x)


def changes_argument(x):
    s = helper_sigmoid(x)
    t = helper_step(x)
    x[x < 0] = 0
    return t, s, x
