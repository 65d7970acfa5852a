"""Wrong solutions of `descent`."""

import numpy as np


def uphill(gradient, x, lr, steps):
    for _ in range(steps):
        x = x + lr * gradient(x)
    return x


def one_step_more(gradient, x, lr, steps):
    k = 0
    while k <= steps:
        x = x - lr * gradient(x)
        k += 1
    return x


def one_step_less(gradient, x, lr, steps):
    for _ in range(1, steps):
        x = x - lr * gradient(x)
    return x


def returns_inside_the_loop(gradient, x, lr, steps):
    for _ in range(steps):
        x = x - lr * gradient(x)
        return x
    return x


def gradient_of_start(gradient, x, lr, steps):
    g = gradient(x)
    for _ in range(steps):
        x = x - g * lr
    return x


def no_rate(gradient, x, lr, steps):
    for _ in range(steps):
        x = x - gradient(x)
    return x


def sign_only(gradient, x, lr, steps):
    for _ in range(steps):
        g = gradient(x)
        x = np.where(g > 0, x - lr, x + lr)
    return x


def normalized(gradient, x, lr, steps):
    for _ in range(steps):
        g = gradient(x)
        x = x - lr * g / np.sqrt((g**2).sum())
    return x


def x_replaced(gradient, x, lr, steps):
    for _ in range(steps):
        x = -lr * gradient(x)
    return x


def not_moved(gradient, x, lr, steps):
    for _ in range(steps):
        new = x - lr * gradient(x)
    return x


def rate_divides(gradient, x, lr, steps):
    for _ in range(steps):
        x = x - gradient(x) / lr
    return x


def changes_argument(gradient, x, lr, steps):
    for _ in range(steps):
        x -= lr * gradient(x)
    return x


def returns_none(gradient, x, lr, steps):
    for _ in range(steps):
        x = x - lr * gradient(x)


def gradient_returned(gradient, x, lr, steps):
    g = gradient(x)
    for _ in range(steps):
        x = x - lr * g
        g = gradient(x)
    return g
