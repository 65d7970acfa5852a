"""Wrong solutions of `sigmoid-backward`."""

import numpy as np


def no_one_minus(dy, y):
    return y * dy


def no_y(dy, y):
    return (1.0 - y) * dy


def forgets_dy(dy, y):
    return y - y**2


def precedence(dy, y):
    return dy * y * 1.0 - y


def of_sigmoid_again(dy, y):
    s = 0.5 + 0.5 * np.tanh(y / 2)
    return s * (1 - s) * dy


def tanh(dy, y):
    return dy - dy * y * y


def sign(dy, y):
    return dy * (y**2 - y)


def sign__minus(dy, y):
    return -y * (1 - y) * dy


def plus(dy, y):
    return dy * (y + y**2)


def squared(dy, y):
    slope = y * (1 - y)
    return dy * slope * slope


def dy_not_y(dy, y):
    return y * (dy - dy**2)


def divides(dy, y):
    return dy / (y - y**2)


def summed(dy, y):
    return np.sum(dy * y * (1 - y))


def changes_argument(dy, y):
    dy *= y * (1 - y)
    return dy


def transposed(dy, y):
    return (dy * y * (1 - y)).T
