"""How four optimizers, and three initial weights, do on images of digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from tidu.datasets import Dataset
from tidu.experiments.experiment import experiment
from tidu.experiments.images import LossOfEachStep, deep_network, images, smooth
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.initializers import He, LeCun, Normal
from tidu.language import later, translator
from tidu.network import Network
from tidu.optimizers import SGD, AdaGrad, Adam, Momentum, Optimizer
from tidu.plots.style import Theme, label_ends, new_figure
from tidu.recipes.signature import Seed, Setting

_ = translator("experiments")

HIDDEN = (100, 100, 100, 100)
Steps = Annotated[int, Setting("how many steps", 1, 1_000_000)]
BatchSize = Annotated[int, Setting("samples a step", 1, 10_000)]


@experiment("optimizers-mnist", title="Four optimizers on images of digits", quick={"steps": 150})
def optimizers_mnist(
    *,
    steps: Steps = 2000,
    batch_size: BatchSize = 128,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train 784-100-100-100-100-10 with ReLU and He's weights, once with each optimizer.

    Examples
    --------
    >>> sorted(optimizers_mnist(steps=20).numbers["end"])
    ['AdaGrad', 'Adam', 'Momentum', 'SGD']
    """
    train, test, note = images()
    rules = (SGD(0.01), Momentum(0.01), AdaGrad(0.01), Adam(0.001))
    contest = {f"{rule!r}": (deep_network(train, HIDDEN, He(), seed=seed), rule) for rule in rules}
    losses = _losses(contest, train, steps, batch_size, progress)
    accuracies = {n: net.accuracy(test.x, test.t) for n, (net, _rule) in contest.items()}
    end = {name: float(smooth(values)[-1]) for name, values in losses.items()}
    kinds = {name: name.partition("(")[0] for name in contest}
    return Result(
        numbers={
            "losses": losses,
            "end": {kinds[name]: value for name, value in end.items()},
            "test_accuracy": {kinds[name]: value for name, value in accuracies.items()},
        },
        tables=[
            _table(_("after {steps} steps").format(steps=steps), _("optimizer"), end, accuracies)
        ],
        see=note
        + _(
            "Plain gradient descent is the slowest. Momentum carries it over flat regions; AdaGrad "
            "and Adam give each weight a step of its own size, and are the fastest. With other "
            "learning rates the order of these three may change; plain descent stays the slowest."
        ),
    )


@experiment(
    "weight-init-mnist",
    title="Initial weights that are too small never learn",
    quick={"steps": 150},
)
def weight_init_mnist(
    *,
    steps: Steps = 2000,
    batch_size: BatchSize = 128,
    lr: Annotated[float, Setting("learning rate", 0, 100)] = 0.01,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train 784-100-100-100-100-10 with ReLU by SGD from three kinds of initial weights.

    Examples
    --------
    >>> result = weight_init_mnist(steps=20)
    >>> round(result.numbers["end"]["std 0.01"], 2)
    2.3
    """
    train, test, note = images()
    rules = {
        later("std 0.01"): Normal(0.01),
        later("√(1/n), the course's Xavier"): LeCun(),
        "√(2/n), He": He(),
    }
    contest: dict[str, tuple[Network, Optimizer]] = {
        name: (deep_network(train, HIDDEN, rule, seed=seed), SGD(lr))
        for name, rule in rules.items()
    }
    losses = _losses(contest, train, steps, batch_size, progress)
    accuracies = {n: net.accuracy(test.x, test.t) for n, (net, _rule) in contest.items()}
    end = {name: float(smooth(values)[-1]) for name, values in losses.items()}
    return Result(
        numbers={"losses": losses, "end": end, "test_accuracy": accuracies},
        tables=[
            _table(
                _("after {steps} steps").format(steps=steps), _("initial weights"), end, accuracies
            )
        ],
        see=note
        + _(
            "With a standard deviation of 0.01, the outputs of the last hidden layer are "
            "nearly 0 for every image, and so are the gradients: the loss stays at ln 10 = "
            "2.3026, that of a random guess. Weights whose size suits the number of inputs "
            "learn from the first step on."
        ),
    )


def _losses(
    contest: Mapping[str, tuple[Network, Optimizer]],
    data: Dataset,
    steps: int,
    batch_size: int,
    progress: Progress,
) -> dict[str, list[float]]:
    """Return the loss of every step of each contestant."""
    a_epoch = -(-len(data) // batch_size)
    losses = {}
    entries: Iterable[tuple[str, tuple[Network, Optimizer]]] = list(contest.items())
    for name, (net, rule) in progress(entries, _("runs")):
        record = LossOfEachStep(steps)
        net.fit(
            data.x, data.t, optimizer=rule, epochs=-(-steps // a_epoch), batch_size=batch_size,
            callbacks=[record], progress=False,
        )  # fmt: skip
        losses[name] = record.losses
    return losses


def _table(
    title: str, what: str, end: Mapping[str, float], accuracies: Mapping[str, float]
) -> Table:
    rows = [(_(n), f"{end[n]:.4f}", f"{100 * accuracies[n]:.2f} %") for n in end]
    return Table(title, (what, _("loss (mean of the last 50 steps)"), _("test accuracy")), rows)


@optimizers_mnist.draws
@weight_init_mnist.draws
def draw_losses(record: Record, look: Theme) -> Any:
    """Draw the running mean of the loss of each run."""
    losses = record["numbers"]["losses"]
    figure = new_figure(height=4.2)
    axes = figure.subplots()
    ends = []
    for (name, values), colour in zip(losses.items(), look.series, strict=False):
        curve = smooth(values)
        axes.plot(curve, color=colour)
        ends.append((_(name), float(len(curve)), float(curve[-1]), colour))
    axes.set(xlabel=_("step"), ylabel=_("loss, mean of 50 steps"), yscale="log")
    axes.yaxis.get_major_locator().set_params(subs=(1, 2, 5))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")
    figure.draw_without_rendering()
    label_ends(axes, ends)
    return figure
