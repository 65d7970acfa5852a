"""Derivatives at hard points, side by side: ``python -m benchmarks.derivatives``.

Each contestant differentiates the functions of `tests.numeric.hard_points` with its own defaults.
The truth is each row's closed form in 60 digits by mpmath, which also differences f itself to check
that form. A *silent error* is one of more than a thousandth, or a derivative at a kink, without a
flag, a warning or an error beside it that says so. A *violation* is an error larger than the
estimate where the contestant calls it good. What is not installed is left out.
"""

from __future__ import annotations

import importlib.util
import json
import math
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tests.numeric.hard_points import POINTS, Point

from benchmarks.quick import run
from tidu.numeric import derivative

OUT = Path("tidu-out") / "benchmarks"
DIGITS = 60
EVERY = 1
QUICK = {"EVERY": 40}
WRONG = 1e-3
"""The relative error from which a derivative counts as wrong."""


@dataclass(frozen=True)
class Answer:
    """What one contestant says of one point; ``good`` is False where it flags its own answer."""

    value: float
    error: float
    good: bool
    evaluations: int


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    contestant: str
    points: int
    median_error: float
    largest_error: float
    largest_unflagged: float
    flagged: int
    refused: int
    silent: int
    violations: int
    evaluations: float
    most_evaluations: int


class Counted:
    """A function that counts the points at which it was evaluated."""

    def __init__(self, point: Point) -> None:
        self.f, self.dtype, self.evaluations = point.function, point.dtype, 0

    def __call__(self, x: Any) -> Any:
        """Return f(x)."""
        self.evaluations += int(np.size(x))
        return self.f(x)


def by_tidu(method: str) -> Callable[[Point], Answer]:
    def contestant(point: Point) -> Answer:
        found = derivative(point.function, point.at, method=method, full_output=True)
        return Answer(
            float(found.value), float(found.error), bool(found.success), found.evaluations
        )

    return contestant


def by_numdifftools(point: Point) -> Answer:
    import numdifftools

    f = Counted(point)
    found = numdifftools.Derivative(f, full_output=True)(point.at)
    value, error = float(found.estimate), float(found.error_estimate)
    good = math.isfinite(value) and error <= WRONG * abs(value)
    return Answer(value, error, good, f.evaluations)


def by_scipy(point: Point) -> Answer:
    from scipy.differentiate import derivative as differentiate

    f = Counted(point)
    found = differentiate(f, point.at)
    good = bool(found.success) and float(found.error) <= WRONG * abs(float(found.df))
    return Answer(float(found.df), float(found.error), good, f.evaluations)


CONTESTANTS: dict[str, tuple[str, Callable[[Point], Answer]]] = {
    **{f"tidu {m}": ("numpy", by_tidu(m)) for m in ("central", "five-point", "richardson")},
    "tidu complex-step": ("numpy", by_tidu("complex-step")),
    "numdifftools": ("numdifftools", by_numdifftools),
    "scipy.differentiate": ("scipy", by_scipy),
}


def truth(point: Point) -> float | None:
    """Return the derivative from the closed form, which is held to a difference of f itself."""
    import mpmath

    if point.slope is None:
        return None
    names = {name: getattr(mpmath, name) for name in _MPMATH if hasattr(mpmath, name)}
    names |= {
        "abs": mpmath.fabs,
        "relu": lambda x: x if x > 0 else mpmath.mpf(0),
        "step": lambda x: mpmath.mpf(0 if x < 0 else 1),
    }

    def evaluate(text: str, x: Any) -> Any:
        return eval(text, {**names, "x": x})

    with mpmath.workdps(DIGITS):
        x = mpmath.mpf(float(point.at))
        exact = evaluate(point.slope, x)
    with mpmath.workdps(6 * DIGITS):
        h = mpmath.mpf(10) ** (-2 * DIGITS) * (abs(x) or 1)
        measured = (evaluate(point.f, x + h) - evaluate(point.f, x - h)) / (2 * h)
        if abs(measured - exact) > mpmath.mpf(10) ** -20 * abs(exact) + 2 * h:
            raise AssertionError(f"{point.name}: the closed form {exact} is not {measured}")
    return float(exact)


_MPMATH = ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "cosh", "atan")


def measure(name: str, points: list[Point], truths: list[float | None]) -> Row:
    """Return a contestant's line of the table."""
    contestant = CONTESTANTS[name][1]
    errors, unflagged, evaluations = [], [0.0], []
    flagged = refused = silent = violations = 0
    for point, exact in zip(points, truths, strict=True):
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                answer = contestant(point)
        except Exception:  # whatever it is that a contestant says instead of a number
            refused += 1
            continue
        evaluations.append(answer.evaluations)
        flagged += not answer.good
        if exact is None:
            silent += answer.good
            continue
        off = abs(answer.value - exact)
        off = off if math.isfinite(off) else math.inf
        relative = off / abs(exact) if exact else (0.0 if off == 0 else math.inf)
        if exact:
            errors.append(relative)
        if answer.good:
            unflagged.append(relative)
            silent += relative > WRONG
            # the result is rounded to the dtype of x
            rounding = float(np.finfo(point.dtype).eps) * abs(exact)
            violations += off > answer.error + rounding
    return Row(
        name,
        len(points),
        float(np.median(errors)),
        max(errors),
        max(unflagged),
        flagged,
        refused,
        silent,
        violations,
        float(np.mean(evaluations)),
        max(evaluations),
    )


def table(rows: list[Row]) -> list[str]:
    """Return the lines of the table in ``docs/derivatives.md``."""
    head = (
        "median error", "largest error unflagged", "silently wrong", "bound broken", "flagged",
        "refused", "calls of `f`, mean", "most",
    )  # fmt: skip
    return [
        f"| library and method | {' | '.join(head)} |",
        f"| --- |{' ---: |' * len(head)}",
        *(
            f"| {r.contestant} | {r.median_error:.0e} | {r.largest_unflagged:.0e} | {r.silent} "
            f"| {r.violations} | {r.flagged} | {r.refused} | {r.evaluations:.0f} "
            f"| {r.most_evaluations} |"
            for r in rows
        ),
    ]


def main(every: int | None = None) -> list[Row]:
    """Print the table, of every so many-th point."""
    every = every or EVERY
    if importlib.util.find_spec("mpmath") is None:
        print("benchmarks.derivatives needs mpmath, which is not installed: pip install mpmath")
        return []
    points = POINTS[::every]
    truths = [truth(point) for point in points]
    print(
        f"{len(points)} hard points; errors are relative, evaluations the mean and the most\n"
        f"{'':20}{'median':>9}{'largest':>9}{'largest':>10}{'':>8}{'':>8}{'':>7}{'viola-':>7}"
        f"{'evaluations':>16}\n"
        f"{'':20}{'error':>9}{'error':>9}{'unflagged':>10}{'flagged':>8}{'refused':>8}"
        f"{'silent':>7}{'tions':>7}"
    )
    rows = []
    for name, (module, _) in CONTESTANTS.items():
        if importlib.util.find_spec(module) is None:
            print(f"{name:20}not installed")
            continue
        row = measure(name, points, truths)
        rows.append(row)
        print(
            f"{name:20}{row.median_error:9.1e}{row.largest_error:9.1e}{row.largest_unflagged:10.1e}"
            f"{row.flagged:8}{row.refused:8}{row.silent:7}{row.violations:7}"
            f"{row.evaluations:10.1f}{row.most_evaluations:6}"
        )
    print("\n".join(["", *table(rows)]))
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "derivatives.json").write_text(json.dumps([asdict(row) for row in rows], indent=2))
    return rows


if __name__ == "__main__":
    run(globals())
