"""What well-known gradient checkers find and miss, on Tidu's corpus of seeded faults.

Each checker gets the same functions with the same wrong gradients, at points of ordinary size, and
then right gradients at scales from 1e-6 to 1e6, in float64, with its own tolerances as they come.
SciPy gives back a number; 1e-5 is where it is called wrong here. What is not installed is left out.
"""

from __future__ import annotations

import importlib.util
import time
import warnings
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table
from tests.checking.corpus import faults
from tests.checking.subjects import all_subjects
from tests.checking.test_no_false_alarm import right_gradients

import tidu as td

EVERY, RIGHT = 5, 300
"""Every so many-th fault is tried, and the float64 ones among so many right gradients."""

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


def wrong_problems() -> list[Problem]:
    found = [
        flat(subject, lambda p, wrong=wrong: wrong)
        for subject in all_subjects()
        for _, _, wrong in faults(subject)
    ]
    return found[::EVERY]


def right_problems() -> list[Problem]:
    return [
        flat(subject, subject.gradient)
        for subject, dtype in right_gradients(RIGHT)
        if dtype == np.float64
    ]


def main() -> None:
    wrong, right = wrong_problems(), right_problems()
    table = Table(title=f"{len(wrong)} seeded faults, {len(right)} right gradients, float64")
    for column in ("checker", "found", "missed", "false alarms", "cannot tell", "seconds"):
        table.add_column(column, justify="left" if column == "checker" else "right")
    for name, (library, checker) in CHECKERS.items():
        if not importlib.util.find_spec(library):
            continue
        start = time.perf_counter()
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            missed = sum(checker(*problem) in (True, "right") for problem in wrong)
            said = [checker(*problem) for problem in right]
        seconds = time.perf_counter() - start
        alarms = sum(answer in (False, "wrong") for answer in said)
        unsure = str(said.count("cannot tell")) if library == "tidu" else "–"
        row = (name, len(wrong) - missed, missed, alarms, unsure, f"{seconds:.1f}")
        table.add_row(*map(str, row))
    Console().print(table)


if __name__ == "__main__":
    main()
