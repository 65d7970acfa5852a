"""Overfitting and regularization on MNIST, as published: 784-30-10 with four monitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from tidu.datasets import Dataset
from tidu.experiments.experiment import experiment
from tidu.experiments.images import ClassMonitor, classes, images, one_hot
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.initializers import Normal
from tidu.language import later, translator
from tidu.layers import Affine, Rescale, Sigmoid
from tidu.losses import SigmoidCrossEntropy
from tidu.network import Network
from tidu.optimizers import SGD
from tidu.penalties import L2
from tidu.plots.style import Theme, label_ends, new_figure
from tidu.randomness import stream
from tidu.recipes.signature import Seed, Setting

_ = translator("experiments")


@dataclass(frozen=True)
class Setup:
    """One of the published runs, with the figure that was published for it."""

    name: str
    samples: int
    epochs: int
    lr: float
    lambda_: float
    narrow: bool
    measured_on: str
    """Whether accuracy is measured on the test or the validation images."""
    statistic: str
    """"end", "best" or "first": which epoch's accuracy is meant."""
    published: float

    @property
    def measure_in_words(self) -> str:
        """Return which accuracy is meant, in the reader's language."""
        measures = {
            "end": _("end of {part}"), "best": _("best of {part}"), "first": _("first of {part}"),
        }  # fmt: skip
        parts = {"test": _("test"), "validation": _("validation")}
        return measures[self.statistic].format(part=parts[self.measured_on])

    def accuracy(self, run: dict[str, np.ndarray]) -> float:
        """Return the statistic of a run, in per cent."""
        shares = run["evaluation_accuracy"]
        choices = {"end": shares[-1], "best": shares.max(), "first": shares[0]}
        return 100 * float(choices[self.statistic])


MONITORS = ("train_loss", "evaluation_loss", "train_accuracy", "evaluation_accuracy")

SETUPS = (
    Setup(later("1,000 images"), 1000, 400, 0.5, 0.0, False, "test", "end", 82.2),
    Setup(later("1,000 images, L2 λ = 0.1"), 1000, 400, 0.5, 0.1, False, "test", "end", 87.1),
    Setup(later("50,000 images"), 50_000, 30, 0.5, 0.0, False, "test", "best", 95.3),
    Setup(later("50,000 images, L2 λ = 5"), 50_000, 30, 0.5, 5.0, False, "test", "best", 96.5),
    Setup(
        later("weights N(0, 1), first epoch"),
        50_000,
        1,
        0.1,
        5.0,
        False,
        "validation",
        "first",
        86.4,
    ),
    Setup(
        later("weights N(0, 1/n), first epoch"),
        50_000,
        1,
        0.1,
        5.0,
        True,
        "validation",
        "first",
        92.7,
    ),
)


@experiment(
    "network2",
    title="Overfitting and what L2 and smaller weights do, against published figures",
    quick={"seeds": 1, "epochs": 2, "samples": 500},
)
def network2(
    *,
    seeds: Annotated[int, Setting("how many seeds", 1, 100)] = 5,
    epochs: Annotated[int, Setting("at most so many epochs, 0 for as published", 0, 400)] = 0,
    samples: Annotated[int, Setting("at most so many images, 0 for as published", 0, 50_000)] = 0,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train 784-30-10 sigmoids by cross-entropy, batches of 10, in six published settings.

    The cost with L2 is C + λ/2n Σw², so a `tidu.L2` of strength λ/n. The last 10,000 of the 60,000
    training images are the validation images. Published figures are of one seed each: ours are
    means over several, of the same statistic.

    Examples
    --------
    >>> len(network2(seeds=1, epochs=1, samples=100).numbers["accuracy"])
    6
    """
    whole, test, note = images()
    held_out = len(whole) // 6
    train, validation = whole[:-held_out], whole[-held_out:]
    parts = {"test": test, "validation": validation}
    runs: dict[str, list[dict[str, np.ndarray]]] = {s.name: [] for s in SETUPS}
    jobs = [(setup, k) for setup in SETUPS for k in range(seeds)]
    for setup, k in progress(jobs, _("runs")):
        n = min(setup.samples, samples or setup.samples, len(train))
        runs[setup.name].append(_run(setup, train[:n], parts[setup.measured_on], epochs, seed + k))
    accuracy = {s.name: [s.accuracy(run) for run in runs[s.name]] for s in SETUPS}
    mean = {name: float(np.mean(values)) for name, values in accuracy.items()}
    curves = {
        name: {monitor: np.mean([run[monitor] for run in found], axis=0) for monitor in MONITORS}
        for name, found in runs.items()
    }
    lowest = int(np.argmin(curves[SETUPS[0].name]["evaluation_loss"])) + 1

    return Result(
        numbers={
            "accuracy": mean,
            "spread": {name: float(np.std(values)) for name, values in accuracy.items()},
            "published": {s.name: s.published for s in SETUPS},
            "epoch_of_lowest_test_cost": lowest,
            "monitors": {name: dict(c) for name, c in curves.items()},
        },
        tables=[
            Table(
                _("accuracy in %, mean (seeds: {seeds})").format(seeds=seeds),
                (_("run"), _("statistic"), _("ours"), _("spread"), _("published (one seed)")),
                [
                    (
                        _(s.name),
                        s.measure_in_words,
                        f"{mean[s.name]:.1f}",
                        f"{np.std(accuracy[s.name]):.1f}",
                        f"{s.published:.1f}",
                    )
                    for s in SETUPS
                ],
            )
        ],
        see=note
        + _(
            "On 1,000 images the test cost is lowest about epoch "
            "{lowest} and then rises, while the training cost goes on "
            "falling: the network memorizes its images. L2 keeps the "
            "weights small and leaves less room for that. Weights that "
            "start with N(0, 1/n) save the first epochs, in which N(0, "
            "1) only brings saturated units back."
        ).format(lowest=lowest),
    )


@network2.draws
def draw_network2(record: Record, look: Theme) -> Any:
    """Draw the four monitors on 1,000 images, with and without the penalty."""
    curves = record["numbers"]["monitors"]
    figure = new_figure(height=6.4)
    panels = figure.subplots(2, 2)
    labels = []
    shown = ((SETUPS[0].name, look.orange), (SETUPS[1].name, look.blue))
    for ax, column, what in zip(
        panels.flat,
        ("train_loss", "evaluation_loss", "train_accuracy", "evaluation_accuracy"),
        (_("training cost"), _("test cost"), _("training accuracy in %"), _("test accuracy in %")),
        strict=True,
    ):
        scale = 100 if column.endswith("accuracy") else 1
        ends = []
        for name, colour in shown:
            values = scale * np.array(curves[name][column])
            ax.plot(range(1, len(values) + 1), values, color=colour)
            short = "λ = 0.1" if "λ" in name else _("no penalty")
            ends.append((short, float(len(values)), float(values[-1]), colour))
        ax.set(xlabel=_("epoch"), ylabel=what)
        if column == "train_loss":
            ax.set_yscale("log")
        labels.append((ax, ends))
    figure.draw_without_rendering()
    for ax, ends in labels:
        label_ends(ax, ends)
    return figure


def _run(
    setup: Setup, train: Dataset, evaluation: Dataset, at_most: int, seed: int
) -> dict[str, np.ndarray]:
    """Return the four monitors of one run, one number an epoch each."""
    weights = "lecun" if setup.narrow else Normal(1.0)
    net = Network(
        [Rescale(1 / float(train.scale or 1)), Affine(30, initializer=weights), Sigmoid(),
         Affine(classes(train), initializer=weights)],
        train.x.shape[1], SigmoidCrossEntropy(), seed=seed,
        penalty=L2(setup.lambda_ / len(train)) if setup.lambda_ else None,
    )  # fmt: skip
    rng = stream(seed, "sample")
    for name in ("b1", "b2"):
        net[name] = rng.standard_normal(net[name].shape)
    history = net.fit(
        train.x, one_hot(train), optimizer=SGD(setup.lr), batch_size=10,
        epochs=min(setup.epochs, at_most or setup.epochs),
        callbacks=[ClassMonitor(train[:10_000], "train"), ClassMonitor(evaluation, "evaluation")],
        progress=False,
    )  # fmt: skip
    return {name: history[name] for name in MONITORS}
