"""The figure of a diagnosis: activations, gradients and updates, layer by layer."""

from __future__ import annotations

import math
from typing import Any

from tidu.arrays import described
from tidu.doctor import Diagnosis
from tidu.doctor.learning import LEAST_RATIO, MOST_RATIO
from tidu.doctor.observe import LayerSeen
from tidu.doctor.trials import STEPS, Trial
from tidu.errors import InputError
from tidu.language import translator
from tidu.plots.style import Theme, new_figure, styled, whole_percent, write_status

_ = translator("library")

_FAR = 100  # activations beyond this are drawn on a scale of powers of 10


def diagnosis(diagnosis: Diagnosis, *, theme: str = "light") -> Any:
    """Draw what passes through each layer, what comes back, how far weights move, and the rates.

    Layers run from the top down, as data pass through them. Activations are the mean of each
    layer's output, with a bar of one standard deviation to each side. Gradients are the norm of the
    gradient of the loss with respect to that output, in orange where the layer has weights. Updates
    are the size of a step divided by the size of the weight, with a line at 1e-3. The last part is
    the loss after some steps at each learning rate; the one in use is orange.

    Parameters
    ----------
    diagnosis
        What `Network.diagnose` returns. Trials that it did not need are run now.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, InputError
        If ``diagnosis`` is not a diagnosis, or the numbers of the network are not finite.

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> net = td.Network([td.Affine(8), td.ReLU(), td.Affine(1)], 2, td.MeanSquaredError())
    >>> figure = net.diagnose(x, x[:, :1]).plot()
    >>> [axes.get_title(loc="left") for axes in figure.axes][:3]
    ['activations', 'gradients', 'updates / weights']
    """
    if not isinstance(diagnosis, Diagnosis):
        raise TypeError(f"`diagnosis` must be what diagnose returns, got {described(diagnosis)}")
    found = "; ".join(finding.name for finding in diagnosis.findings)
    case = diagnosis.case
    if case.seen.first_nonfinite:
        raise InputError(f"`diagnosis` holds no finite numbers to draw: {found}")
    layers = case.seen.layers
    with styled(theme) as look:
        figure = new_figure(height=max(5.6, 3.6 + 0.24 * len(layers)))
        write_status(figure, found or _("healthy"), look)
        grid = figure.add_gridspec(2, 3, height_ratios=(max(2.4, 0.24 * len(layers)), 2.2))
        first = figure.add_subplot(grid[0, 0])
        draw_activations(first, layers, look)
        draw_gradients(figure.add_subplot(grid[0, 1], sharey=first), layers, look)
        draw_updates(figure.add_subplot(grid[0, 2]), case.rate_trials[0].ratios, look)
        draw_rates(figure.add_subplot(grid[1, :]), case.rate_trials, case.baseline_loss, look)
    return figure


def draw_activations(axes: Any, layers: list[LayerSeen], look: Theme) -> None:
    """Draw mean and spread of each layer's output."""
    places = range(len(layers))
    means, stds = [seen.mean for seen in layers], [seen.std for seen in layers]
    axes.errorbar(means, places, xerr=stds, fmt="o", color=look.blue, markersize=4, capsize=2)
    axes.axvline(0, color=look.faint, linewidth=0.8)
    most = max((abs(mean) + std for mean, std in zip(means, stds, strict=True)), default=0.0)
    if most > _FAR:
        axes.set_xscale("symlog", linthresh=1)
        far = 10.0 ** math.floor(math.log10(most))
        axes.set_xticks([-far, 0, far])
    axes.set_yticks(places, [_marked(seen) for seen in layers])
    axes.set_ylim(len(layers) - 0.5, -0.5)
    axes.set_xlabel(_("output: mean ± one standard deviation"))
    axes.set_title(_("activations"))


def draw_gradients(axes: Any, layers: list[LayerSeen], look: Theme) -> None:
    """Draw the norm of the gradient with respect to each layer's output; 0 is left out."""
    for place, seen in enumerate(layers):
        if seen.gradient > 0:
            colour = look.orange if seen.weights else look.blue
            axes.plot(seen.gradient, place, "o", color=colour, markersize=5)
    axes.set_xscale("log")
    axes.tick_params(labelleft=False)
    axes.set_xlabel(_("norm of dL/d output"))
    axes.set_title(_("gradients"))
    _widen(axes, 100)


def draw_updates(axes: Any, ratios: dict[str, float], look: Theme) -> None:
    """Draw the size of an update divided by the size of the weight."""
    for place, ratio in enumerate(ratios.values()):
        if 0 < ratio < math.inf:
            off = not LEAST_RATIO <= ratio <= MOST_RATIO
            axes.plot(ratio, place, "o", color=look.orange if off else look.blue, markersize=5)
    axes.set_xscale("log")
    axes.axvline(1e-3, color=look.faint, linewidth=0.8)
    axes.set_yticks(range(len(ratios)), list(ratios))
    axes.set_ylim(len(ratios) - 0.5, -0.5)
    axes.set_xlabel(_("size of step / size of weight"))
    axes.set_title(_("updates / weights"))
    left, right = axes.get_xlim()
    axes.set_xlim(min(left, 1e-4), max(right, 1e-2))


def draw_rates(axes: Any, tried: list[Trial], baseline_loss: float, look: Theme) -> None:
    """Draw the loss after some steps at each learning rate."""
    trials = sorted(tried, key=lambda trial: trial.rate)
    finite = [trial for trial in trials if math.isfinite(trial.after)]
    lost = [trial.rate for trial in trials if not math.isfinite(trial.after)]
    axes.plot([t.rate for t in finite], [t.after for t in finite], "o-", color=look.blue)
    now = tried[0]
    if math.isfinite(now.after):
        axes.plot(now.rate, now.after, "o", color=look.orange, markersize=8, label=_("in use"))
    axes.axhline(now.before, color=look.faint, linewidth=0.8, linestyle="--", label=_("before"))
    for i, rate in enumerate(lost):
        label = None if i else _("not finite")
        axes.axvline(rate, color=look.purple, linestyle=":", label=label)
    axes.set_xscale("log")
    top = 2 * max(now.before, baseline_loss)
    if any(trial.after > top for trial in finite):
        axes.set_ylim(-0.05 * top, top)
    axes.set_xlabel(_("learning rate"))
    axes.set_ylabel(_("loss"))
    axes.set_title(_("the loss after {steps} steps at other learning rates").format(steps=STEPS))
    axes.legend(frameon=False, labelcolor=look.ink)


def _marked(seen: LayerSeen) -> str:
    if seen.dead > 0:
        return _("{name} ({dead} dead)").format(name=seen.name, dead=whole_percent(seen.dead))
    flat = (
        _(" ({saturated} flat)").format(saturated=whole_percent(seen.saturated))
        if seen.saturated > 0
        else ""
    )
    return seen.name + flat


def _widen(axes: Any, least: float) -> None:
    left, right = axes.get_xlim()
    if right < least * left:
        middle = math.sqrt(left * right)
        axes.set_xlim(middle / math.sqrt(least), middle * math.sqrt(least))
