import inspect
from typing import Annotated

import pytest

from tidu.errors import InputError
from tidu.experiments import (
    EXPERIMENTS,
    Progress,
    Result,
    Setting,
    Table,
    experiment,
    named,
    silent,
    slope,
)


@experiment("count-up", title="Counting", quick={"steps": 2})
def count_up(
    *,
    steps: Annotated[int, Setting("how many steps", 1, 9)] = 3,
    progress: Progress = silent,
) -> Result:
    """Count."""
    seen = list(progress(range(steps), "counting"))
    return Result({"seen": seen}, [Table("all", ("k",), [(k,) for k in seen])], "Numbers.")


def test_fills_in_name_title_and_all_settings():
    result = count_up()
    assert (result.name, result.title, dict(result.settings)) == (
        "count-up",
        "Counting",
        {"steps": 3},
    )
    assert count_up.run(count_up.quick).numbers["seen"] == [0, 1]


def test_a_quick_run_says_that_it_was_one():
    assert count_up().see == "Numbers."
    assert count_up(steps=2).see.startswith("This was a quick run: its numbers are rough")
    assert "quick run" not in slope().see  # it has no quick settings


def test_is_still_the_function_it_was():
    assert count_up.__name__ == "count_up"
    assert count_up.__doc__ == "Count."
    assert list(inspect.signature(count_up).parameters) == ["steps", "progress"]
    assert repr(count_up) == "<experiment count-up: Counting>"


def test_progress_of_ones_own_is_used():
    told = []

    def track(items, what):
        told.append(what)
        return items

    count_up(progress=track)
    slope(progress=track)  # it does not ask for any
    assert told == ["counting"]


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: count_up(4), TypeError, "count-up takes settings by name: steps=..., got 4 (int)"),
        (lambda: count_up(steps=10), InputError, "`steps` must be at most 9, got 10"),
        (lambda: count_up(stepps=4), TypeError, "count-up has no setting 'stepps'; did you mean"),
        (lambda: count_up(progress=False), TypeError, "such as tidu.experiments.silent"),
        (lambda: named("slop"), InputError, "no experiment 'slop'; did you mean 'slope'?"),
        (
            lambda: experiment("a", title="A", quick={"s": 1})(lambda: None),
            TypeError,
            "a has no setting 's'; it has none",
        ),
    ],
)
def test_mistakes_are_refused_in_a_sentence(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert sentence in str(caught.value)


def test_are_found_by_both_spellings():
    assert named("step_size") is named("step-size") is EXPERIMENTS["step-size"]


def test_names_are_those_of_the_functions():
    for name, found in EXPERIMENTS.items():
        assert name == found.name == found.__name__.replace("_", "-")
