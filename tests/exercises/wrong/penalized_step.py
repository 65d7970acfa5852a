"""Wrong solutions of `penalized-step`."""

import numpy as np


def helper_l1(w, g, lr, lam):
    return w - lr * g - lr * lam * np.sign(w)


def helper_l2(w, g, lr, lam):
    return (1 - lr * lam) * w - lr * g


def l1_scales(w, g, lr, strength):
    l1 = w * (1 - lr * strength * np.sign(w)) - lr * g
    return l1, helper_l2(w, g, lr, strength)


def l1_scales__abs(w, g, lr, strength):
    return w - lr * (g + strength * abs(w)), helper_l2(w, g, lr, strength)


def l1_is_l2(w, g, lr, strength):
    both = helper_l2(w, g, lr, strength)
    return both, both


def l1_one(w, g, lr, strength):
    return w - lr * (strength + g), helper_l2(w, g, lr, strength)


def l1_sign_of_g(w, g, lr, strength):
    return w - lr * g - lr * strength * np.sign(g), helper_l2(w, g, lr, strength)


def l2_doubled(w, g, lr, strength):
    return helper_l1(w, g, lr, strength), helper_l2(w, g, lr, strength) - lr * strength * w


def l2_halved(w, g, lr, strength):
    return helper_l1(w, g, lr, strength), w - lr * g - 0.5 * lr * strength * w


def l2_value(w, g, lr, strength):
    return helper_l1(w, g, lr, strength), w - lr * (g + strength * w * w / 2)


def l2_is_l1(w, g, lr, strength):
    one = helper_l1(w, g, lr, strength)
    return one, one


def grows(w, g, lr, strength):
    return helper_l1(w, g, lr, -strength), helper_l2(w, g, lr, -strength)


def no_penalty(w, g, lr, strength):
    step = w - lr * g
    return step, step


def without_rate(w, g, lr, strength):
    return w - lr * g - strength * np.sign(w), (1 - strength) * w - lr * g


def only_penalty(w, g, lr, strength):
    return helper_l1(w, 0 * g, lr, strength), helper_l2(w, 0 * g, lr, strength)


def after_the_step(w, g, lr, strength):
    moved = w - lr * g
    return helper_l1(moved, 0, lr, strength), helper_l2(moved, 0, lr, strength)


def wrong_kind__one(w, g, lr, strength):
    return None, helper_l2(w, g, lr, strength)
