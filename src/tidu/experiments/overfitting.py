"""Overfitting: a large network memorizes a few images, and what reduces that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import numpy as np

from tidu.datasets import Dataset
from tidu.experiments.experiment import experiment
from tidu.experiments.images import deep_network, images
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.language import later, translator
from tidu.optimizers import SGD
from tidu.penalties import L1, L2
from tidu.plots.style import Theme, label_ends, new_figure
from tidu.randomness import stream
from tidu.recipes.signature import Seed, Setting
from tidu.training import Callback, EarlyStopping, History, Monitor

_ = translator("experiments")

HIDDEN = (100,) * 6

SHIFTS = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))
"""Each image as it is, and moved by a pixel in four directions."""

_POINTS = 40
"""How many points a curve has, or a few more."""


@experiment(
    "overfitting",
    title="Overfitting, and what reduces it",
    quick={"epochs": 40, "seeds": 1},
)
def overfitting(
    *,
    samples: Annotated[int, Setting("how many training images", 100, 30_000)] = 300,
    epochs: Annotated[int, Setting("how many epochs", 5, 10_000)] = 200,
    lr: Annotated[float, Setting("learning rate", 0, 100)] = 0.05,
    l2: Annotated[float, Setting("strength of L2", 0, 100)] = 0.02,
    l1: Annotated[float, Setting("strength of L1", 0, 100)] = 0.001,
    dropout: Annotated[float, Setting("share of units dropped", 0, 0.9)] = 0.2,
    patience: Annotated[int, Setting("epochs that early stopping waits", 1, 10_000)] = 10,
    seeds: Annotated[int, Setting("how many seeds", 1, 100)] = 5,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train six hidden layers of 100 units on few images, plainly and with five remedies.

    The last remedy is more images: each is there five times, moved by a pixel up, down, left and
    right; it makes as many steps as the others, in a fifth of the epochs. Early stopping is decided
    by as many other images, on which the default strengths were chosen, too. Curves are the means
    over the seeds, on the training images and on (at most 2,000) test images.

    Examples
    --------
    >>> sorted(overfitting(epochs=5, seeds=1).numbers["gap"])
    ['L1', 'L2', 'dropout', 'early stopping', 'none', 'shifted images']
    """
    whole, test, note = images()
    samples, test = min(samples, len(whole) // 2), test[:2000]
    remedies: dict[str, dict[str, Any]] = {
        later("none"): {},
        "L2": {"penalty": L2(l2)},
        "L1": {"penalty": L1(l1)},
        later("dropout"): {"dropout": dropout},
        later("early stopping"): {},
        later("shifted images"): {},
    }
    ends: dict[str, list[tuple[float, float]]] = {name: [] for name in remedies}
    curves: dict[str, list[np.ndarray]] = {name: [] for name in remedies}
    for k in progress(range(seeds), _("seeds")):
        order = stream(seed + k, "sample").permutation(len(whole))
        train, watch = whole[order[:samples]], whole[order[samples : 2 * samples]]
        for name, settings in remedies.items():
            is_shifted = name == "shifted images"
            data, times = (shifted(train), len(SHIFTS)) if is_shifted else (train, 1)
            every = max(1, epochs // times // _POINTS)
            net = deep_network(train, HIDDEN, "he", seed=seed + k, **settings)
            callbacks: list[Callback] = [
                Monitor((train.x, train.t), every, name="train"),
                Monitor((test.x, test.t), every, name="test"),
            ]
            if name == "early stopping":
                callbacks += [
                    Monitor((watch.x, watch.t), name="watched"),
                    EarlyStopping("watched_loss", patience=patience),
                ]
            history = net.fit(
                data.x, data.t, optimizer=SGD(lr), epochs=epochs // times, callbacks=callbacks,
                progress=False,
            )  # fmt: skip
            ends[name].append((net.accuracy(train.x, train.t), net.accuracy(test.x, test.t)))
            curves[name].append(_curve(history, ends[name][-1], times, epochs // times // every))
    mean = {name: np.mean(values, axis=0) for name, values in ends.items()}
    gap = {name: [a - b for a, b in values] for name, values in ends.items()}
    of_test = {name: [value[1] for value in values] for name, values in ends.items()}

    return Result(
        numbers={
            "curves": {name: np.mean(values, axis=0).T for name, values in curves.items()},
            "gap": {name: float(np.mean(values)) for name, values in gap.items()},
            "gap_spread": {name: float(np.std(values)) for name, values in gap.items()},
            "train": {name: float(value[0]) for name, value in mean.items()},
            "test": {name: float(value[1]) for name, value in mean.items()},
            "test_spread": {name: float(np.std(values)) for name, values in of_test.items()},
        },
        tables=[
            Table(
                _("after training on {samples} images, mean and spread (seeds: {seeds})").format(
                    samples=samples, seeds=seeds
                ),
                (_("remedy"), _("train"), _("test"), _("± of it"), _("gap (points)"), _("± of it")),
                [
                    (
                        _(n),
                        f"{100 * mean[n][0]:.1f} %",
                        f"{100 * mean[n][1]:.1f} %",
                        f"{100 * np.std(of_test[n]):.1f}",
                        f"{100 * np.mean(gap[n]):.1f}",
                        f"{100 * np.std(gap[n]):.1f}",
                    )
                    for n in remedies
                ],
            )
        ],
        see=note + _sentences(mean),
    )


def _sentences(mean: Mapping[str, np.ndarray]) -> str:
    """Return what is to be seen, with the numbers of this run."""
    none, better = mean["none"], {n: 100 * (v[1] - mean["none"][1]) for n, v in mean.items()}
    few = [better[name] for name in ("L2", "L1", "dropout")]
    text = (
        _(
            "Without a remedy the network knows {train:.1f} % of the images that it learned "
            "from, and {test:.1f} % of new ones. L2, L1 and dropout change the accuracy on "
            "new images by {least:+.1f} to {most:+.1f} points. Early stopping ends with "
            "{stopped:.1f} % of the images learned, which changes it by {by_stopping:+.1f}. More "
            "to learn from, the same images each also moved by a pixel in four directions, "
            "changes it by {by_shifting:+.1f} points in as many steps. A small gap alone is no "
            "success: who learns nothing has none."
        ).format(
            train=100 * none[0], test=100 * none[1], least=min(few), most=max(few),
            stopped=100 * mean["early stopping"][0], by_stopping=better["early stopping"],
            by_shifting=better["shifted images"],
        )
    )  # fmt: skip
    return text.replace("-", "−")


def shifted(data: Dataset) -> Dataset:
    """Return images five times: as they are, and moved by a pixel in four directions."""
    side = math.isqrt(data.x.shape[1])
    padded = np.pad(data.x.reshape(-1, side, side), ((0, 0), (1, 1), (1, 1)))
    moved = [
        padded[:, 1 + i : 1 + i + side, 1 + j : 1 + j + side].reshape(data.x.shape)
        for i, j in SHIFTS
    ]
    return replace(data, x=np.concatenate(moved), t=np.tile(data.t, len(SHIFTS)))


def _curve(history: History, end: tuple[float, float], times: int, points: int) -> np.ndarray:
    """Return rows of (epochs of the original images, training, test); after a stop, the end."""
    rows = [
        (times * (k + 1), row["train_accuracy"], row["test_accuracy"])
        for k, row in enumerate(history)
        if row.get("train_accuracy") is not None
    ]
    step = rows[1][0] - rows[0][0] if len(rows) > 1 else times
    while len(rows) < points:
        rows.append((rows[-1][0] + step, *end))
    return np.array(rows)


@overfitting.draws
def draw_overfitting(record: Record, look: Theme) -> Any:
    """Draw the mean training and test accuracy, a panel for each remedy."""
    numbers = record["numbers"]
    curves = numbers["curves"]
    figure = new_figure(height=5.2)
    panels = figure.subplots(2, 3, sharex=True, sharey=True)
    for ax, (name, (epochs, train, test)) in zip(panels.flat, curves.items(), strict=True):
        for values, colour in ((train, look.blue), (test, look.orange)):
            ax.plot(epochs, [100 * v for v in values], color=colour)
        title = _("{remedy}: test {test:.1f} %, gap {gap:.1f}").format(
            remedy=_(name), test=100 * numbers["test"][name], gap=100 * numbers["gap"][name]
        )
        ax.set(title=title, ylim=(0, 103))
    for ax in panels[1]:
        ax.set_xlabel(_("epochs of the images as they are"))
    for ax in panels[:, 0]:
        ax.set_ylabel(_("accuracy in %"))
    figure.draw_without_rendering()
    epochs, train, test = curves["none"]
    label_ends(
        panels[0, 0],
        [
            (_("train"), epochs[-1], 100 * train[-1], look.blue),
            (_("test"), epochs[-1], 100 * test[-1], look.orange),
        ],
    )
    return figure
