"""Where training converges, over the learning rates of two layers: a boundary that is a fractal."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from tidu.errors import InputError, TrainingStoppedWarning
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.initializers import Normal
from tidu.language import translator
from tidu.layers import Affine, Identity, ReLU, Rescale, Tanh
from tidu.losses import MeanSquaredError
from tidu.network import Network
from tidu.optimizers import SGD
from tidu.plots.style import Theme, new_figure
from tidu.randomness import stream
from tidu.recipes.signature import Seed, Setting
from tidu.training.history import History

_ = translator("experiments")

WIDTH = 16
SAMPLES = WIDTH * (WIDTH + 1)
"""As many samples as parameters."""
LAST = 20
"""The steps at the end whose mean loss is compared with the first."""
ACTIVATIONS = {"tanh": Tanh, "relu": ReLU, "identity": Identity}


@experiment(
    "trainability",
    title="The boundary of trainability is a fractal",
    quick={"size": 8, "steps": 40},
)
def trainability(
    *,
    size: Annotated[int, Setting("networks along each side of the map", 4, 4096)] = 256,
    center: Annotated[
        tuple[float, ...], Setting("log₁₀ of the two rates in the middle of the map", -20, 20)
    ] = (3.0, 0.5),
    span: Annotated[float, Setting("powers of ten along each side", 1e-6, 20)] = 6.0,
    activation: Annotated[str, Setting("activation", choices=tuple(ACTIVATIONS))] = "tanh",
    steps: Annotated[int, Setting("steps of full-batch descent", 2 * LAST, 100_000)] = 300,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train a network for each pair of learning rates, one a layer, and map which of them converge.

    y = W₂ f(W₁ x) of width 16 without biases, 272 random samples, all of them in each step. All
    networks begin at the same weights. A layer that computes √η·(W/√η) and learns at rate 1 is one
    that learns at rate η, so the rates of layers are settings of `Rescale`, and each row of the map
    is one `tidu.fit_many`.

    References
    ----------
    Sohl-Dickstein, "The boundary of neural network trainability is fractal", 2024.

    Examples
    --------
    >>> found = trainability(size=8, steps=40)
    >>> 0 < found.numbers["converged"] < 1
    True
    """
    if len(center) != 2:
        raise InputError(f"`center` must be two numbers, log₁₀ of two rates, got {len(center)}")
    rng = stream(seed, "sample")
    x = rng.normal(size=(SAMPLES, WIDTH)).astype(np.float32)
    t = rng.normal(size=(SAMPLES, 1)).astype(np.float32)
    first, second = (middle + span * (np.arange(size) / (size - 1) - 0.5) for middle in center)
    rows = [
        _row(x, t, 10**log_rate, 10**second, ACTIVATIONS[activation](), steps, seed)
        for log_rate in progress(first, _("rates of the first layer"))
    ]
    measure = np.array(rows).T
    boxes = box_counts(boundary(measure > 0))
    dimension = box_dimension(boxes)
    converged = float((measure > 0).mean())
    return Result(
        numbers={
            "measure": measure.round(4),
            "first": [float(first[0]), float(first[-1])],
            "second": [float(second[0]), float(second[-1])],
            "converged": converged,
            "boxes": boxes,
            "dimension": dimension,
        },
        tables=[
            Table(
                _("{size} × {size} networks, {activation}, {steps} steps").format(
                    size=size, activation=activation, steps=steps
                ),
                (_("share that converges"), _("dimension of the boundary")),
                [(converged, "–" if dimension is None else f"{dimension:.2f}")],
            ),
            Table(_("boxes that meet the boundary"), (_("side, in networks"), _("boxes")), boxes),
        ],
        see=_(
            "Blue networks converge, the darker the faster; orange ones diverge. The boundary "
            "between them is rough, and shows new detail wherever one zooms in: give --center and "
            "a smaller --span. The dimension is the slope of log boxes over log 1/side; a smooth "
            "curve has 1. Sohl-Dickstein found medians from 1.17 to 1.98 over many zooms, "
            "by activation and data."
        ),
    )


@trainability.draws
def draw_trainability(record: Record, look: Theme) -> Any:
    """Draw the map: how fast each network converges or diverges."""
    from matplotlib.colors import LinearSegmentedColormap

    numbers = record["numbers"]
    measure = np.asarray(numbers["measure"], float)
    colours = LinearSegmentedColormap.from_list(
        "trainability", [look.ink, look.orange, look.paper, look.blue, look.ink]
    )
    ranks = np.zeros_like(measure)
    for sign in (-1, 1):  # by rank, so that a few extremes do not take all the colour
        chosen = sign * measure > 0
        order = np.argsort(np.argsort(-np.abs(measure[chosen])))
        ranks[chosen] = sign * (0.15 + 0.7 * order / max(len(order) - 1, 1))
    figure = new_figure(height=6.6, width=7.2)
    axes = figure.subplots()
    extent = (*numbers["first"], *numbers["second"])
    axes.imshow(
        ranks, cmap=colours, vmin=-1, vmax=1, origin="lower", extent=extent, aspect="auto",
        interpolation="nearest",
    )  # fmt: skip
    dimension = numbers["dimension"]
    axes.set(
        xlabel=_("log₁₀ of the learning rate of the first layer"),
        ylabel=_("log₁₀ of that of the second"),
        title=_("{converged:.0f} % converge (blue)").format(converged=100 * numbers["converged"])
        + (
            ""
            if dimension is None
            else _("; the boundary's dimension is {dimension:.2f}").format(dimension=dimension)
        ),
    )
    return figure


def boundary(converged: np.ndarray) -> np.ndarray:
    """Return where a pixel differs from its neighbour to the right or below."""
    edge = np.zeros(converged.shape, bool)
    edge[:, :-1] |= converged[:, :-1] != converged[:, 1:]
    edge[:-1] |= converged[:-1] != converged[1:]
    return edge


def box_counts(edge: np.ndarray) -> list[tuple[int, int]]:
    """Return the sides of boxes, powers of two, and how many boxes meet the edge.

    Examples
    --------
    >>> box_counts(np.eye(8, dtype=bool))
    [(1, 8), (2, 4), (4, 2)]
    """
    found, side = [], 1
    while 2 * side <= min(edge.shape):
        starts = np.arange(0, len(edge), side), np.arange(0, edge.shape[1], side)
        met = np.logical_or.reduceat(np.logical_or.reduceat(edge, starts[0]), starts[1], axis=1)
        found.append((side, int(met.sum())))
        side *= 2
    return found


def box_dimension(boxes: Sequence[tuple[int, int]]) -> float | None:
    """Return the slope of log boxes over log 1/side; None without an edge.

    Examples
    --------
    >>> round(box_dimension(box_counts(np.eye(64, dtype=bool))), 6)
    1.0
    """
    sides, counts = np.array(boxes, float).T
    if not counts.all():
        return None
    return float(-np.polyfit(np.log(sides), np.log(counts), 1)[0])


def _row(
    x: np.ndarray, t: np.ndarray, first: float, seconds: np.ndarray, f: Any, steps: int, seed: int
) -> list[float]:
    from tidu.training.many import fit_many

    networks = [_network(first, second, f, seed) for second in seconds]
    with warnings.catch_warnings(category=TrainingStoppedWarning, action="ignore"):
        histories = fit_many(
            networks, x, t, optimizer=SGD(1.0), epochs=steps, batch_size=SAMPLES, progress=False
        )
    return [_measure(history, steps) for history in histories]


def _network(first: float, second: float, f: Any, seed: int) -> Network:
    scales = first**0.5, second**0.5
    normal = Normal(1.0)
    network = Network(
        [
            Rescale(scales[0] / WIDTH**0.5), Affine(WIDTH, bias=False, initializer=normal), f,
            Rescale(scales[1] / WIDTH**0.5), Affine(1, bias=False, initializer=normal),
        ],
        WIDTH, MeanSquaredError(), seed=seed,
    )  # fmt: skip
    for name, scale in zip(("W1", "W2"), scales, strict=True):
        network[name] = network[name] / np.float32(scale)
    return network


def _measure(history: History, steps: int) -> float:
    """Return the mean loss by the first where it converged, minus the mean of 1/loss where not."""
    if not len(history):
        return -1e-3
    losses = np.array([row["loss"] for row in history.rows]) / history.rows[0]["loss"]
    if len(losses) == steps and losses[-LAST:].mean() < 1:
        return float(max(losses.mean(), 1e-4))
    return -float(max((1 / np.maximum(losses, 1e-12)).sum() / steps, 1e-4))
