"""The course's training loop: a network of two layers learns to read digits."""

from __future__ import annotations

import math
from typing import Annotated, Any

from tidu.experiments.experiment import experiment
from tidu.experiments.images import LossOfEachStep, deep_network, images, smooth
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.initializers import Normal
from tidu.language import translator
from tidu.layers import Sigmoid
from tidu.optimizers import SGD
from tidu.plots.style import Theme, label_ends, new_figure
from tidu.recipes.signature import Seed, Setting
from tidu.training import Monitor

_ = translator("experiments")


@experiment(
    "two-layer-net",
    title="The course's training loop: 784-50-10 learns to read digits",
    quick={"steps": 700},
)
def two_layer_net(
    *,
    hidden: Annotated[int, Setting("units of the hidden layer", 1, 10_000)] = 50,
    std: Annotated[float, Setting("standard deviation of the initial weights", 0, 10)] = 0.01,
    lr: Annotated[float, Setting("learning rate", 0, 100)] = 0.1,
    batch_size: Annotated[int, Setting("samples a step", 1, 10_000)] = 100,
    steps: Annotated[int, Setting("how many steps", 1, 1_000_000)] = 10_000,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train a sigmoid network by plain gradient descent, and measure it after each epoch.

    Examples
    --------
    >>> result = two_layer_net(steps=100)
    >>> len(result.numbers["losses"])
    100
    """
    train, test, note = images()
    net = deep_network(train, [hidden], Normal(std), activation=Sigmoid(), seed=seed)
    losses = LossOfEachStep(steps)
    monitors = [Monitor((d.x, d.t), name=n) for n, d in (("train", train), ("test", test))]
    a_epoch = math.ceil(len(train) / batch_size)
    for _epoch in progress(range(math.ceil(steps / a_epoch)), _("epochs")):
        history = net.fit(
            train.x, train.t, optimizer=SGD(lr), epochs=1, batch_size=batch_size,
            callbacks=[losses, *monitors], progress=False,
        )  # fmt: skip
    end = {"train": net.accuracy(train.x, train.t), "test": net.accuracy(test.x, test.t)}
    epochs = [*(r["epoch"] for r in history), steps / a_epoch]
    loss = [*(r["loss"] for r in history), smooth(losses.losses)[-1]]
    accuracies = {
        name: [100 * a for a in (*(r[f"{name}_accuracy"] for r in history), value)]
        for name, value in end.items()
    }
    rows = [
        (f"{epoch:.4g}", f"{mean:.4f}", f"{a:.2f} %", f"{b:.2f} %")
        for epoch, mean, a, b in zip(epochs, loss, *accuracies.values(), strict=True)
    ]

    return Result(
        numbers={
            "losses": losses.losses,
            "epochs": epochs,
            "accuracies": accuracies,
            "end": end,
        },
        tables=[
            Table(
                _("after each epoch, and at the end after {steps} steps").format(steps=steps),
                (_("epoch"), _("mean loss"), _("train"), _("test")),
                rows,
            ),
        ],
        see=note
        + _(
            "The loss of single batches is noisy and falls on average. Training and test accuracy "
            "rise together: what the network learns from the training images holds for images that "
            "it has never seen."
        ),
    )


@two_layer_net.draws
def draw_two_layer_net(record: Record, look: Theme) -> Any:
    """Draw the loss of every step, and both accuracies of every epoch."""
    numbers = record["numbers"]
    figure = new_figure(height=3.8)
    left, right = figure.subplots(1, 2)
    left.plot(numbers["losses"], color=look.blue, alpha=0.25, linewidth=0.6)
    left.plot(smooth(numbers["losses"]), color=look.blue)
    left.set(xlabel=_("step"), ylabel=_("loss of the batch"), ylim=(0, None))
    ends = []
    epochs, accuracies = numbers["epochs"], numbers["accuracies"]
    for name, colour in (("train", look.blue), ("test", look.orange)):
        right.plot(epochs, accuracies[name], "o-", color=colour, markersize=3)
        ends.append((_(name), epochs[-1], accuracies[name][-1], colour))
    right.set(xlabel=_("epoch"), ylabel=_("accuracy in %"))
    figure.draw_without_rendering()
    label_ends(right, ends)
    return figure
