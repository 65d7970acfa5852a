"""The few checks whose sentences are the same everywhere."""

import inspect
import math

import numpy as np
import pytest

from tidu import errors
from tidu.errors import (
    InputError,
    MissingExtraError,
    StepVanishedWarning,
    TiduError,
    TiduWarning,
    check_choice,
    check_integer,
    check_number,
    did_you_mean,
    need,
)

KINDS = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and value.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_is_tidus_and_a_builtin_one(kind):
    assert issubclass(kind, (TiduError, TiduWarning))
    if kind not in (TiduError, TiduWarning):
        builtin = [base for base in kind.__mro__ if base.__module__ == "builtins"]
        assert builtin[0] not in (Exception, Warning)


def test_kinds_are_caught_as_one_would_without_knowing_tidu():
    assert issubclass(errors.ShapeError, ValueError)
    assert issubclass(errors.NonFiniteError, ArithmeticError)
    assert issubclass(errors.DataNotFoundError, FileNotFoundError)
    assert issubclass(errors.MissingExtraError, ImportError)


def test_a_vanished_step_tells_where():
    warning = StepVanishedWarning("gone", entries=[(0, 1)])
    assert str(warning) == "gone"
    assert warning.entries == [(0, 1)]


def test_need():
    assert need("math", extra="plots") is math
    with pytest.raises(MissingExtraError) as caught:
        need("no_such_module.part", extra="plots")
    assert str(caught.value) == (
        "this needs no_such_module, which is not installed: pip install 'tidu[plots]'"
    )


@pytest.mark.parametrize(
    ("name", "suggestion"), [("centrl", "central"), ("CENTRAL", "central"), ("w1", "W1")]
)
def test_did_you_mean(name, suggestion):
    sentence = did_you_mean(name, ["forward", "central", "W1"])
    assert sentence == f"did you mean {suggestion!r}? (one of 'forward', 'central', 'W1')"


def test_did_you_mean_when_nothing_is_near():
    assert did_you_mean("xyzzy", ["forward", "central"]) == "it is one of 'forward', 'central'"


def test_check_choice():
    check_choice("method", "central", ["forward", "central"])
    for value in ("centrl", None, 3, ["central"]):
        with pytest.raises(InputError, match="`method` cannot be"):
            check_choice("method", value, ["forward", "central"])


@pytest.mark.parametrize("value", [1, np.int8(1), np.uint64(1)])
def test_whole_numbers_of_any_kind(value):
    assert type(check_integer("n", value)) is int


@pytest.mark.parametrize("value", [1.0, "1", None, True, np.float64(1), [1]])
def test_what_is_no_whole_number(value):
    with pytest.raises(TypeError, match="`n` must be an integer, got"):
        check_integer("n", value)


@pytest.mark.parametrize(
    ("minimum", "value", "wanted"),
    [(1, 0, "a positive integer"), (0, -1, "zero or a positive integer"), (2, 1, "at least 2")],
)
def test_too_small_a_whole_number(minimum, value, wanted):
    with pytest.raises(InputError, match=rf"`n` must be .*{wanted}, got {value}"):
        check_integer("n", value, minimum=minimum)
    assert check_integer("n", minimum, minimum=minimum) == minimum


@pytest.mark.parametrize("value", [1, 0.5, np.float32(0.5), np.int64(3)])
def test_numbers_of_any_kind(value):
    assert type(check_number("x", value)) is float


@pytest.mark.parametrize("value", ["1", None, True, 1j, [1.0], np.array([1.0])])
def test_what_is_no_number(value):
    with pytest.raises(TypeError, match="`x` must be a number, got"):
        check_number("x", value)


@pytest.mark.parametrize(
    ("limits", "value", "sentence"),
    [
        ({}, math.inf, "must be a finite number, got inf"),
        ({}, math.nan, "must be a finite number, got nan"),
        ({"minimum": 0}, -1, "must be at least 0, got -1"),
        ({"maximum": 1}, 2, "must be at most 1, got 2"),
        ({"minimum": 0, "maximum": 1}, 1.5, "must be at least 0 and at most 1, got 1.5"),
        ({"above": 0}, 0, "must be above 0, got 0"),
        ({"below": 1}, 1, "must be below 1, got 1"),
        ({"minimum": 0, "below": 1}, 1.0, "must be at least 0 and below 1, got 1.0"),
        ({"above": 0, "maximum": 1}, 0.0, "must be above 0 and at most 1, got 0.0"),
    ],
)
def test_numbers_out_of_range(limits, value, sentence):
    with pytest.raises(InputError) as caught:
        check_number("x", value, **limits)
    assert str(caught.value) == f"`x` {sentence}"


def test_limits_themselves():
    assert check_number("x", 0, minimum=0, maximum=1) == 0
    assert check_number("x", 1, minimum=0, maximum=1) == 1
