"""Wrong solutions of `adam`."""

import numpy as np


def helper_means(m, v, g, b1=0.9, b2=0.999):
    return m + (1 - b1) * (g - m), v + (1 - b2) * (g * g - v)


def helper_step(w, m, v, lr):
    return w - lr * m / (np.sqrt(v) + 1e-8)


def no_correction(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g)
    return helper_step(w, m, v, lr), m, v


def correction_of_m(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g)
    return helper_step(w, m, v / (1 - 0.999**k), lr), m, v


def correction_of_v(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g)
    return helper_step(w, m / (1 - 0.9**k), v, lr), m, v


def k_not_power(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g)
    return helper_step(w, m / (1 - 0.9), v / (1 - 0.999), lr), m, v


def k_times(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g)
    return helper_step(w, m / (1 - k * 0.9), v / (1 - k * 0.999), lr), m, v


def k_off_by_one(w, m, v, g, k, lr):
    k += 1
    m, v = helper_means(m, v, g)
    return helper_step(w, m / (1 - 0.9**k), v / (1 - 0.999**k), lr), m, v


def betas_swapped(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g, 0.999, 0.9)
    return helper_step(w, m / (1 - 0.9**k), v / (1 - 0.999**k), lr), m, v


def weights_swapped(w, m, v, g, k, lr):
    m, v = (1 - 0.9) * m + 0.9 * g, (1 - 0.999) * v + 0.999 * g * g
    return helper_step(w, m / (1 - 0.9**k), v / (1 - 0.999**k), lr), m, v


def v_not_squared(w, m, v, g, k, lr):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g
    return helper_step(w, m / (1 - 0.9**k), v / (1 - 0.999**k), lr), m, v


def no_root(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g)
    return w - lr * m / (1 - 0.9**k) / (v / (1 - 0.999**k) + 1e-8), m, v


def uphill(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g)
    return helper_step(w, m / (1 - 0.9**k), v / (1 - 0.999**k), -lr), m, v


def g_in_step(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g)
    return helper_step(w, g, v / (1 - 0.999**k), lr), m, v


def sums(w, m, v, g, k, lr):
    m, v = 0.9 * m + g, 0.999 * v + g * g
    return helper_step(w, m / (1 - 0.9**k), v / (1 - 0.999**k), lr), m, v


def keeps_corrected(w, m, v, g, k, lr):
    m, v = helper_means(m, v, g)
    m, v = m / (1 - 0.9**k), v / (1 - 0.999**k)
    return helper_step(w, m, v, lr), m, v


def changes_argument(w, m, v, g, k, lr):
    m += 0.1 * (g - m)
    v += 0.001 * (g**2 - v)
    w -= lr * (m / (1 - 0.9**k)) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)
    return w, m, v
