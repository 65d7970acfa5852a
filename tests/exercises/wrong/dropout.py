"""Wrong solutions of `dropout`."""

import numpy as np


def not_scaled(x, u, share, training):
    if not training:
        return x
    return np.where(u < share, 0, x)


def scaled_at_test(x, u, share, training):
    if training:
        mask = u >= share
        return x * mask
    else:
        return x * (1.0 - share)


def multiplied(x, u, share, training):
    return np.where(u < share, 0, x * (1 - share)) if training else x


def divided_by_share(x, u, share, training):
    return np.where(u < share, 0, x / share) if training else x


def keeps_the_share(x, u, share, training):
    return np.where(u > share, 0, x / (1 - share)) if training else x


def keeps_the_share__scaled(x, u, share, training):
    keep = u < share
    return x * keep / share if training else x


def drops_at_test(x, u, share, training):
    return x * (u >= share) / (1 - share)


def only_at_test(x, u, share, training):
    if training:
        return x
    return np.where(u >= share, x / (1 - share), 0)


def mask_returned(x, u, share, training):
    return (u >= share) / (1 - share) if training else x


def noise_multiplied(x, u, share, training):
    return x * u / (1 - share) if training else x


def other_mask(x, u, share, training):
    keep = 1 - share
    return np.where(u <= keep, x / keep, 0) if training else x


def half(x, u, share, training):
    return np.where(u >= 0.5, x, 0) / (1 - share) if training else x


def never_drops(x, u, share, training):
    return x


def changes_argument(x, u, share, training):
    if training:
        x[u < share] = 0
        return x / (1 - share)
    return x


def returns_none(x, u, share, training):
    if training:
        return x * (u >= share) / (1 - share)


def mean_kept(x, u, share, training):
    mask = u >= share
    return x * mask / np.mean(mask) if training else x
