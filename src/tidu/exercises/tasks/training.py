"""When to stop."""

import numpy as np

from tidu.exercises.exercise import exercise, mistake


def _losses(rng):
    def curve(*values):
        return np.round(np.array(values) + rng.integers(1, 9) / 1000, 3)

    return [
        {"losses": curve(0.9, 0.7, 0.6, 0.65, 0.62, 0.64, 0.5, 0.4), "patience": 3},
        {"losses": curve(1.0, 0.8, 0.85, 0.7, 0.75, 0.72, 0.71, 0.74, 0.3), "patience": 4},
        {"losses": curve(0.5, 0.4, 0.3, 0.2), "patience": 2},
        {"losses": curve(0.5, 0.6, 0.4, 0.45, 0.41, 0.42), "patience": 2},
        {"losses": curve(0.5, 0.5, 0.5, 0.1), "patience": 2},
        {"losses": curve(0.9, 0.8, 0.85, 0.82, 0.84, 0.83, 0.1), "patience": 3},
    ]


@exercise(
    "Early stopping",
    results="best last",
    inputs=_losses,
    mistakes=[
        mistake("looks-ahead", "the best epoch is looked for in all losses: when training stops, "
                "those that follow are not known", "return best, epoch",
                "return int(np.argmin(losses)), epoch"),
        mistake("previous-not-best", "each loss is compared with that before it: compare it with "
                "the best so far", "loss < losses[best]", "epoch == 0 or loss < losses[epoch - 1]"),
        mistake("waits-one-more",
                "it waits an epoch too many: stop when `patience` epochs in a row "
                "brought nothing", "waited == patience", "waited > patience"),
        mistake("waits-one-less", "it stops an epoch too early",
                "waited == patience", "waited == patience - 1"),
        mistake("never-reset", "the count is not reset at a new best: only epochs *in a row* count",
                "best, waited = epoch, 0", "best = epoch"),
        mistake("equal-counts", "an equal loss counts as an improvement: it must be lower",
                "loss < losses[best]", "loss <= losses[best]"),
        mistake("no-patience", "it stops at the first epoch that is no better: wait for `patience` "
                "of them", "waited == patience", "waited"),
        mistake("never-stops", "it never stops before the end", "waited == patience", "False"),
        mistake("best-is-last", "the last epoch is returned as the best one",
                "return best, epoch", "return epoch, epoch"),
        mistake("last-is-best", "the best epoch is returned as the last one",
                "return best, epoch", "return best, best"),
        mistake("swapped", "the two are swapped: first the best, then the last epoch",
                "return best, epoch", "return epoch, best"),
        mistake("highest", "it looks for the highest loss", "loss < losses[best]",
                "loss > losses[best]"),
        mistake("counts-from-1", "epochs count from 0: the first loss is that of epoch 0",
                "return best, epoch", "return best + 1, epoch + 1"),
        mistake("number-of-epochs", "`last` is the number of epochs: it is the index of the last "
                "one, counted from 0", "return best, epoch", "return best, epoch + 1"),
        mistake("values", "these are losses: return the epochs",
                "return best, epoch", "return losses[best], losses[epoch]"),
    ],
)  # fmt: skip
def early_stopping(losses, patience):
    """Return the best epoch and the last one, if training stops early; epochs count from 0.

    losses are those on data that is not learned from, one for each epoch. Training stops after
    `patience` epochs in a row that were not below the lowest loss so far; else at the end.
    """
    best, waited = 0, 0
    for epoch, loss in enumerate(losses):
        if epoch == 0 or loss < losses[best]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch
