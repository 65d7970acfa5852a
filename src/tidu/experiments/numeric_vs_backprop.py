"""Two ways to compute the same gradient: how much they differ, and what they cost."""

from __future__ import annotations

import time
from typing import Annotated, Any

import numpy as np

from tidu.experiments.experiment import experiment
from tidu.experiments.images import images
from tidu.experiments.result import Record, Result, Table
from tidu.initializers import Normal
from tidu.language import later, translator
from tidu.layers import Affine, Rescale, Sigmoid
from tidu.losses import SoftmaxCrossEntropy
from tidu.network import Network
from tidu.plots.style import Theme, new_figure
from tidu.recipes.signature import Seed, Setting

_ = translator("experiments")


@experiment(
    "numeric-vs-backprop",
    title="The gradient of 784-50-10 by differences and by backpropagation",
    quick={"hidden": 5, "samples": 3},
)
def numeric_vs_backprop(
    *,
    hidden: Annotated[int, Setting("units of the hidden layer", 1, 1000)] = 50,
    samples: Annotated[int, Setting("how many images", 1, 1000)] = 3,
    std: Annotated[float, Setting("standard deviation of the initial weights", 0, 10)] = 0.01,
    seed: Seed = 0,
) -> Result:
    """Take both gradients on a few images, in float64, and compare them number by number.

    Examples
    --------
    >>> result = numeric_vs_backprop(hidden=2, samples=2)
    >>> max(result.numbers["mean_difference"].values()) < 1e-9
    True
    """
    train, _test, note = images()
    x, t = train.x[:samples], train.t[:samples]
    classes = int(train.n_classes or 10)
    net = Network(
        [Rescale(1 / float(train.scale or 1)), Affine(hidden, initializer=Normal(std)), Sigmoid(),
         Affine(classes, initializer=Normal(std))],
        x.shape[1], SoftmaxCrossEntropy(), seed=seed, dtype="float64",
    )  # fmt: skip
    seconds, gradients = {}, {}
    for method in (later("numeric"), later("backprop")):
        start = time.perf_counter()
        gradients[method] = net.gradient(x, t, method=method)
        seconds[method] = time.perf_counter() - start
    numeric, backprop = gradients["numeric"], gradients["backprop"]
    difference = {name: np.abs(numeric[name] - backprop[name]) for name in net.layout}
    mean = {name: float(d.mean()) for name, d in difference.items()}

    return Result(
        numbers={
            "mean_difference": mean,
            "seconds": seconds,
            "max_difference": {name: float(d.max()) for name, d in difference.items()},
            "numeric": numeric.vector,
            "backprop": backprop.vector,
        },
        tables=[
            Table(
                _("{inputs}-{hidden}-{classes} on {samples} images").format(
                    inputs=x.shape[1], hidden=hidden, classes=classes, samples=samples
                ),
                (_("parameter"), _("mean |difference|"), _("largest")),
                [(n, f"{mean[n]:.2e}", f"{difference[n].max():.2e}") for n in mean],
            ),
            Table(
                _("time"),
                (_("method"), _("seconds")),
                [(_(name), f"{value:.4f}") for name, value in seconds.items()],
            ),
        ],
        see=note
        + _(
            "The two share nothing but the loss, and agree up to rounding error: so both are "
            "right. Backpropagation gives all derivatives for about the cost of two "
            "evaluations of the loss; differences need two evaluations for each derivative."
        ),
    )


@numeric_vs_backprop.draws
def draw_numeric_vs_backprop(record: Record, look: Theme) -> Any:
    """Draw both gradients against each other, and the sizes of the differences."""
    numeric, backprop = (np.array(record["numbers"][name]) for name in ("numeric", "backprop"))
    figure = new_figure(height=3.8)
    left, right = figure.subplots(1, 2)
    left.plot(backprop, numeric, ".", color=look.blue, markersize=3)
    lowest, highest = backprop.min(), backprop.max()
    left.plot([lowest, highest], [lowest, highest], color=look.faint, linewidth=0.8)
    left.set(
        xlabel=_("by backpropagation"),
        ylabel=_("by differences"),
        title=_("all {n:,} derivatives").format(n=len(numeric)),
    )
    sizes = np.abs(numeric - backprop)
    differing = sizes[sizes > 0]
    right.hist(differing, bins=np.geomspace(1e-15, 1e-8, 71), color=look.orange)
    right.set(
        xlabel=_("|numeric − backprop|"),
        ylabel=_("number of derivatives"),
        xscale="log",
        title=_("absolute differences ({n:,} are 0)").format(n=sizes.size - differing.size),
    )
    return figure  # fmt: skip
