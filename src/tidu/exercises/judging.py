"""What is wrong with the outcomes of a learner's function, by name.

Each result is compared with the solution's. Where they differ, the known mistakes of the exercise
are asked first: one explains the results if its own function returns just these for every call,
all of them together or else each by itself. Two known mistakes made together are tried, too. Then
come the causes of the gradient checker (a sign, a factor, a transpose, a mask), which look at the
numbers alone. What none of them explains is shown beside the right value.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidu.checking.causes import CAUSES, factor, sign
from tidu.checking.entry_checker import RIGHT, WRONG, EntryResult
from tidu.checking.report import CheckedPart
from tidu.exercises.calls import Arguments, Outcome, outcome, written
from tidu.exercises.exercise import Exercise, Mistake
from tidu.exercises.verdict import Cause, Verdict
from tidu.language import later, translator

_ = translator("exercises")


def verdict(exercise: Exercise, seed: int, outcomes: Sequence[Outcome]) -> Verdict:
    """Judge the outcomes of the calls of an exercise.

    Parameters
    ----------
    exercise, seed
        Which calls were made.
    outcomes
        What `tidu.exercises.calls.outcome` gave for each, or what came back from another process.
    """
    calls = exercise.calls(seed)
    wanted = [_results(exercise, outcome(exercise.function, call)) for call in calls]
    got = [_results(exercise, found) for found in outcomes]
    bad = [_disagree(exercise, w, g) for w, g in zip(wanted, got, strict=True)]
    changed = [found.get("changed", []) for found in outcomes]
    right = sum(not b and not c for b, c in zip(bad, changed, strict=True))
    causes = []
    if any(bad):
        known = _mistakes(exercise, seed)
        causes = _whole_cause(exercise, known, got) or [
            cause
            for k in range(len(exercise.results))
            if any(k in b for b in bad)
            for cause in _causes_of(exercise, seed, k, wanted, got, outcomes)
        ]
    causes += _changes(changed)
    unique = {(cause.code, cause.sentence): cause for cause in reversed(causes)}
    return Verdict(exercise.name, seed, right, len(calls), tuple(reversed(unique.values())))


Results = list[np.ndarray] | str
"""The results of a call, or the name of what was returned or raised instead."""

_NO_NUMBERS = "something that is not numbers"


def _results(exercise: Exercise, found: Outcome) -> Results:
    if "raised" in found:
        return f"raised {found['raised'].get('type')}"
    value, n = found.get("returned"), len(exercise.results)
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray):
        value = list(value) if n > 1 and value.ndim and len(value) == n else [value]
    elif n == 1:
        value = [_as_one(value)]
    if not isinstance(value, list) or not all(
        isinstance(v, (np.ndarray, np.generic)) for v in value
    ):
        return _NO_NUMBERS
    if len(value) != n:
        return f"{len(value)} results"
    return [np.asarray(v) for v in value]


def _as_one(value: Any) -> Any:
    """Return several numbers as the one array that they may stand for."""
    try:
        return np.asarray(value) if np.asarray(value).dtype.kind in "biuf" else value
    except ValueError:
        return value


def _same(a: np.ndarray, b: np.ndarray, rtol: float) -> bool:
    if a.shape != b.shape:
        return False
    size = np.abs(b[np.isfinite(b)]).max(initial=0.0) if b.size else 0.0
    return bool(np.allclose(a, b, rtol=rtol, atol=1e-3 * rtol * size, equal_nan=True))


def _disagree(exercise: Exercise, wanted: Results, got: Results) -> set[int]:
    """Return which results of a call are wrong."""
    assert not isinstance(wanted, str), wanted
    if isinstance(got, str):
        return set(range(len(exercise.results)))
    return {k for k, w in enumerate(wanted) if not _same(got[k], w, exercise.rtol)}


Known = Sequence[tuple[Mistake, Sequence[Results]]]
"""The known mistakes, each with the results that it gives for every call."""


@functools.lru_cache(maxsize=64)
def _mistakes(exercise: Exercise, seed: int) -> Known:
    """Return the known mistakes of an exercise with their results, which depend on nothing else."""
    calls = exercise.calls(seed)
    return [
        (found, [_results(exercise, outcome(mistaken, call)) for call in calls])
        for found, mistaken in exercise.mistaken
    ]


@functools.lru_cache(maxsize=64)
def _pairs_of_mistakes(
    exercise: Exercise, seed: int
) -> Sequence[tuple[tuple[Mistake, Mistake], Sequence[Results]]]:
    """Return each two known mistakes made together with their results, where they give any."""
    calls, found = exercise.calls(seed), []
    for both, mistaken in exercise.mistaken_twice:
        results = [_results(exercise, outcome(mistaken, call)) for call in calls]
        if not any(isinstance(result, str) for result in results):
            found.append((both, results))
    return found


def _whole_cause(exercise: Exercise, known: Known, got: Sequence[Results]) -> list[Cause]:
    """Return the one mistake that explains all results together, if there is one."""
    everything = range(len(exercise.results))
    for found, theirs in known:
        pairs = list(zip(got, theirs, strict=True))
        if all(_equal(exercise, k, a, b) for k in everything for a, b in pairs):
            return [Cause(found.code, "", _(found.sentence))]
    return []


def _causes_of(
    exercise: Exercise,
    seed: int,
    k: int,
    wanted: Sequence[Results],
    got: Sequence[Results],
    outcomes: Sequence[Outcome],
) -> list[Cause]:
    """Return what explains result k: a known mistake, two of them, or what the numbers tell."""
    name, calls = exercise.results[k], exercise.calls(seed)
    for mistake, theirs in _mistakes(exercise, seed):
        if all(_equal(exercise, k, a, b) for a, b in zip(got, theirs, strict=True)):
            return [Cause(mistake.code, name, _(mistake.sentence))]
    for call, found, results in zip(calls, outcomes, got, strict=True):
        if isinstance(results, str):
            return [_no_results(exercise, call, found, results)]
    for both, theirs in _pairs_of_mistakes(exercise, seed):
        if all(_equal(exercise, k, a, b) for a, b in zip(got, theirs, strict=True)):
            return [Cause(mistake.code, name, _(mistake.sentence)) for mistake in both]
    pairs = []
    for call, w, g in zip(calls, wanted, got, strict=True):
        assert not isinstance(w, str)
        assert not isinstance(g, str)
        if not _same(g[k], w[k], exercise.rtol):
            pairs.append((call, w[k], g[k]))
    return [_from_numbers(exercise, name, pairs)]


def _equal(exercise: Exercise, k: int, a: Results, b: Results) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and a == b
    return _same(a[k], b[k], exercise.likeness)


def _no_results(exercise: Exercise, call: Arguments, found: Outcome, results: str) -> Cause:
    """Return why a call gave nothing to compare."""
    shown = _shown_call(exercise, call)
    if "raised" in found:
        error = found["raised"]
        if error.get("type") == "NotImplementedError":
            return Cause("blank", "", _("the function is still to be written"))
        line = _(" in line {line}").format(line=error["line"]) if error.get("line") else ""
        sentence = _("{call} raises {error}{line}: {message}").format(
            call=shown, error=error.get("type"), line=line, message=error.get("message")
        )
        return Cause("raises", "", sentence)
    if results == "NoneType":
        sentence = _("{call} returns None: is a `return` missing?").format(call=shown)
        return Cause("returns-none", "", sentence)
    sentence = _("{call} must return {wanted}, and gives {results}").format(
        call=shown, wanted=", ".join(exercise.results), results=_said(results)
    )
    return Cause("wrong-kind", "", sentence)


def _said(results: str) -> str:
    """Return the name of what was returned in the reader's language."""
    n, _space, what = results.partition(" ")
    if what == "results":
        return _("1 result") if n == "1" else _("{n} results").format(n=n)
    return _("something that is not numbers") if results == _NO_NUMBERS else results


Pairs = Sequence[tuple[Arguments, np.ndarray, np.ndarray]]


def _from_numbers(exercise: Exercise, name: str, pairs: Pairs) -> Cause:
    """Return what the numbers alone tell: a shape, a NaN, a pattern, or where they differ."""
    for call, w, g in pairs:
        if w.shape != g.shape:
            sentence = _("{name} has shape {shape} and must have {wanted}").format(
                name=name, shape=g.shape, wanted=w.shape
            )
            return Cause("shape", name, sentence, _shown_call(exercise, call))
    for call, w, g in pairs:
        if not np.isfinite(g[np.isfinite(w)]).all():
            sentence = _(
                "{name} holds {value}: a division by 0, log(0), or exp of something large?"
            ).format(name=name, value=_first_odd(g))
            return Cause("not-finite", name, sentence, _shown_call(exercise, call))
    alone = all(w.ndim == 0 for _call, w, _got in pairs)
    parts = [_stacked(name, exercise.rtol, pairs)] if alone else [
        _part(name, exercise.rtol, *pair) for pair in pairs
    ]  # fmt: skip
    for cause in (sign, factor) if alone else CAUSES:
        explained = [_explained(cause, part) for part in parts]
        if all(explained):
            sentence = explained[0]
            if not _is_gradient(name):
                sentence = _about_values(sentence, name)
            return Cause(cause.__name__.replace("_", "-"), name, sentence)
    call, w, g = pairs[0]
    sentence = _("{name} is {value}, and should be {wanted}").format(
        name=name, value=_numbers(g), wanted=_numbers(w)
    )
    return Cause("values", name, sentence, _shown_call(exercise, call))


def _is_gradient(name: str) -> bool:
    return name.startswith("d")


def _stacked(name: str, rtol: float, pairs: Pairs) -> CheckedPart:
    """Return single numbers as one part, so that a pattern must hold for several of them."""
    wanted, got = (np.array([pair[k] for pair in pairs], dtype=float) for k in (1, 2))
    return _part(name, rtol, {}, wanted, got)


def _explained(cause: Callable[[CheckedPart], str | None], part: CheckedPart) -> str:
    if part.x.size == 1:
        return ""  # any two numbers are multiples of each other
    with np.errstate(all="ignore"):
        return cause(part) or ""


def _part(
    name: str, rtol: float, call: Arguments, wanted: np.ndarray, got: np.ndarray
) -> CheckedPart:
    """Return a result as the gradient checker sees it: the right values stand for differences."""
    name = name[1:] if _is_gradient(name) else name
    x = call.get(name)
    if not isinstance(x, np.ndarray) or x.shape != wanted.shape:
        x = np.zeros(wanted.shape)
    size = float(np.abs(wanted).max(initial=0.0))
    near = np.isclose(got, wanted, rtol=rtol, atol=1e-3 * rtol * size)
    results = [
        EntryResult(float(value), 1e-6 * size, RIGHT if same else WRONG)
        for value, same in zip(wanted.ravel(), near.ravel(), strict=True)
    ]
    indices: list[tuple[int, ...] | str] = list(np.ndindex(wanted.shape))
    return CheckedPart(name, x, indices, got.ravel().astype(float), results, got.astype(float))


def _about_values(sentence: str, name: str) -> str:
    """Return a sentence about a gradient as one about a value."""
    for of_gradient, of_value in _ABOUT_VALUES.items():
        said = (_(of_gradient).format(name=name), _(of_value).format(name=name))
        sentence = sentence.replace(*said)
    return sentence


_ABOUT_VALUES = {
    later("your gradient of {name}"): later("your {name}"),
    later("the numeric one"): later("the right one"),
    later("the slope is"): later("the right one is"),
}
"""What the gradient checker says, in either language, and what is said of a value in its place."""


def _first_odd(values: np.ndarray) -> Any:
    return values[~np.isfinite(values)].ravel()[0]


def _changes(changed: Sequence[Sequence[str]]) -> list[Cause]:
    names = list(dict.fromkeys(name for some in changed for name in some))
    return [
        Cause(
            "changes-argument", name,
            _(
                "the function changes its argument {name}, which belongs to the caller: "
                "work on a copy, {name}.copy(), or write {name} = {name} - ... in place of -="
            ).format(name=name),
        )
        for name in names
    ]  # fmt: skip


def _shown_call(exercise: Exercise, call: Arguments) -> str:
    given = ", ".join(f"{name}={_shown(value)}" for name, value in call.items())
    return f"{exercise.function_name}({given})"


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > 4:
        return _("<array of shape {shape}>").format(shape=value.shape)
    return (
        written(value).removeprefix("np.array(").removesuffix(")")
        if isinstance(value, np.ndarray)
        else written(value)
    )


def _numbers(values: np.ndarray) -> str:
    return np.array2string(values, precision=6, threshold=6, separator=", ").replace("\n", "")
