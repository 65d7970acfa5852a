"""Every exercise: its solution passes, its blank is a blank, and its known mistakes are told."""

from __future__ import annotations

import importlib
import inspect
from collections import Counter

import numpy as np
import pytest

from tests.exercises import right_solutions
from tidu.exercises import EXERCISES, check, named

every_exercise = pytest.mark.parametrize("name", EXERCISES)


@every_exercise
@pytest.mark.parametrize("seed", range(3))
def test_the_solution_passes(name, seed):
    found = check(name, EXERCISES[name].function, seed)
    assert found.passed, str(found)
    assert found.as_dict()["score"] == 1


RIGHT = {name: f for name, f in vars(right_solutions).items() if inspect.isfunction(f)}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_solution_in_another_style_passes(name):
    exercise = name.partition("__")[0]
    for seed in range(3):
        found = check(exercise, RIGHT[name], seed)
        assert found.passed, str(found)


def test_each_exercise_has_such_a_solution():
    assert {name.partition("__")[0].replace("_", "-") for name in RIGHT} == set(EXERCISES)


@every_exercise
@pytest.mark.parametrize("seed", range(2))
def test_each_known_mistake_is_told_by_its_name(name, seed):
    for known, function in EXERCISES[name].mistaken:
        found = check(name, function, seed)
        assert [cause.code for cause in found.causes] == [known.code], known.code


@every_exercise
def test_the_file_is_a_task_with_an_example_that_runs(name, capsys):
    found = EXERCISES[name]
    text = found.file(f"{name}.py", 5)
    assert max(map(len, text.splitlines())) <= 110
    solved = text.replace(found.blank, found.solution)
    exec(compile(solved, name, "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out.strip()
    assert found.solution not in text
    assert inspect.getdoc(found.function).endswith(".")


@every_exercise
def test_another_seed_has_other_numbers(name):
    found = EXERCISES[name]
    assert found.file("a.py", 1) != found.file("a.py", 2)


def wrong_solutions(name):
    """Return the wrong solutions of an exercise as (expected code, function)."""
    module = importlib.import_module(f"tests.exercises.wrong.{name.replace('-', '_')}")
    return [
        (function_name.partition("__")[0].replace("_", "-"), function)
        for function_name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not function_name.startswith("helper")
    ]


GENERIC = {"raises", "wrong-kind", "not-finite", "shape", "returns-none", "changes-argument"}


@every_exercise
def test_ten_wrong_solutions_are_named(name):
    wrong = wrong_solutions(name)
    assert len(wrong) >= 10
    known = {cause.code for cause in EXERCISES[name].mistakes}
    told = Counter()
    for code, function in wrong:
        found = check(name, function)
        assert not found.passed, function.__name__
        codes = [cause.code for cause in found.causes]
        told[code in codes] += 1
        if code not in codes:
            print(f"{name}: {function.__name__} is told {codes}")
        assert code in known or code in GENERIC | CHECKER, f"{code} is no cause"
    assert told[True] >= 0.9 * len(wrong), f"{told[True]} of {len(wrong)} named rightly"


CHECKER = {"sign", "factor", "transposed", "moved", "averaged", "all-zero", "zero-block", "mask"}


ODD = {
    "nearly right": lambda value: value * (1 + 1e-5) + 1e-7,
    "NaN": lambda value: value * np.nan,
    "another shape": lambda value: np.expand_dims(value, -1),
    "text": str,
    "None": lambda value: None,
    "a dict": lambda value: {"value": value},
    "whole numbers": lambda value: np.asarray(value).astype(int) + 1,
    "nothing": lambda value: np.zeros(0),
    "complex": lambda value: value * 1j,
    "infinite": lambda value: value + np.inf,
}


@every_exercise
@pytest.mark.parametrize("kind", ODD)
def test_whatever_is_returned_gets_a_sentence(name, kind):
    exercise = EXERCISES[name]

    def odd(**arguments):
        results = exercise.function(**arguments)
        if isinstance(results, tuple):
            return tuple(ODD[kind](value) for value in results)
        return ODD[kind](results)

    found = check(name, odd)
    assert not found.passed or kind == "nearly right"
    assert all(cause.sentence for cause in found.causes)


def test_two_mistakes_made_together_are_both_named():
    def solution(x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return t - e / e.sum(axis=1, keepdims=True)  # the sign, and no mean over the batch

    found = check("softmax-loss-backward", solution)
    assert [cause.code for cause in found.causes] == ["no-batch-mean", "sign"]


def test_what_no_cause_explains_is_shown_beside_the_right_value_and_the_call():
    assert str(check("early-stopping", lambda losses, patience: (3, 5))).splitlines() == [
        "early-stopping: not yet; 0 of 6 calls are right.",
        "  - best is 3, and should be 2",
        "    in early_stopping(losses=<array of shape (8,)>, patience=3)",
        "  - last is 5, and should be 7",
        "    in early_stopping(losses=<array of shape (9,)>, patience=4)",
    ]


def test_a_factor_of_single_numbers_must_hold_for_several():
    E = EXERCISES["cross-entropy"].function
    assert "is 3 × the right one everywhere" in str(
        check("cross-entropy", lambda y, t: 3 * E(y, t))
    )
    other = check("cross-entropy", lambda y, t: len(y) ** 2 * E(y, t) + 1)
    assert [cause.code for cause in other.causes] == ["values"]


def test_names_in_either_spelling():
    assert named("numerical_diff") is named("numerical-diff")
