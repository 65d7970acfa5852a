"""What happens to learning when the quadratic cost is replaced by cross-entropy."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu.datasets import Dataset
from tidu.experiments.experiment import experiment
from tidu.experiments.images import ClassMonitor, classes, images, one_hot
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.functions import sigmoid
from tidu.language import later, translator
from tidu.layers import Affine, Layer, Rescale, Sigmoid
from tidu.losses import Loss, SigmoidCrossEntropy, SumSquaredError
from tidu.network import Network
from tidu.optimizers import SGD
from tidu.plots.style import Theme, label_ends, new_figure
from tidu.recipes.signature import Seed, Setting

_ = translator("experiments")

STARTS = {"w = 0.6, b = 0.9": (0.6, 0.9), "w = 2, b = 2": (2.0, 2.0)}
COSTS: dict[str, Loss] = {
    later("quadratic"): SumSquaredError(),
    later("cross-entropy"): SigmoidCrossEntropy(),
}


@experiment(
    "quadratic-or-cross-entropy",
    title="A neuron that is badly wrong: quadratic cost or cross-entropy?",
    quick={"samples": 500, "image_epochs": 2},
)
def quadratic_or_cross_entropy(
    *,
    lr: Annotated[float, Setting("learning rate of the neuron", 0, 100)] = 0.15,
    epochs: Annotated[int, Setting("steps of the neuron", 1, 100_000)] = 300,
    samples: Annotated[int, Setting("how many training images", 100, 60_000)] = 10_000,
    image_epochs: Annotated[int, Setting("epochs on images", 1, 1000)] = 10,
    image_lr: Annotated[float, Setting("learning rate on images", 0, 100)] = 0.5,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Teach one sigmoid neuron to turn 1 into 0, from two starts; then 784-30-10 to read digits.

    Examples
    --------
    >>> result = quadratic_or_cross_entropy(epochs=1, samples=100, image_epochs=1)
    >>> round(result.numbers["outputs"]["w = 2, b = 2"]["quadratic"][0], 3)
    0.982
    """
    outputs = {
        start: {name: _neuron(name, w, b, lr, epochs) for name in COSTS}
        for start, (w, b) in STARTS.items()
    }
    train, test, note = images()
    train = train[:samples]
    accuracies: dict[str, list[float]] = {}
    for name in progress(list(COSTS), _("costs on images")):
        accuracies[name] = _on_images(COSTS[name], train, test, image_lr, image_epochs, seed)

    return Result(
        numbers={"outputs": outputs, "test_accuracy": accuracies},
        tables=[
            Table(
                _("output of one neuron (input 1, target 0, learning rate {lr:g})").format(lr=lr),
                (_("start"), _("cost"), *(_("after {k}").format(k=k) for k in _looks(epochs))),
                [
                    (start, _(name), *(f"{values[k]:.4f}" for k in _looks(epochs)))
                    for start, curves in outputs.items()
                    for name, values in curves.items()
                ],
            ),
            Table(
                _("test accuracy after {epochs} epochs on {n} images").format(
                    epochs=image_epochs, n=len(train)
                ),
                (_("cost"), _("first epoch"), _("last epoch")),
                [
                    (_(name), f"{100 * v[0]:.2f} %", f"{100 * v[-1]:.2f} %")
                    for name, v in accuracies.items()
                ],
            ),
        ],
        see=note
        + (
            _(
                "The gradient of the quadratic cost has the derivative of the sigmoid as a "
                "factor, which is nearly 0 where the neuron is badly wrong: learning is slow "
                "just when there is most to learn. In the gradient of the cross-entropy this "
                "factor cancels, and the gradient is as large as the error."
            )
        ),
    )


@quadratic_or_cross_entropy.draws
def draw_quadratic_or_cross_entropy(record: Record, look: Theme) -> Any:
    """Draw the outputs of the neuron, and the accuracies on images."""
    numbers = record["numbers"]
    figure = new_figure(height=3.6)
    panels = figure.subplots(1, 3)
    colours = dict(zip(COSTS, (look.blue, look.orange), strict=True))
    for ax, (start, curves) in zip(panels, numbers["outputs"].items(), strict=False):
        for name, values in curves.items():
            ax.plot(values, color=colours[name])
        ax.set(xlabel=_("step"), ylim=(0, 1), title=_("one neuron, {start}").format(start=start))
    panels[0].set_ylabel(_("output (target 0)"))
    for name, height in (("quadratic", 0.92), ("cross-entropy", 0.84)):
        panels[0].text(
            0.97, height, _(name), color=colours[name], ha="right", transform=panels[0].transAxes
        )
    ends = []
    for name, values in numbers["test_accuracy"].items():
        shares = [100 * value for value in values]
        panels[2].plot(range(1, len(shares) + 1), shares, "o-", color=colours[name], markersize=3)
        ends.append((_(name), float(len(shares)), shares[-1], colours[name]))
    panels[2].set(xlabel=_("epoch"), ylabel=_("test accuracy in %"), title=_("on images of digits"))
    figure.draw_without_rendering()
    label_ends(panels[2], ends)
    return figure  # fmt: skip


def _looks(epochs: int) -> list[int]:
    return [k for k in (0, 10, 50, 100, 150, 200, 300) if k <= epochs]


def _neuron(name: str, w: float, b: float, lr: float, steps: int) -> list[float]:
    """Return the output before the first step and after each; the input is 1, the target 0."""
    outputs = []
    for _step in range(steps + 1):
        y = float(sigmoid(np.float64(w + b)))
        outputs.append(y)
        ds = y * y * (1 - y) if name == "quadratic" else y
        w, b = w - lr * ds, b - lr * ds
    return outputs


def _on_images(
    loss: Loss, train: Dataset, test: Dataset, lr: float, epochs: int, seed: int
) -> list[float]:
    """Return the share of test images found after each epoch."""
    layers: list[Layer] = [
        Rescale(1 / float(train.scale or 1)),
        Affine(30, initializer="lecun"), Sigmoid(), Affine(classes(train), initializer="lecun"),
    ]  # fmt: skip
    if loss.link != "sigmoid":
        layers.append(Sigmoid())
    net = Network(layers, train.x.shape[1], loss, seed=seed)
    history = net.fit(
        train.x, one_hot(train), optimizer=SGD(lr), epochs=epochs, batch_size=10,
        callbacks=[ClassMonitor(test, "test")], progress=False,
    )  # fmt: skip
    return history["test_accuracy"].tolist()
