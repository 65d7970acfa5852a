"""Wrong solutions of `batch-norm-backward`."""

import numpy as np


def helper_steps(dy, x, gamma, through_mean=True, through_var=True):
    """Go back step by step, as the graph has it."""
    n = len(x)
    xc = x - np.mean(x, axis=0)
    var = np.mean(xc**2, axis=0)
    std = np.sqrt(var + 1e-5)
    xn = xc / std
    dgamma, dbeta = np.sum(xn * dy, axis=0), np.sum(dy, axis=0)
    dxn = gamma * dy
    dxc = dxn / std
    if through_var:
        dstd = -np.sum(dxn * xc / std**2, axis=0)
        dxc = dxc + 2 / n * xc * 0.5 * dstd / std
    dmu = np.sum(dxc, axis=0) if through_mean else 0
    return dxc - dmu / n, dgamma, dbeta


def mean_constant(dy, x, gamma):
    return helper_steps(dy, x, gamma, through_mean=False)


def variance_constant(dy, x, gamma):
    return helper_steps(dy, x, gamma, through_var=False)


def both_constant(dy, x, gamma):
    return helper_steps(dy, x, gamma, through_mean=False, through_var=False)


def no_gamma(dy, x, gamma):
    dx, _, _ = helper_steps(dy, x, np.ones_like(gamma))
    return dx, *helper_steps(dy, x, gamma)[1:]


def not_divided_by_s(dy, x, gamma):
    dx, dgamma, dbeta = helper_steps(dy, x, gamma)
    return dx * np.sqrt(np.var(x, axis=0) + 1e-5), dgamma, dbeta


def divided_by_variance(dy, x, gamma):
    dx, dgamma, dbeta = helper_steps(dy, x, gamma)
    return dx / np.sqrt(np.var(x, axis=0) + 1e-5), dgamma, dbeta


def dgamma_of_x(dy, x, gamma):
    dx, _, dbeta = helper_steps(dy, x, gamma)
    return dx, np.sum(x * dy, axis=0), dbeta


def dgamma_no_sum(dy, x, gamma):
    dx, _, dbeta = helper_steps(dy, x, gamma)
    return dx, dy * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5), dbeta


def dbeta_no_sum(dy, x, gamma):
    dx, dgamma, _ = helper_steps(dy, x, gamma)
    return dx, dgamma, dy.copy()


def dbeta_mean(dy, x, gamma):
    dx, dgamma, dbeta = helper_steps(dy, x, gamma)
    return dx, dgamma, dbeta / len(dy)


def dgamma_mean(dy, x, gamma):
    dx, dgamma, dbeta = helper_steps(dy, x, gamma)
    return dx, dgamma / len(dy), dbeta


def dgamma_is_dbeta(dy, x, gamma):
    dx, _, dbeta = helper_steps(dy, x, gamma)
    return dx, dbeta, dbeta


def dbeta_gamma(dy, x, gamma):
    dx, dgamma, dbeta = helper_steps(dy, x, gamma)
    return dx, dgamma, gamma * dbeta


def sums_not_means(dy, x, gamma):
    std = np.sqrt(x.var(0) + 1e-5)
    xn = (x - x.mean(0)) / std
    dx = gamma * (dy - dy.sum(0) - xn * (dy * xn).sum(0)) / std
    return dx, (dy * xn).sum(0), dy.sum(0)


def sample_variance(dy, x, gamma):
    std = np.sqrt(x.std(0, ddof=1) ** 2 + 1e-5)
    xn = (x - x.mean(0)) / std
    dx = gamma * (dy - dy.mean(0) - xn * (dy * xn).mean(0)) / std
    return dx, (dy * xn).sum(0), dy.sum(0)


def sign(dy, x, gamma):
    dx, dgamma, dbeta = helper_steps(dy, x, gamma)
    return -dx, dgamma, dbeta
