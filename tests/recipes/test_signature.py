from pathlib import Path
from typing import Annotated

import numpy as np
import pytest

from tidu.errors import InputError
from tidu.experiments import Seed, Setting
from tidu.recipes.signature import arguments_of, checked


def sample(
    *,
    steps: Annotated[int, Setting("how many steps", 1, 100)] = 10,
    lr: Annotated[float, Setting("learning rate", 0, 1)] = 0.1,
    rates: Annotated[tuple[float, ...], Setting("learning rates", 0, 1)] = (0.1, 0.2),
    start: Annotated[tuple[float, float], Setting("where to start")] = (1.0, -2.5),
    method: Annotated[str, Setting("formula", choices=("forward", "central"))] = "central",
    methods: Annotated[tuple[str, ...], Setting("formulas", choices=("a", "b"))] = ("a",),
    noisy: Annotated[bool, Setting("whether with noise")] = False,
    function: Annotated[str, Setting("a formula")] = "x",
    folder: Annotated[Path | None, Setting("where to", metavar="DIR")] = None,
    limit: Annotated[float | None, Setting("the most", 0)] = None,
    sizes: Annotated[tuple[int, ...], Setting("sizes", 1, fewest=0)] = (3,),
    seed: Seed = 0,
    progress: object = None,
) -> None: ...


ARGUMENTS = arguments_of(sample)


def settle(**given):
    return checked("sample", ARGUMENTS, given)


def test_defaults_are_the_signatures():
    settings = settle()
    assert settings == {name: a.default for name, a in ARGUMENTS.items()}
    assert "progress" not in settings


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"steps": np.int64(3)}, 3),
        ({"lr": 1}, 1.0),
        ({"lr": np.float32(0.5)}, 0.5),
        ({"rates": [1, 0]}, (1.0, 0.0)),
        ({"rates": np.array([0.5])}, (0.5,)),
        ({"start": [-3, 4]}, (-3.0, 4.0)),
        ({"methods": ["b", "a"]}, ("b", "a")),
        ({"noisy": True}, True),
        ({"folder": "a/b"}, Path("a/b")),
        ({"folder": None}, None),
        ({"limit": 2}, 2.0),
        ({"sizes": []}, ()),
        ({"seed": 2**40}, 2**40),
    ],
)
def test_values_become_plain_ones(given, wanted):
    ((name, _),) = given.items()
    value = settle(**given)[name]
    assert value == wanted
    assert type(value) is type(wanted)


BAD = [
    ({"step": 3}, TypeError, "sample has no setting 'step'; did you mean 'steps'?"),
    ({"steps": 0}, InputError, "`steps` must be a positive integer, got 0"),
    ({"steps": 101}, InputError, "`steps` must be at most 100, got 101"),
    ({"steps": 2.5}, TypeError, "`steps` must be an integer, got 2.5"),
    ({"lr": -0.1}, InputError, "`lr` must be at least 0 and at most 1, got -0.1"),
    ({"lr": "fast"}, TypeError, "`lr` must be a number, got 'fast'"),
    ({"lr": float("nan")}, InputError, "`lr` must be at least 0"),
    ({"rates": 0.1}, TypeError, "`rates` must be one or more numbers, got 0.1 (float)"),
    ({"rates": []}, InputError, "`rates` must be one or more numbers, got ()"),
    ({"rates": [0.1, 2]}, InputError, "`rates[1]` must be at least 0 and at most 1, got 2"),
    ({"rates": "0.1"}, TypeError, "`rates` must be one or more numbers, got '0.1' (str)"),
    ({"start": [1, 2, 3]}, InputError, "`start` must be exactly 2 numbers, got (1.0, 2.0, 3.0)"),
    ({"method": "centre"}, InputError, "`method` cannot be 'centre'; did you mean 'central'?"),
    ({"methods": ["a", "c"]}, InputError, "`methods[1]` cannot be 'c'"),
    ({"noisy": 1}, TypeError, "`noisy` must be True or False, got 1"),
    ({"function": 3}, TypeError, "`function` must be a text, got 3"),
    ({"folder": 3}, TypeError, "`folder` must be a path, got 3"),
    ({"limit": -1}, InputError, "`limit` must be at least 0, got -1"),
    ({"lr": None}, TypeError, "`lr` must be a number, got None"),
    ({"sizes": [0]}, InputError, "`sizes[0]` must be a positive integer, got 0"),
    ({"seed": -1}, InputError, "`seed` must be zero or a positive integer, got -1"),
]


@pytest.mark.parametrize(("given", "error", "sentence"), BAD)
def test_others_are_refused_in_a_sentence(given, error, sentence):
    with pytest.raises(error) as caught:
        settle(**given)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("steps", "7", 7),
        ("lr", "1e-3", 1e-3),
        ("rates", "0.1, 1,10", (0.1, 1.0, 10.0)),
        ("start", "(-3, 4)", (-3.0, 4.0)),
        ("methods", "a,b", ("a", "b")),
        ("function", "x + y", "x + y"),
        ("folder", "a/b", Path("a/b")),
        ("limit", "3", 3.0),
        ("sizes", "", ()),
    ],
)
def test_text_is_read(name, text, value):
    assert ARGUMENTS[name].read(text) == value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("rates", "0.1;1", "`rates` must be one or more numbers, such as 0.1,0.2, got '0.1;1'"),
        ("start", "1,up", "`start` must be exactly 2 numbers, such as 1,-2.5, got 'up'"),
        ("limit", "up", "`limit` must be a number, got 'up'"),
        ("steps", "1.5", "`steps` must be an integer, such as 10, got '1.5'"),
    ],
)
def test_other_text_is_refused_with_an_example(name, text, sentence):
    with pytest.raises(InputError) as caught:
        ARGUMENTS[name].read(text)
    assert sentence in str(caught.value)


def test_words_say_what_may_be_given():
    assert ARGUMENTS["lr"].words == "learning rate, 0 to 1"
    assert ARGUMENTS["method"].words == "formula: forward, central"
    assert ARGUMENTS["start"].words == "where to start"


def positional(steps: Annotated[int, Setting("steps")] = 1): ...
def no_default(*, steps: Annotated[int, Setting("steps")]): ...
def no_setting(*, steps: int = 1): ...
def bad_default(*, steps: Annotated[int, Setting("steps", 1, 5)] = 6): ...


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (positional, "`steps` of positional must follow * and have a default"),
        (no_default, "`steps` of no_default must follow * and have a default"),
        (no_setting, "`steps` of no_setting lacks Annotated"),
        (bad_default, "`steps` must be at most 5"),
    ],
)
def test_a_signature_that_is_none_of_an_experiment_is_refused(function, sentence):
    with pytest.raises((TypeError, InputError)) as caught:
        arguments_of(function)
    assert sentence in str(caught.value)
