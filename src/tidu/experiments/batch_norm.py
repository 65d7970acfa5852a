"""What batch normalization does to learning, over many scales of the initial weights."""

from __future__ import annotations

import warnings
from typing import Annotated, Any

import numpy as np

from tidu.errors import TrainingStoppedWarning
from tidu.experiments.experiment import experiment
from tidu.experiments.images import deep_network, images
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.initializers import Normal
from tidu.language import translator
from tidu.layers import BatchNorm
from tidu.optimizers import SGD
from tidu.plots.style import Theme, new_figure
from tidu.recipes.signature import Seed, Setting

_ = translator("experiments")

EPS = 1e-7
"""The course's; the usual 1e-5 is as large as the variances that the smallest weights give."""


@experiment(
    "batch-norm",
    title="Batch normalization: learning from weights of any size",
    quick={"epochs": 3, "scales": 4},
)
def batch_norm(
    *,
    scales: Annotated[int, Setting("how many weight scales, from 1 to 1e-4", 2, 100)] = 16,
    samples: Annotated[int, Setting("how many training images", 100, 60_000)] = 1000,
    epochs: Annotated[int, Setting("how many epochs", 1, 1000)] = 20,
    lr: Annotated[float, Setting("learning rate", 0, 100)] = 0.01,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train 784-100-100-100-100-100-10 with and without it, for each scale of initial weights.

    Examples
    --------
    >>> result = batch_norm(scales=2, epochs=1)
    >>> result.numbers["scales"]
    array([1.e+00, 1.e-04])
    """
    train, _test, note = images()
    train = train[:samples]
    stds = np.logspace(0, -4, scales)
    curves: dict[str, list[list[float]]] = {"with": [], "without": []}
    for std in progress(stds, _("weight scales")):
        for name, norm in (("with", BatchNorm(eps=EPS)), ("without", None)):
            net = deep_network(train, [100] * 5, Normal(float(std)), norm=norm, seed=seed)
            with warnings.catch_warnings():
                # From weights of size 1 a network without it may overflow: that is the finding.
                warnings.simplefilter("ignore", TrainingStoppedWarning)
                history = net.fit(
                    train.x, train.t, optimizer=SGD(lr), epochs=epochs, progress=False
                )
            curves[name].append([row["accuracy"] for row in history])
    end = {
        name: np.array([rows[-1] if len(rows) == epochs else 0.1 for rows in runs])
        for name, runs in curves.items()
    }
    better = end["with"] > end["without"]

    return Result(
        numbers={
            "scales": stds,
            "with": end["with"],
            "without": end["without"],
            "better_with": int(better.sum()),
            "curves": curves,
        },
        tables=[
            Table(
                _("training accuracy after {epochs} epochs").format(epochs=epochs),
                (_("std of the weights"), _("with"), _("without")),
                [
                    (f"{s:.2e}", f"{100 * a:.1f} %", f"{100 * b:.1f} %")
                    for s, a, b in zip(stds, end["with"], end["without"], strict=True)
                ],
            )
        ],
        see=note
        + _(
            "With batch normalization the end is better for {better} of "
            "{scales} scales. Each layer's outputs are brought back to "
            "mean 0 and standard deviation 1, whatever the size of the "
            "weights; without it, signals vanish or explode from layer "
            "to layer."
        ).format(better=int(better.sum()), scales=scales),
    )


@batch_norm.draws
def draw_batch_norm(record: Record, look: Theme) -> Any:
    """Draw the accuracy of every epoch, a panel for each scale."""
    numbers, epochs = record["numbers"], record["settings"]["epochs"]
    stds, curves = numbers["scales"], numbers["curves"]
    scales = len(stds)
    across = min(scales, 4)
    down = -(-scales // across)
    figure = new_figure(height=1.5 * down + 0.8)
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    for ax in panels.flat[scales:]:
        ax.axis("off")
    for k, (ax, std) in enumerate(zip(panels.flat, stds, strict=False)):
        for name, colour in (("without", look.orange), ("with", look.blue)):
            rows = curves[name][k]
            ax.plot(range(1, len(rows) + 1), [100 * r for r in rows], color=colour)
            if len(rows) < epochs:
                ax.text(0.96, 0.06, _("overflows"), color=colour, ha="right",
                        transform=ax.transAxes)  # fmt: skip
        ax.set_title(_("std {std:.2g}").format(std=std))
        ax.set(ylim=(0, 103))
    panels[0, 0].text(
        0.04, 0.9, _("with"), color=look.blue, transform=panels[0, 0].transAxes, va="top"
    )
    panels[0, 0].text(
        0.04, 0.74, _("without"), color=look.orange, transform=panels[0, 0].transAxes, va="top"
    )
    for ax in panels[:, 0]:
        ax.set_ylabel(_("accuracy in %"))
    for ax in panels[-1]:
        ax.set_xlabel(_("epoch"))
    return figure
