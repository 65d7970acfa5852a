"""Wrong solutions of `bug-penalty`."""

import numpy as np


def helper_data(x, t, w, b):
    r = np.dot(x, w) + b - t
    return np.sum(r**2) / 2 / len(r), np.dot(x.T, r) / len(r), np.sum(r) / len(r)


def helper_loss(loss, w, strength):
    return loss + strength * np.dot(w, w) / 2


def not_in_gradient(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw, db


def not_in_loss(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return loss, dw + strength * w, db


def nowhere(x, t, w, b, strength):
    return helper_data(x, t, w, b)


def doubled(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + 2 * strength * w, db


def halved(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + strength * w / 2, db


def value_in_gradient(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + helper_loss(0, w, strength), db


def squares_in_gradient(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + strength * w * w / 2, db


def minus(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw - strength * w, db


def bias_penalized(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + strength * w, db + strength * b


def l1_slope(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + np.where(w > 0, strength, -strength), db


def sum_of_w(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + strength * np.sum(w), db


def strength_alone(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + strength, db


def divided_by_n(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + strength * w / len(t), db


def instead(x, t, w, b, strength):
    loss, _, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), strength * w, db


def sign(x, t, w, b, strength):
    loss, dw, db = helper_data(x, t, w, b)
    return helper_loss(loss, w, strength), dw + strength * w, -db
