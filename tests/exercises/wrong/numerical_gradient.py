"""Wrong solutions of `numerical-gradient`."""

import numpy as np


def not_put_back(f, x):
    h = 1e-4
    x = np.array(x)
    g = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        i = it.multi_index
        old = x[i]
        x[i] = old + h
        a = f(x)
        x[i] = old - h
        b = f(x)
        g[i] = (a - b) / (2 * h)
        it.iternext()
    return g


def first_axis_alone(f, x):
    h = 1e-4
    x = x.copy()
    grad = np.zeros_like(x)
    for idx in range(x.shape[0]):
        tmp = x[idx]
        x[idx] = tmp + h
        fxh1 = f(x)
        x[idx] = tmp - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp
    return grad


def raises__flat_index(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    x = x.copy()
    for i in range(x.size):
        old = float(x[i])
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        down = f(x)
        x[i] = old
        grad[i] = (up - down) / (2 * h)
    return grad


def all_at_once(f, x):
    h = 1e-4
    return np.ones_like(x) * (f(x + h) - f(x - h)) / (2 * h)


def helper_loop(f, x, shift_up=1e-4, shift_down=1e-4, width=2e-4):
    x = x.copy()
    g = np.zeros_like(x)
    flat, out = x.reshape(-1), g.reshape(-1)
    for k in range(flat.size):
        keep = flat[k]
        flat[k] = keep + shift_up
        up = f(x)
        flat[k] = keep - shift_down
        out[k] = (up - f(x)) / width
        flat[k] = keep
    return g


def not_divided_by_2h(f, x):
    return helper_loop(f, x, width=1e-4)


def forward(f, x):
    return helper_loop(f, x, shift_down=0, width=1e-4)


def backward(f, x):
    return helper_loop(f, x, shift_up=0, width=1e-4)


def sign(f, x):
    return helper_loop(f, x, width=-2e-4)


def flat(f, x):
    return helper_loop(f, x).flatten()


def last_only(f, x):
    h = 1e-4
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        grad = (f(x + e) - f(x - e)) / (2 * h)
    return grad * np.ones(x.shape)


def step_vanishes(f, x):
    return helper_loop(f, x, 10e-50, 10e-50, 20e-50)


def integers(f, x):
    g = np.zeros(x.shape, dtype=np.int64)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = 1e-4
        g[i] = (f(x + e) - f(x - e)) / 2e-4
    return g


def changes_argument(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        down = f(x)
        grad[i] = (up - down) / (2 * h)
    return grad


def shape(f, x):
    return [(f(x + 1e-4) - f(x - 1e-4)) / 2e-4]
