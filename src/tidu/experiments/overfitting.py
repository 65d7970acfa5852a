"""Overfitting: a large network memorizes a few images, and what reduces that."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu.experiments.experiment import experiment
from tidu.experiments.images import deep_network, images
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.optimizers import SGD
from tidu.penalties import L1, L2
from tidu.plots.style import Theme, label_ends, new_figure
from tidu.randomness import stream
from tidu.recipes.signature import Seed, Setting
from tidu.training import Callback, EarlyStopping, Monitor

HIDDEN = (100,) * 6


@experiment(
    "overfitting",
    title="Overfitting, and what reduces it",
    quick={"epochs": 10, "seeds": 1},
)
def overfitting(
    *,
    samples: Annotated[int, Setting("how many training images", 100, 30_000)] = 300,
    epochs: Annotated[int, Setting("how many epochs", 1, 10_000)] = 200,
    lr: Annotated[float, Setting("learning rate", 0, 100)] = 0.01,
    l2: Annotated[float, Setting("strength of L2", 0, 100)] = 0.1,
    l1: Annotated[float, Setting("strength of L1", 0, 100)] = 0.008,
    dropout: Annotated[float, Setting("share of units dropped", 0, 0.9)] = 0.2,
    patience: Annotated[int, Setting("epochs that early stopping waits", 1, 10_000)] = 2,
    seeds: Annotated[int, Setting("how many seeds", 1, 100)] = 5,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train six hidden layers of 100 units on few images, plainly and with four remedies.

    Early stopping is decided by as many other images. Curves are those of the first seed, on the
    first 2,000 test images.

    Examples
    --------
    >>> sorted(overfitting(epochs=1, seeds=1).numbers["gap"])
    ['L1', 'L2', 'dropout', 'early stopping', 'none']
    """
    whole, test, note = images()
    samples = min(samples, len(whole) // 2)
    remedies: dict[str, dict[str, Any]] = {
        "none": {},
        "L2": {"penalty": L2(l2)},
        "L1": {"penalty": L1(l1)},
        "dropout": {"dropout": dropout},
        "early stopping": {},
    }
    ends: dict[str, list[tuple[float, float]]] = {name: [] for name in remedies}
    curves: dict[str, tuple[list[float], list[float]]] = {}
    for k in progress(range(seeds), "seeds"):
        order = stream(seed + k, "sample").permutation(len(whole))
        train, watch = whole[order[:samples]], whole[order[samples : 2 * samples]]
        for name, settings in remedies.items():
            net = deep_network(train, HIDDEN, "he", seed=seed + k, **settings)
            callbacks: list[Callback] = []
            if k == 0:
                callbacks += [
                    Monitor((train.x, train.t), name="train"),
                    Monitor((test.x[:2000], test.t[:2000]), name="test"),
                ]
            if name == "early stopping":
                callbacks += [
                    Monitor((watch.x, watch.t), name="watched"),
                    EarlyStopping("watched_loss", patience=patience),
                ]
            history = net.fit(
                train.x, train.t, optimizer=SGD(lr), epochs=epochs, callbacks=callbacks,
                progress=False,
            )  # fmt: skip
            ends[name].append((net.accuracy(train.x, train.t), net.accuracy(test.x, test.t)))
            if k == 0:
                curves[name] = (
                    [row["train_accuracy"] for row in history],
                    [row["test_accuracy"] for row in history],
                )
    mean = {name: np.mean(values, axis=0) for name, values in ends.items()}
    gap = {name: [a - b for a, b in values] for name, values in ends.items()}

    return Result(
        numbers={
            "curves": curves,
            "gap": {name: float(np.mean(values)) for name, values in gap.items()},
            "gap_spread": {name: float(np.std(values)) for name, values in gap.items()},
            "train": {name: float(value[0]) for name, value in mean.items()},
            "test": {name: float(value[1]) for name, value in mean.items()},
        },
        tables=[
            Table(
                f"after training on {samples} images, mean (seeds: {seeds})",
                ("remedy", "train", "test", "gap (points)", "its spread"),
                [
                    (n, f"{100 * mean[n][0]:.1f} %", f"{100 * mean[n][1]:.1f} %",
                     f"{100 * np.mean(gap[n]):.1f}", f"{100 * np.std(gap[n]):.1f}")
                    for n in remedies
                ],
            )
        ],
        see=note
        + "Without regularization the network memorizes its few images: training accuracy goes "
        "to 100 %, and test accuracy does not follow. Penalties, dropout and early stopping make "
        "the gap smaller by learning less of what is particular to these images. That alone does "
        "not raise the test accuracy; more images would help most.",
    )  # fmt: skip


@overfitting.draws
def draw_overfitting(record: Record, look: Theme) -> Any:
    """Draw training and test accuracy of the first seed, a panel for each remedy."""
    numbers = record["numbers"]
    curves = numbers["curves"]
    figure = new_figure(height=3.2)
    panels = figure.subplots(1, len(curves), sharex=True, sharey=True)
    for ax, (name, (train, test)) in zip(panels, curves.items(), strict=True):
        for values, colour in ((train, look.blue), (test, look.orange)):
            ax.plot(range(1, len(values) + 1), [100 * v for v in values], color=colour)
        ax.set_title(f"{name}\ngap {100 * numbers['gap'][name]:.1f} points")
        ax.set(xlabel="epoch", ylim=(0, 103))
    panels[0].set_ylabel("accuracy in %")
    figure.draw_without_rendering()
    train, test = curves["none"]
    label_ends(
        panels[0],
        [
            ("train", float(len(train)), 100 * train[-1], look.blue),
            ("test", float(len(test)), 100 * test[-1], look.orange),
        ],
    )
    return figure
