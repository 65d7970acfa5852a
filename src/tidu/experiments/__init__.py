"""Each figure and table of the course, one function each.

An experiment is two functions: one from settings to a `Result`, with numbers, tables and a few
sentences, and one from the record of it to a figure. The record is plain JSON, and
`Experiment.from_record` reads it again. The command ``tidu show`` and the gallery only present.

    >>> import tidu as td
    >>> result = td.experiments.slope(points=(5, 10))
    >>> figure = result.figure(theme="dark")  # doctest: +SKIP

Left out: how figures look in general (`tidu.plots`).

**How to add one.** Write a file that is named after it, with a function such as this::

    @experiment("many-starts", title="Where training ends from many starts", quick={"starts": 20})
    def many_starts(
        *,
        starts: Annotated[int, Setting("how many starts", 1, 100_000)] = 1000,
        seed: Seed = 0,
        progress: Progress = silent,
    ) -> Result:
        ...  # the docstring: what it does, and an example that runs
        ends = [train(stream(seed, "sample", k)) for k in progress(range(starts), "starts")]
        return Result(numbers={"ends": ends}, tables=[Table(...)], see="Two or three sentences.")


    @many_starts.draws
    def draw_many_starts(record: Record, look: Theme) -> Any:
        figure = new_figure(height=4)
        axes = figure.subplots()
        axes.plot(record["numbers"]["ends"], color=look.blue)
        return figure

and give it a line in the imports and in `EXPERIMENTS` below, which stands in the order of the
course. Everything else follows: checked settings, flags, ``--quick``, files, the gallery, and the
tests that hold for all. Settings are ``int``, ``float``, ``bool``, ``str``, or tuples of one of
these. Leave ``progress`` out if it takes no time. Then assert its numbers in a test of its own,
and run ``make gallery ONLY=many-starts`` and look at the figure.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tidu.errors import InputError, did_you_mean
from tidu.experiments.activations import activations
from tidu.experiments.batch_norm import batch_norm
from tidu.experiments.broadcasting import broadcasting
from tidu.experiments.descent import descent, learning_rate
from tidu.experiments.double_check import double_check
from tidu.experiments.experiment import Experiment, experiment
from tidu.experiments.gradient_field import gradient_field
from tidu.experiments.graph import graph
from tidu.experiments.many_starts import many_starts
from tidu.experiments.matrix_fit import matrix_fit
from tidu.experiments.network2 import network2
from tidu.experiments.numeric_vs_backprop import numeric_vs_backprop
from tidu.experiments.one_layer import one_layer
from tidu.experiments.optimizers import optimizers
from tidu.experiments.optimizers_mnist import optimizers_mnist, weight_init_mnist
from tidu.experiments.overfitting import overfitting
from tidu.experiments.quadratic_or_cross_entropy import quadratic_or_cross_entropy
from tidu.experiments.result import Result, Table
from tidu.experiments.shop import shop
from tidu.experiments.slope import slope
from tidu.experiments.step_size import step_size
from tidu.experiments.surface import surface
from tidu.experiments.tracking import Progress, silent
from tidu.experiments.trainability import trainability
from tidu.experiments.two_layer_net import two_layer_net
from tidu.experiments.weight_init import vanishing, weight_init
from tidu.experiments.worked_example import worked_example
from tidu.recipes.signature import Seed, Setting

EXPERIMENTS: Mapping[str, Experiment[Any]] = MappingProxyType({
    e.name: e
    for e in (
        broadcasting,
        slope,
        step_size,
        surface,
        gradient_field,
        descent,
        learning_rate,
        activations,
        one_layer,
        shop,
        graph,
        worked_example,
        many_starts,
        matrix_fit,
        numeric_vs_backprop,
        two_layer_net,
        optimizers,
        optimizers_mnist,
        weight_init,
        weight_init_mnist,
        batch_norm,
        overfitting,
        quadratic_or_cross_entropy,
        network2,
        vanishing,
        trainability,
        double_check,
    )
})  # fmt: skip
"""All experiments by name, in the order of the course."""


def named(name: str) -> Experiment[Any]:
    """Return an experiment by its name, ``"step-size"`` or ``"step_size"``.

    Raises
    ------
    InputError
        If there is none of this name.

    Examples
    --------
    >>> named("slope")
    <experiment slope: The slope of a curve at a point, and its tangent there>
    """
    if str(name).replace("_", "-") not in EXPERIMENTS:
        raise InputError(f"there is no experiment {name!r}; {did_you_mean(str(name), EXPERIMENTS)}")
    return EXPERIMENTS[str(name).replace("_", "-")]


__all__ = [
    "EXPERIMENTS",
    "Experiment",
    "Progress",
    "Result",
    "Seed",
    "Setting",
    "Table",
    "activations",
    "batch_norm",
    "broadcasting",
    "descent",
    "double_check",
    "experiment",
    "gradient_field",
    "graph",
    "learning_rate",
    "many_starts",
    "matrix_fit",
    "named",
    "network2",
    "numeric_vs_backprop",
    "one_layer",
    "optimizers",
    "optimizers_mnist",
    "overfitting",
    "quadratic_or_cross_entropy",
    "shop",
    "silent",
    "slope",
    "step_size",
    "surface",
    "trainability",
    "two_layer_net",
    "vanishing",
    "weight_init",
    "weight_init_mnist",
    "worked_example",
]
