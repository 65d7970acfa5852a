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
from tidu.network import Network

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
        return (
            f"with {case.optimizer!r} at every learning rate that was tried, down to {least:.2g}, "
            f"numbers stop being finite within {STEPS} steps: {now.why}; let weights start smaller"
        )
    climbs = now.after > now.before + WORTH * case.baseline_loss
    stuck = now.drop <= 0 and best.drop > WORTH * case.baseline_loss
    if best.rate >= now.rate or not (climbs or stuck):
        return None
    after = f"to {now.after:.3g}" if math.isfinite(now.after) else f"out of bounds ({now.why})"
    return (
        f"with {case.optimizer!r} the loss goes from {now.before:.3g} {after} in {STEPS} steps; "
        f"of the rates that were tried, {best.rate:.2g} brings it down most, to {best.after:.3g}: "
        "try that"
    )


def learning_rate_too_low(case: Case) -> str | None:
    """Find a loss that hardly falls where a rate ten times as large lets it fall far."""
    now, best = case.rate_trials[0], _best(case)
    if best.drop < WORTH * case.baseline_loss or best.rate < 10 * now.rate:
        return None
    if now.drop > HARDLY * best.drop:
        return None
    return (
        f"with {case.optimizer!r} the loss goes from {now.before:.3g} to {now.after:.3g} in "
        f"{STEPS} steps; of the rates that were tried, {best.rate:.2g} brings it down most, to "
        f"{best.after:.3g}: try that"
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
    listed = ", ".join(f"{name} changes by {ratio:.1g} of itself" for name, ratio in off.items())
    return (
        f"in a step {listed}, where about 1e-3 is usual: let those weights start "
        f"{'smaller' if min(off.values()) < LEAST_RATIO else 'larger'} "
        '(initializer="auto"), or take an optimizer that scales each of them, such as Adam'
    )


def cannot_overfit_ten_samples(case: Case) -> str | None:
    """Find that the network cannot overfit even a few samples."""
    before, after = case.overfit_batch
    if after < 0.5 * min(before, case.baseline_loss) or after < WORTH * case.baseline_loss:
        return None
    network = case.network
    frozen = [e.name for e in network.layout.entries if not e.trainable]
    why = f"{', '.join(frozen)} are frozen; " if frozen else ""
    why += f"the penalty is {network.penalty!r}; " if network.penalty is not None else ""
    return (
        f"after {OVERFIT_STEPS} steps of Adam on {len(case.few)} samples alone, the loss on them "
        f"is {after:.3g} and was {before:.3g}: {why}look for equal inputs with different targets, "
        "a layer too narrow, or a backward pass that is wrong (check_gradients)"
    )


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
    return (
        f"class {str(names[k])!r} is {share[k]:.2g} % of the samples, and the network finds "
        f"{found[k]} of these {counts[k]}: an accuracy of {accuracy:.1f} % hides it, where always "
        f"answering {str(names[most])!r} has {share[most]:.1f} %; let all classes count alike "
        '(--balanced of tidu train, class_weight="balanced" of NetworkClassifier, class_weights of '
        "SoftmaxCrossEntropy, or sample_weight)"
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
        sentence = f"accuracy is {100 * accuracy:.1f} % on the data it learns from and "
        sentence += f"{100 * held_out_accuracy:.1f} % on those it does not"
    else:
        wide = held_out_loss > 3 * loss and held_out_loss - loss > WORTH * baseline_loss
        sentence = f"the loss is {loss:.3g} on the data it learns from and {held_out_loss:.3g} on "
        sentence += "those it does not"
    if not wide:
        return None
    return (
        f"{sentence}: it overfits; take more data, L2(1e-4), Dropout(0.5), a smaller network, "
        "or EarlyStopping"
    )


def _best(case: Case) -> Trial:
    return min(case.rate_trials, key=lambda trial: trial.after)
