"""Wrong solutions of `early-stopping`."""

import numpy as np


def helper_run(losses, patience, strict=True, reset=True, limit=0):
    low, best, bad, last = np.inf, 0, 0, 0
    for i in range(len(losses)):
        last = i
        if losses[i] < low or (not strict and losses[i] == low):
            low, best = losses[i], i
            if reset:
                bad = 0
        else:
            bad += 1
        if bad >= patience + limit:
            break
    return best, last


def looks_ahead(losses, patience):
    _, last = helper_run(losses, patience)
    return losses.tolist().index(min(losses)), last


def previous_not_best(losses, patience):
    best = bad = 0
    for i in range(1, len(losses)):
        if losses[i] < losses[i - 1]:
            best, bad = i, 0
        else:
            bad += 1
            if bad == patience:
                return best, i
    return best, len(losses) - 1


def waits_one_more(losses, patience):
    return helper_run(losses, patience, limit=1)


def waits_one_less(losses, patience):
    return helper_run(losses, patience, limit=-1)


def never_reset(losses, patience):
    return helper_run(losses, patience, reset=False)


def equal_counts(losses, patience):
    return helper_run(losses, patience, strict=False)


def no_patience(losses, patience):
    return helper_run(losses, 1)


def never_stops(losses, patience):
    return int(np.argmin(losses)), len(losses) - 1


def best_is_last(losses, patience):
    _, last = helper_run(losses, patience)
    return last, last


def last_is_best(losses, patience):
    best, _ = helper_run(losses, patience)
    return best, best


def swapped(losses, patience):
    best, last = helper_run(losses, patience)
    return last, best


def counts_from_1(losses, patience):
    best, last = helper_run(losses, patience)
    return best + 1, last + 1


def number_of_epochs(losses, patience):
    best, last = helper_run(losses, patience)
    return best, last + 1


def values(losses, patience):
    best, last = helper_run(losses, patience)
    return losses[best], losses[last]


def returns_none(losses, patience):
    helper_run(losses, patience)


def highest(losses, patience):
    return helper_run([-loss for loss in losses], patience)
