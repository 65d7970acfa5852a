"""Wrong solutions of `relu-backward`."""

import numpy as np


def no_mask(dy, x):
    return dy.copy()


def mask_of_dy(dy, x):
    dx = dy.copy()
    dx[dy <= 0] = 0
    return dx


def mask_of_dy__maximum(dy, x):
    return np.maximum(0, dy)


def mask_reversed(dy, x):
    dx = dy.copy()
    dx[x > 0] = 0
    return dx


def at_0(dy, x):
    mask = x < 0
    dx = dy.copy()
    dx[mask] = 0
    return dx


def forgets_dy(dy, x):
    return np.where(x > 0, 1.0, 0.0)


def times_x(dy, x):
    return np.where(x > 0, x, 0) * dy


def times_x__whole(dy, x):
    return x * dy


def forward(dy, x):
    return np.where(x > 0, x, 0)


def sign_of_x(dy, x):
    return np.where(x > 0, dy, np.where(x < 0, -dy, 0))


def leaky(dy, x):
    return np.where(x > 0, dy, 0.01 * dy)


def changes_argument(dy, x):
    dy[x <= 0] = 0
    return dy


def returns_none(dy, x):
    dx = dy * (x > 0)


def raises__if(dy, x):
    if x > 0:
        return dy
    return 0


def shape__flat(dy, x):
    return dy[x > 0]
