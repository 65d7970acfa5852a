"""What five layers of units put out for initial weights of four sizes; and how gradients vanish."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, Any

import numpy as np

from tidu.experiments.experiment import experiment
from tidu.experiments.images import images
from tidu.experiments.result import Record, Result, Table
from tidu.functions import relu, sigmoid, tanh
from tidu.initializers import Normal
from tidu.language import translator
from tidu.layers import Affine, Layer, Rescale, Sigmoid
from tidu.losses import SigmoidCrossEntropy
from tidu.network import Network
from tidu.plots.style import Theme, new_figure
from tidu.randomness import stream
from tidu.recipes.signature import Seed, Setting

_ = translator("experiments")

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": sigmoid, "tanh": tanh, "ReLU": relu,
}  # fmt: skip

EDGES = {
    "sigmoid": np.linspace(0, 1, 41),
    "tanh": np.linspace(-1, 1, 41),
    "ReLU": np.geomspace(1e-7, 1e5, 49),
}
"""The edges of the histograms' bins."""


@experiment(
    "weight-init", title="What initial weights do to the signals of five layers", quick={"seeds": 2}
)
def weight_init(
    *,
    units: Annotated[int, Setting("units a layer", 2, 2000)] = 100,
    layers: Annotated[int, Setting("how many layers", 1, 20)] = 5,
    samples: Annotated[int, Setting("how many normal inputs", 10, 100_000)] = 1000,
    seeds: Annotated[int, Setting("how many seeds to average over", 1, 1000)] = 10,
    seed: Seed = 0,
) -> Result:
    """Send normal inputs through layers whose weights are normal with one of four deviations.

    Standard deviations are means over the seeds; the histograms are of the first, each layer's
    drawn over that of the layer below, and as high; of ReLU without the zeros.

    Examples
    --------
    >>> result = weight_init()
    >>> len(result.numbers["std"]["ReLU, √(2/n)"])
    5
    """
    sizes = {"1": 1.0, "0.01": 0.01, "1/√n": 1 / math.sqrt(units), "√(2/n)": math.sqrt(2 / units)}
    cases = [(kind, size) for kind in ACTIVATIONS for size in sizes]

    def through(kind: str, size: str, k: int) -> list[np.ndarray]:
        y, rng = stream(k, "sample").standard_normal((samples, units)), stream(k, "theta")
        outputs = []
        for _layer in range(layers):
            y = ACTIVATIONS[kind](y @ (sizes[size] * rng.standard_normal((units, units))))
            outputs.append(y)
        return outputs

    counts = {
        f"{kind}, {size}": [np.histogram(y, EDGES[kind])[0] for y in through(kind, size, seed)]
        for kind, size in cases
    }
    spread = {
        f"{kind}, {size}": np.mean(
            [[y.std() for y in through(kind, size, seed + k)] for k in range(seeds)], axis=0
        ).tolist()
        for kind, size in cases
    }

    return Result(
        numbers={"std": spread, "counts": counts},
        tables=[
            Table(
                _("standard deviation of each layer's outputs, mean (seeds: {seeds})").format(
                    seeds=seeds
                ),
                (
                    _("activation, std of weights"),
                    *(_("layer {k}").format(k=k + 1) for k in range(layers)),
                ),
                [(name, *(f"{value:.3g}" for value in values)) for name, values in spread.items()],
            )
        ],
        see=_(
            "Weights that are too large saturate sigmoid and tanh, where their derivative is 0; "
            "weights that are too small give all units nearly the same output. With 1/√n (LeCun's, "
            "which the course calls Xavier's) tanh keeps its standard deviation over many layers, "
            "with √(2/n) (He's) ReLU keeps it through all layers."
        ),
    )


@weight_init.draws
def draw_weight_init(record: Record, look: Theme) -> Any:
    """Draw a histogram of each layer's outputs, one above the other."""
    counts, layers = record["numbers"]["counts"], record["settings"]["layers"]
    figure = new_figure(height=6.6)
    panels = figure.subplots(len(ACTIVATIONS), len(counts) // len(ACTIVATIONS), sharey=True)
    for ax, (name, heights) in zip(panels.flat, counts.items(), strict=True):
        kind, size = name.split(", ")
        edges = EDGES[kind]
        colour = look.series[list(ACTIVATIONS).index(kind)]
        for k, found in enumerate(heights):
            tops = k + 0.85 * np.array(found) / max(*found, 1)
            ax.stairs(tops, edges, baseline=k, fill=True, color=colour, snap=False)
        ax.set(title=_("{kind}, std {size}").format(kind=kind, size=size), ylim=(0, layers))
        ax.set(xlim=edges[[0, -1]])
        if kind == "ReLU":
            ax.set_xscale("log")
            ax.set_xticks([1e-5, 1e-1, 1e3])
        else:
            ax.set_xticks(edges[[0, len(edges) // 2, -1]])
        ax.set_yticks(np.arange(layers) + 0.4, [str(k + 1) for k in range(layers)])
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=False, axis="y")
    for ax in panels[:, 0]:
        ax.set_ylabel(_("layer"))
    for ax in panels[-1]:
        ax.set_xlabel(_("output (zeros left out)"))
    return figure


@experiment("vanishing", title="Gradients vanish on their way backward", quick={"samples": 200})
def vanishing(
    *,
    units: Annotated[int, Setting("units a hidden layer", 1, 1000)] = 30,
    depths: Annotated[tuple[int, ...], Setting("how many hidden layers", 1, 20)] = (2, 3, 4),
    samples: Annotated[int, Setting("how many images", 10, 60_000)] = 1000,
    seeds: Annotated[int, Setting("how many seeds", 1, 1000)] = 10,
    seed: Seed = 0,
) -> Result:
    """Take the norm of each hidden layer's bias gradient at the start, sigmoids and N(0, 1/n).

    Examples
    --------
    >>> len(vanishing(depths=(2,), samples=50, seeds=1).numbers["norms"]["2"])
    2
    """
    train, _test, note = images()
    data = train[:samples]
    t = np.eye(int(data.n_classes or 10))[data.t]
    norms: dict[str, list[float]] = {}
    for depth in depths:
        found = []
        for k in range(seeds):
            layers: list[Layer] = [Rescale(1 / float(data.scale or 1))]
            for _layer in range(depth):
                layers += [Affine(units, initializer="lecun"), Sigmoid()]
            layers.append(Affine(t.shape[1], initializer="lecun"))
            net = Network(layers, data.x.shape[1], SigmoidCrossEntropy(), seed=seed + k)
            rng = stream(seed + k, "sample")
            for name in (n for n in net.layout if n.startswith("b")):
                net[name] = Normal(1.0)(rng, net[name].shape, net.dtype)
            gradient = net.gradient(data.x, t)
            found.append([float(np.linalg.norm(gradient[f"b{j + 1}"])) for j in range(depth)])
        norms[str(depth)] = np.mean(found, axis=0).tolist()
    ratios = {d: [b / a for a, b in pairwise(v)] for d, v in norms.items()}

    return Result(
        numbers={"norms": norms, "ratios": ratios},
        tables=[
            Table(
                _("norm of the bias gradient at the start, {n} images × {seeds} seeds").format(
                    n=len(data), seeds=seeds
                ),
                (_("hidden layers"), _("from the input up"), _("each layer over the one below")),
                [
                    (
                        d,
                        "  ".join(f"{v:.4f}" for v in norms[d]),
                        "  ".join(f"{r:.1f}" for r in ratios[d]),
                    )
                    for d in norms
                ],
            )
        ],
        see=note
        + _(
            "Going backward, each layer multiplies the gradient by its weights and by the "
            "derivative of a sigmoid, which is at most ¼: the first layers of a deep network "
            "learn several times more slowly than the last ones."
        ),
    )


@vanishing.draws
def draw_vanishing(record: Record, look: Theme) -> Any:
    """Draw the norm of the bias gradient of each hidden layer."""
    norms = record["numbers"]["norms"]
    figure = new_figure(height=3.6)
    axes = figure.subplots()
    axes.set_yscale("log")
    for (depth, values), colour in zip(norms.items(), look.series * 4, strict=False):
        axes.plot(range(1, len(values) + 1), values, "o-", color=colour)
        axes.annotate(
            _("{depth} hidden layers").format(depth=depth),
            (len(values), values[-1]),
            xytext=(0, 8),
            ha="center",
            textcoords="offset points",
            color=colour,
        )
    axes.set(
        xlabel=_("hidden layer, counted from the input"), ylabel=_("norm of its bias gradient")
    )
    axes.set_xticks(range(1, max(map(len, norms.values())) + 1))
    axes.margins(x=0.12, y=0.15)
    return figure
