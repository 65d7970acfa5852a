"""Calls of the experiments that cannot work."""

from functools import partial

from tests.bad_inputs import Bad
from tidu import experiments
from tidu.errors import InputError
from tidu.experiments import EXPERIMENTS, descent, gradient_field, graph, learning_rate, step_size

ROWS = [
    *(
        Bad(
            f"experiments.{found.__name__}.{setting}",
            partial(found, **{setting: object()}),
            TypeError,
            f"`{setting}` must be ",
        )
        for found in EXPERIMENTS.values()
        for setting, argument in found.arguments.items()
        if not argument.setting.choices or argument.length is not None
    ),
    Bad(
        "experiments.named.name",
        lambda: experiments.named("learning rate"),
        InputError,
        "there is no experiment 'learning rate'; did you mean 'learning-rate'?",
    ),
    Bad(
        "experiments.descent.step",
        lambda: descent(step=3),
        TypeError,
        "descent has no setting 'step'; did you mean 'steps'?",
    ),
    Bad(
        "experiments.learning_rate.rates",
        lambda: learning_rate(rates=[0.1, -1]),
        InputError,
        "`rates[1]` must be at least 0 and at most 1000, got -1",
    ),
    Bad(
        "experiments.step_size.methods",
        lambda: step_size(methods=["centre"]),
        InputError,
        "`methods[0]` cannot be 'centre'; did you mean 'central'?",
    ),
    Bad(
        "experiments.gradient_field.function",
        lambda: gradient_field(function="x^2"),
        InputError,
        "`function` cannot hold 'x^2'; a power is written x**2",
    ),
    Bad(
        "experiments.graph.function",
        lambda: graph(function="a*b", at=("a=1",)),
        InputError,
        "`function` cannot hold 'b'; ",
    ),
    Bad(
        "experiments.graph.function",
        lambda: graph(function="3", at=("a=1",)),
        InputError,
        "must depend on its arguments",
    ),
    *(
        Bad("experiments.graph.at", partial(graph, at=at), InputError, sentence)
        for at, sentence in (
            (("a",), "`at` must give values such as a=2,b=-3, and holds 'a'"),
            (("a=x",), "and holds 'a=x'"),
            (("a=inf",), "and holds 'a=inf'"),
            (("2=2",), "and holds '2=2'"),
            (("a=1", "a=2"), "`at` cannot give 'a' a value: it has one already"),
            (("sin=1",), "`at` cannot give 'sin' a value: it is a function"),
        )
    ),
    Bad(
        "experiments.gradient_field.at",
        lambda: gradient_field(at=[1, 2, 3]),
        InputError,
        "`at` must be exactly 2 numbers, got (1.0, 2.0, 3.0)",
    ),
    Bad(
        "experiments.descent.function",
        lambda: descent(function="open('x')"),
        InputError,
        "`function` cannot hold \"open('x')\"",
    ),
]
