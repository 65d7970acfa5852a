"""What gradient checkers find and miss on the seeded faults: ``python -m benchmarks.checkers``.

Each checker gets the same functions with the same wrong gradients, at points of ordinary size, and
then right gradients at scales from 1e-6 to 1e6, in float64, with its own tolerances as they come.
SciPy gives back a number; 1e-5 is where it is called wrong here. What is not installed is named and
left out; ``python -m benchmarks.checkers tidu scipy`` takes some alone. Rows are printed as they
come; all goes to ``tidu-out/benchmarks``.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tests.checking.corpus import faults
from tests.checking.subjects import all_subjects
from tests.checking.test_no_false_alarm import right_gradients

import tidu as td
from benchmarks.quick import installed, run

COUNT = 1000
"""So many seeded faults are tried, and so many right gradients."""
LIBRARIES: tuple[str, ...] = ()
"""The libraries to compare, all if it is empty."""
QUICK = {"COUNT": 5, "LIBRARIES": ("tidu", "scipy")}

OUT = Path("tidu-out") / "benchmarks"

F = Callable[[np.ndarray], float]
Gradient = Callable[[np.ndarray], np.ndarray]
Checker = Callable[[F, np.ndarray, Gradient], bool | str]
"""Says whether a gradient is right; Tidu gives its verdict, which may be that it cannot tell."""


def by_tidu(f: F, x: np.ndarray, gradient: Gradient) -> str:
    return td.check_gradient(f, x, gradient).verdict


def by_scipy(f: F, x: np.ndarray, gradient: Gradient) -> bool:
    from scipy.optimize import check_grad

    return bool(check_grad(f, gradient, x) <= 1e-5)


def by_torch(f: F, x: np.ndarray, gradient: Gradient) -> bool:
    import torch

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):  # type: ignore[no-untyped-def]
            ctx.save_for_backward(x)
            return torch.tensor(float(f(x.detach().numpy().copy())), dtype=torch.float64)

        @staticmethod
        def backward(ctx, dy):  # type: ignore[no-untyped-def]
            return dy * torch.as_tensor(gradient(ctx.saved_tensors[0].numpy().copy()))

    start = torch.tensor(x, requires_grad=True)
    return torch.autograd.gradcheck(Function.apply, (start,), raise_exception=False)


def by_jax(f: F, x: np.ndarray, gradient: Gradient) -> bool:
    import jax
    from jax.test_util import check_grads

    with jax.enable_x64(True):
        number, like = jax.ShapeDtypeStruct((), np.float64), jax.ShapeDtypeStruct(x.shape, x.dtype)
        value = lambda a: jax.pure_callback(lambda b: np.float64(f(np.array(b))), number, a)  # noqa: E731
        slope = lambda a: jax.pure_callback(lambda b: np.array(gradient(np.array(b))), like, a)  # noqa: E731
        function = jax.custom_vjp(value)
        function.defvjp(lambda a: (value(a), a), lambda a, dy: (dy * slope(a),))
        try:
            check_grads(function, (x,), order=1, modes=["rev"])
        except AssertionError:
            return False
    return True


def by_autograd(f: F, x: np.ndarray, gradient: Gradient) -> bool:
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    function = primitive(lambda a: float(f(a.copy())))
    defvjp(function, lambda y, a: lambda dy: dy * gradient(a))
    try:
        check_grads(function, modes=["rev"], order=1)(x)
    except AssertionError:
        return False
    return True


CHECKERS: dict[str, tuple[str, Checker]] = {
    "tidu.check_gradient": ("tidu", by_tidu),
    "torch.autograd.gradcheck": ("torch", by_torch),
    "scipy.optimize.check_grad": ("scipy", by_scipy),
    "jax.test_util.check_grads": ("jax", by_jax),
    "autograd.test_util.check_grads": ("autograd", by_autograd),
}

Problem = tuple[F, np.ndarray, Gradient]


def flat(subject, gradient) -> Problem:  # type: ignore[no-untyped-def]
    """Return a function of one vector in place of one of named arrays."""
    names, point = list(subject.point), subject.point
    ends = np.cumsum([0, *(a.size for a in point.values())])

    def split(v: np.ndarray) -> dict[str, np.ndarray]:
        parts = zip(names, ends[:-1], ends[1:], strict=True)
        return {name: v[a:b].reshape(point[name].shape) for name, a, b in parts}

    def joined(parts: dict[str, np.ndarray]) -> np.ndarray:
        return np.concatenate([np.ravel(parts[name]) for name in names])

    return lambda v: subject.f(split(v)), joined(point), lambda v: joined(gradient(split(v)))


def wrong_problems(count: int) -> list[Problem]:
    found = [
        flat(subject, lambda p, wrong=wrong: wrong)
        for subject in all_subjects()
        for _, _, wrong in faults(subject)
    ]
    return [found[k] for k in np.linspace(0, len(found) - 1, count).astype(int)]


def right_problems(count: int) -> list[Problem]:
    double = (subject for subject, dtype in right_gradients(4 * count) if dtype == np.float64)
    return [flat(subject, subject.gradient) for subject in itertools.islice(double, count)]


@dataclass(frozen=True)
class Score:
    """What one checker said; only Tidu may say that it cannot tell."""

    checker: str
    found: int
    missed: int
    false_alarms: int
    cannot_tell: int
    seconds: float


def score(name: str, checker: Checker, wrong: list[Problem], right: list[Problem]) -> Score:
    """Return what a checker finds among wrong gradients, and says of right ones."""
    start = time.process_time()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        missed = sum(checker(*problem) in (True, "right") for problem in wrong)
        said = [checker(*problem) for problem in right]
    alarms = sum(answer in (False, "wrong") for answer in said)
    seconds = time.process_time() - start
    return Score(name, len(wrong) - missed, missed, alarms, said.count("cannot tell"), seconds)


def main() -> None:
    wrong, right = wrong_problems(COUNT), right_problems(COUNT)
    print(f"{len(wrong)} seeded faults, {len(right)} right gradients, float64")
    print(
        f"{'checker':32}{'found':>8}{'missed':>8}"
        f"{'false alarms':>14}{'cannot tell':>13}{'CPU s':>8}"
    )
    scores = []
    for name in installed({name: library for name, (library, _) in CHECKERS.items()}):
        library, checker = CHECKERS[name]
        if LIBRARIES and library not in LIBRARIES:
            continue
        scores.append(score(name, checker, wrong, right))
        n, found, missed, alarms, unsure, seconds = asdict(scores[-1]).values()
        print(f"{n:32}{found:8}{missed:8}{alarms:14}{unsure:13}{seconds:8.1f}", flush=True)
    OUT.mkdir(parents=True, exist_ok=True)
    results = {"wrong": len(wrong), "right": len(right), "scores": [asdict(s) for s in scores]}
    (OUT / "checkers.json").write_text(json.dumps(results, indent=1))
    print(f"numbers are in {OUT}")


if __name__ == "__main__":
    LIBRARIES = tuple(word for word in sys.argv[1:] if word != "--quick")
    run(globals())
