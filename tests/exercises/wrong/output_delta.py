"""Wrong solutions of `output-delta`."""

import numpy as np


def helper_sigma(z):
    return np.exp(z) / (1 + np.exp(z))


def swapped(z, t):
    a = helper_sigma(z)
    return a - t, (a - t) * a * (1 - a)


def quadratic_no_slope(z, t):
    a = helper_sigma(z)
    return a - t, a - t


def crossentropy_slope(z, t):
    a = helper_sigma(z)
    d = (a - t) * (a - a**2)
    return d, d


def sign(z, t):
    a = helper_sigma(z)
    return (t - a) * a * (1 - a), t - a


def z_not_a(z, t):
    return (z - t) * z * (1 - z), z - t


def slope_of_a(z, t):
    a = helper_sigma(z)
    s = helper_sigma(a)
    return (a - t) * s * (1 - s), a - t


def slope_half(z, t):
    a = helper_sigma(z)
    return a * (a - t), a - t


def tanh_slope(z, t):
    a = helper_sigma(z)
    return (a - t) * (1 - a * a), a - t


def doubled(z, t):
    a = helper_sigma(z)
    return 2 * (a - t) * a * (1 - a), a - t


def z_slope(z, t):
    a = helper_sigma(z)
    return (a - t) * z * (1 - z), a - t


def divides(z, t):
    a = helper_sigma(z)
    return (a - t) / (a * (1 - a)), a - t


def gradient_of_a(z, t):
    a = helper_sigma(z)
    return (a - t) * a * (1 - a), (1 - t) / (1 - a) - t / a


def precedence(z, t):
    a = helper_sigma(z)
    return a - t * a * (1 - a), a - t


def wrong_kind__one(z, t):
    a = helper_sigma(z)
    return {"quadratic": (a - t) * a * (1 - a)}


def cost(z, t):
    a = helper_sigma(z)
    return (a - t) ** 2 / 2, a - t
