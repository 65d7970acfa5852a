"""Diseases of the activations and gradients that pass through the layers.

Each is a function from a case to a sentence, or None.
"""

from __future__ import annotations

import math

from tidu.doctor.case import Case
from tidu.doctor.observe import LayerSeen
from tidu.language import translator

_ = translator("doctor")

MOST = 0.5
"""A layer is diseased if at least this share of its units is dead."""
MOST_SATURATED = 0.6
OFF = 0.5
"""How far running averages may shift the features: root mean square, in standard deviations."""
VANISHED, EXPLODED = 1e-3, 1e3
"""Bounds of the gradient at the first weights divided by that at the last."""


def not_finite(case: Case) -> str | None:
    """Find the operation that gives NaN or infinities."""
    if not case.seen.first_nonfinite:
        return None
    step = 1 + (case.network.run.step if case.network.run is not None else 0)
    return _(
        "NaN or infinity first arises in step {step}, in {place}; what comes "
        "before it is finite: look there for a division by 0, the log or root of a number not "
        "above 0, or exp of a large one"
    ).format(step=step, place=case.seen.first_nonfinite)


def dead_relus(case: Case) -> str | None:
    """Find ReLU layers whose units are 0 for every sample."""
    dead = [seen for seen in case.seen.layers if seen.dead >= MOST]
    return dead_sentence(dead, len(case.rows)) if dead else None


def dead_sentence(dead: list[LayerSeen], samples: int) -> str:
    """Return the sentence on layers with dead units."""
    units = _("{percent:.0f} % of {name}'s units")
    return _(
        "{listed} are 0 for all of {samples} samples, so nothing reaches the weights before "
        'them: start again with initializer="auto" and biases of 0, take a lower learning rate, '
        "or LeakyReLU"
    ).format(
        listed=_(", ").join(units.format(percent=100 * seen.dead, name=seen.name) for seen in dead),
        samples=samples,
    )


def saturated_units(case: Case) -> str | None:
    """Find sigmoids and tanhs that are nearly flat; the last layer may be."""
    flat = [seen for seen in case.seen.layers[:-1] if seen.saturated >= MOST_SATURATED]
    if not flat:
        return None
    outputs = _("{percent:.0f} % of {name}'s outputs")
    return _(
        "{listed} are at the ends of its range, where its slope is below 2 % of the greatest: "
        'the weights before it are too large; start with initializer="auto", take a lower '
        "learning rate, or put BatchNorm() before it"
    ).format(
        listed=_(", ").join(
            outputs.format(percent=100 * seen.saturated, name=seen.name) for seen in flat
        )
    )


def running_averages_off(case: Case) -> str | None:
    """Find running averages of a BatchNorm that do not fit these data."""
    off = next((seen for seen in case.seen.layers if seen.off > OFF), None)
    if off is None:
        return None
    return _(
        "the running averages of {name} do not fit these data: they take its output "
        "{off:.2g} spreads from where the mean and the variance of {samples} samples "
        "take it, and so predictions differ from what was learned: look whether these are the "
        "data that the network learned from, in the same units; or train on, at a lower learning "
        "rate"
    ).format(name=off.name, off=off.off, samples=len(case.rows))


def gradients_vanish(case: Case) -> str | None:
    """Find gradients that are lost on the way to the first layers."""
    found = _way_back(case)
    if found is None or found[2] > VANISHED:
        return None
    return _gradient_sentence(*found) + _(
        'they vanish: take ReLU, initializer="auto", BatchNorm() or Residual blocks, or fewer '
        "layers"
    )


def gradients_explode(case: Case) -> str | None:
    """Find gradients that grow on the way to the first layers."""
    found = _way_back(case)
    if found is None or found[2] < EXPLODED:
        return None
    return _gradient_sentence(*found) + _(
        'they explode: the weights are too large; take initializer="auto" or BatchNorm(), and '
        "ClipByNorm around the optimizer"
    )


def _way_back(case: Case) -> tuple[LayerSeen, LayerSeen, float] | None:
    learning = [seen for seen in case.seen.layers if seen.weights]
    if len(learning) < 2 or not learning[-1].gradient:
        return None
    first, last = learning[0], learning[-1]
    return first, last, first.gradient / last.gradient


def _gradient_sentence(first: LayerSeen, last: LayerSeen, ratio: float) -> str:
    return _(
        "the gradient is {last.gradient:.2g} at {last.name} and {first.gradient:.2g} at "
        "{first.name}, {ratio:.2g} times as large: on the way back "
    ).format(last=last, first=first, ratio=ratio)


def loss_at_the_start(case: Case) -> str | None:
    """Find a loss far above that of a constant prediction."""
    loss, baseline_loss = case.seen.loss, case.baseline_loss
    link = case.network.loss_function.link
    of_values = link in ("identity", "exp")
    limit = 10 * baseline_loss if of_values else baseline_loss + max(1.5, baseline_loss)
    if loss <= limit:
        return None
    baseline = {
        "softmax": _("guessing gives ln {outputs} = {loss:.3g}"),
        "sigmoid": _("guessing gives ln 2 an output, {loss:.3g}"),
    }.get(link, _("predicting the targets' mean gives {loss:.3g}"))
    last = next((seen for seen in reversed(case.seen.layers) if seen.weights), None)
    weights = f" ({', '.join(last.weights)})" if last is not None else ""
    return _(
        "the loss is {loss:.3g}, where {baseline}: the scores are spread by {size:.2g}, "
        "too confident; let the last weights{weights} start smaller, or look whether these "
        "are the data that the network learned from"
    ).format(
        loss=loss,
        baseline=baseline.format(outputs=case.network.output_shape[-1], loss=baseline_loss),
        size=case.seen.layers[-1].std if case.seen.layers else math.nan,
        weights=weights,
    )
