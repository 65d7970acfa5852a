"""Diseases of learning: its rate, its steps, and its result.

Each is a function from a case to a sentence, or None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tidu.arrays import Array
from tidu.doctor.case import Case, Measured
from tidu.doctor.trials import OVERFIT_STEPS, STEPS, Trial
from tidu.language import translator
from tidu.network import Network

_ = translator("doctor")

WORTH = 0.1
"""A change of the loss counts if it is this share of the loss of a constant prediction."""
HARDLY = 0.03
"""A learning rate is too low if the loss falls by less than this share of the best rate's fall."""
HAS_LEARNED = 0.8
"""A loss below this part of what not to know costs is that of a network that has learned."""
LEAST_RATIO, MOST_RATIO = 1e-5, 0.3
"""Updates should be about 1e-3 of the weights; beyond these bounds they are off."""

RARE, MISSED, COUNTED = 0.25, 0.1, 5
"""A class is rare below this part of an equal share; it is missed where less than a tenth of it, of
five samples or more, is found."""


def learning_rate_too_high(case: Case) -> str | None:
    """Find a loss that climbs, or numbers that overflow, where a smaller rate lets it fall."""
    now, best = case.rate_trials[0], _best(case)
    if math.isinf(best.after):
        least = min(trial.rate for trial in case.rate_trials)
        return _(
            "with {optimizer!r} at every learning rate that was tried, down to {least:.2g}, "
            "numbers stop being finite within {steps} steps: {why}; let weights start smaller"
        ).format(optimizer=case.optimizer, least=least, steps=STEPS, why=now.why)
    climbs = now.after > now.before + WORTH * case.baseline_loss
    stuck = now.drop <= 0 and best.drop > WORTH * case.baseline_loss
    if best.rate >= now.rate or not (climbs or stuck):
        return None
    return _rate_sentence(case, now, best)


def learning_rate_too_low(case: Case) -> str | None:
    """Find a loss that hardly falls where a rate ten times as large lets it fall far."""
    now, best = case.rate_trials[0], _best(case)
    if best.drop < WORTH * case.baseline_loss or best.rate < 10 * now.rate:
        return None
    if now.drop > HARDLY * best.drop:
        return None
    return _rate_sentence(case, now, best)


def _rate_sentence(case: Case, now: Trial, best: Trial) -> str:
    finite = math.isfinite(now.after)
    after = _("to {now.after:.3g}") if finite else _("out of bounds ({now.why})")
    return _(
        "with {optimizer!r} the loss goes from {before:.3g} {after} in {steps} steps; "
        "of the rates that were tried, {best.rate:.2g} brings it down most, to {best.after:.3g}: "
        "try that"
    ).format(
        optimizer=case.optimizer,
        before=now.before,
        after=after.format(now=now),
        steps=STEPS,
        best=best,
    )


def updates_off(case: Case) -> str | None:
    """Find weights whose updates are out of proportion, while there is still much to learn."""
    now = case.rate_trials[0]
    if now.before < case.baseline_loss / 2:
        return None
    off = {k: r for k, r in now.ratios.items() if not LEAST_RATIO <= r <= MOST_RATIO}
    return updates_sentence(off) if off else None


def updates_sentence(off: dict[str, float]) -> str:
    """Return the sentence on weights whose updates are out of proportion."""
    change = _("{name} changes by {ratio:.1g} of itself")
    return _(
        "in a step {changes}, where about 1e-3 is usual: let those weights start {size} "
        '(initializer="auto"), or take an optimizer that scales each of them, such as Adam'
    ).format(
        changes=_(", ").join(change.format(name=name, ratio=ratio) for name, ratio in off.items()),
        size=_("smaller") if min(off.values()) < LEAST_RATIO else _("larger"),
    )


def cannot_overfit_ten_samples(case: Case) -> str | None:
    """Find that the network cannot overfit even a few samples."""
    before, after = case.overfit_batch
    if after < 0.5 * min(before, case.baseline_loss) or after < WORTH * case.baseline_loss:
        return None
    network = case.network
    frozen = [e.name for e in network.layout.entries if not e.trainable]
    why = _("{names} are frozen; ").format(names=_(", ").join(frozen)) if frozen else ""
    if network.penalty is not None:
        why += _("the penalty is {penalty!r}; ").format(penalty=network.penalty)
    return _(
        "after {steps} steps of Adam on {samples} samples alone, the loss on them "
        "is {after:.3g} and was {before:.3g}: {why}look for equal inputs with different targets, "
        "a layer too narrow, or a backward pass that is wrong (check_gradients)"
    ).format(steps=OVERFIT_STEPS, samples=len(case.few), after=after, before=before, why=why)


def rare_classes_missed(case: Case) -> str | None:
    """Find rare classes that a network never predicts, which its accuracy does not show."""
    network, x, t = case.network, case.x[case.rows], case.targets[case.rows]
    link = network.loss_function.link
    if link not in ("softmax", "sigmoid") or case.seen.loss > HAS_LEARNED * case.baseline_loss:
        return None
    if link == "softmax":
        names = network.classes or range(t.shape[-1])
        return missed_class(network, x, t.argmax(axis=-1), names)
    if t.shape[1:] != (1,):
        return None
    return missed_class(network, x, (t[:, 0] > 0.5).astype(int), (0, 1))


def missed_class(network: Network, x: Array, t: np.ndarray, names: Sequence[object]) -> str | None:
    """Return the sentence on the rarest class that a network misses, or None.

    Nothing is said where the loss weights the classes already.
    """
    if getattr(network.loss_function, "class_weights", None) is not None:
        return None
    return missed_sentence(t, network.predict(x), names)


def missed_sentence(t: np.ndarray, predicted: np.ndarray, names: Sequence[object]) -> str | None:
    """Return the sentence on the rarest class that is missed, or None.

    Examples
    --------
    >>> t = np.repeat([0, 1], [95, 5])
    >>> missed_sentence(t, 0 * t, ("no", "yes")).split(":")[0]
    "class 'yes' is 5 % of the samples, and the network finds 0 of these 5"
    """
    counts = np.bincount(t, minlength=len(names))
    found = np.bincount(t[predicted == t], minlength=len(names))
    rare = (counts >= COUNTED) & (counts < RARE * len(t) / len(names)) & (found < MISSED * counts)
    if not rare.any():
        return None
    k, most = int(np.where(rare, counts, len(t)).argmin()), int(counts.argmax())
    share, accuracy = 100 * counts / len(t), 100 * found.sum() / len(t)
    return _(
        "class {name!r} is {share:.2g} % of the samples, and the network finds "
        "{found} of these {count}: an accuracy of {accuracy:.1f} % hides it, where always "
        "answering {most!r} has {share_of_most:.1f} %; let all classes count alike "
        '(--balanced of tidu train, class_weight="balanced" of NetworkClassifier, class_weights of '
        "SoftmaxCrossEntropy, or sample_weight)"
    ).format(
        name=str(names[k]),
        share=share[k],
        found=found[k],
        count=counts[k],
        accuracy=accuracy,
        most=str(names[most]),
        share_of_most=share[most],
    )


def train_test_gap(case: Case) -> str | None:
    """Find held-out data that are predicted much worse than the data learned from."""
    if case.measured is None:
        return None
    return gap_sentence(*case.measured, case.baseline_loss, len(case.held_out[0]))


def gap_sentence(known: Measured, held_out: Measured, baseline_loss: float, n: int) -> str | None:
    """Return the sentence on a gap of a tenth that is beyond the sampling error of n, or None."""
    (loss, accuracy), (held_out_loss, held_out_accuracy) = known, held_out
    if accuracy is not None and held_out_accuracy is not None:
        chance = 2 * math.sqrt(max(accuracy * (1 - accuracy), 0.25 / n) / n)
        wide = accuracy - held_out_accuracy > WORTH + chance
        gap = _(
            "accuracy is {known:.1f} % on the data it learns from and "
            "{held_out:.1f} % on those it does not"
        ).format(known=100 * accuracy, held_out=100 * held_out_accuracy)
    else:
        wide = held_out_loss > 3 * loss and held_out_loss - loss > WORTH * baseline_loss
        gap = _(
            "the loss is {known:.3g} on the data it learns from and {held_out:.3g} on "
            "those it does not"
        ).format(known=loss, held_out=held_out_loss)
    if not wide:
        return None
    return _(
        "{gap}: it overfits; take more data, L2(1e-4), Dropout(0.5), a smaller network, "
        "or EarlyStopping"
    ).format(gap=gap)


def _best(case: Case) -> Trial:
    return min(case.rate_trials, key=lambda trial: trial.after)
