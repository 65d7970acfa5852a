"""The checks themselves: lay the parts end to end, check slope by slope, report."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from tidu.arrays import described, promoted
from tidu.checking.arguments import Arguments, Arrays, named_arguments
from tidu.checking.causes import diagnose_causes
from tidu.checking.entry_checker import UNSURE, EntryChecker, EntryResult, root_mean_square
from tidu.checking.noise import noise_of
from tidu.checking.paths import paths_of
from tidu.checking.report import CheckedPart, GradientError, GradientReport
from tidu.checking.sampling import SamplingPlan
from tidu.checking.second_order import SecondOrder, checked_order
from tidu.errors import InputError, ShapeError, check_choice
from tidu.language import translator
from tidu.numeric.differences import Line, entry_lines
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS
from tidu.randomness import stream

_ = translator("checking")


def check_gradient(
    f: Callable[[Any], Any],
    x: Any,
    grad: Any,
    *,
    order: int = 1,
    entries: int | None = None,
    directions: int | None = None,
    kinks: str = "between",
    seed: int = 0,
) -> GradientReport:
    r"""Check a gradient against differences of the function's values.

    Each slope is compared with :math:`(f(x + h e_i) - f(x - h e_i)) / 2h`. Where the two do not
    agree at once, f is extrapolated from longer and shorter steps until the slope is inside the
    error of the differences, or clearly outside. The verdict on it is *right*, *wrong*, or
    *cannot tell*, with the reason. There is no tolerance to choose: the size of f, its noise and
    its dtype set what can be told, so a gradient of size 1e-8 is checked like one of size 1. An
    entry far below its neighbours, and below what differences resolve beside them, counts as right
    if it is inside their error.

    Parameters
    ----------
    f
        A function that returns one number.
    x
        The point: an array of any shape; a tuple of arrays, which ``f`` and ``grad`` then take as
        several arguments; or a dict of named arrays, which they take as one dict. Stay in float64
        where you can: float32 resolves little. An array may be complex.
    grad
        The gradient under test: an array of the shape of ``x`` (or a tuple or dict of arrays), or
        a function that takes what ``f`` takes and returns it. For z = a + ib it is
        ∂f/∂a + i ∂f/∂b, the direction in which f grows (as in PyTorch; JAX and autograd give its
        conjugate).
    order
        1 checks the gradient; 2 the gradient's own derivative, from values of ``grad``, which must
        then be a function, and of ``f``. For a Hessian that you wrote see `check_jacobian`.
    entries
        Check no more than so many entries of each array, chosen by ``seed``. None looks at all.
    directions
        Check along so many random directions instead, each of which moves all entries of an array
        at once: cheap where there are many, but it does not say which entry is wrong.
    kinks
        What to do where the slopes on the two sides of x differ, as for ``abs`` at 0:
        ``"between"`` accepts any value between the two, ``"move"`` moves the entry off the kink and
        checks again there (``grad`` must then be a function).
    seed
        Of the entries, directions and moves.

    Returns
    -------
    GradientReport
        ``.ok``, ``.verdict``, ``.worst``, ``.why``, ``.parts``; prints as a table.

    Raises
    ------
    ShapeError
        If ``grad`` does not have the shape of ``x``, or ``f`` does not return one number.
    NonFiniteError
        If ``x`` or ``f(x)`` is NaN or infinite. A NaN in the gradient is reported, and is no error.
    TypeError, InputError
        If an argument cannot be used.

    See Also
    --------
    assert_gradient : the same for tests, which raises.

    References
    ----------
    C. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Adv. Eng. Software 4 (1982).

    Examples
    --------
    >>> report = check_gradient(lambda x: (x**2).sum(), [1.0, 2.0, 3.0], lambda x: 4 * x)
    >>> report.verdict
    'wrong'
    >>> print(report.why[0])
    your gradient of x is 2 × the numeric one everywhere:
    not divided by 2 (the batch size?), or a factor taken twice?
    """
    check_choice("kinks", kinks, ("between", "move"))
    if kinks == "move" and not callable(grad):
        raise InputError('kinks="move" needs `grad` as a function, to have it at the moved point')
    if checked_order(order) == 2 and not callable(grad):
        raise InputError("order=2 needs `grad` as a function, to take its derivative")
    if not callable(f):
        raise TypeError(f"`f` must be a function of x, got {described(f)}")
    plan = SamplingPlan.of(entries, directions, seed)
    given, call = named_arguments(x)
    arguments = Arguments.of(given)

    def value(parts: Arrays) -> Any:
        return call(f, arguments.join(parts))

    def gradients(parts: Arrays) -> Any:
        return arguments.split(_by_name(call(grad, arguments.join(parts)), x, given))

    if order == 2:
        second = SecondOrder(value, gradients, arguments.real, plan.seed)
        return second.annotate(
            check_parts(second.slope, arguments.real, second.gradient, plan, kinks)
        )
    claimed = gradients if callable(grad) else arguments.split(_by_name(grad, x, given))
    return check_parts(value, arguments.real, claimed, plan, kinks)


def _by_name(grad: Any, x: Any, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return gradients by the names of the arguments, or refuse them."""
    if isinstance(x, tuple):
        if not isinstance(grad, (tuple, list)) or len(grad) != len(x):
            raise TypeError(
                f"`grad` must give a tuple of {len(x)} gradients, one for each of x, "
                f"got {described(grad)}"
            )
        return dict(zip(given, grad, strict=True))
    if not isinstance(x, Mapping):
        return {"x": grad}
    if not isinstance(grad, Mapping):
        raise TypeError(
            f"`grad` must give a dict with the gradients of {', '.join(given)}, "
            f"got {described(grad)}"
        )
    missing = [name for name in given if name not in grad]
    if missing:
        raise InputError(f"`grad` gives no gradient of {missing[0]!r}; it gives {sorted(grad)}")
    return grad


def assert_gradient(
    f: Callable[[Any], Any],
    x: Any,
    grad: Any,
    *,
    order: int = 1,
    entries: int | None = None,
    directions: int | None = None,
    kinks: str = "between",
    seed: int = 0,
) -> None:
    """Raise unless a gradient was shown to be right: one line in a test.

    Parameters
    ----------
    f, x, grad, order, entries, directions, kinks, seed
        As for `check_gradient`.

    Raises
    ------
    GradientError
        An ``AssertionError`` whose message is the report, and ``.report`` the report itself. It is
        raised for *cannot tell*, too: a test that could not see anything has shown nothing.

    Examples
    --------
    >>> assert_gradient(lambda x: (x**3).sum(), [1.0, 2.0], lambda x: 3 * x**2)
    """
    report = check_gradient(
        f, x, grad, order=order, entries=entries, directions=directions, kinks=kinks, seed=seed
    )
    if not report.ok:
        raise GradientError(report)


def check_parts(
    f: Callable[[dict[str, np.ndarray]], Any],
    values: dict[str, np.ndarray],
    grad: Any,
    plan: SamplingPlan,
    kinks: str,
    all_differences: Callable[[float], np.ndarray] | None = None,
    terms: Mapping[str, Mapping[str, np.ndarray]] | None = None,
) -> GradientReport:
    """Check named parts of one function, each with its gradient.

    ``all_differences`` is as in `EntryChecker`; ``terms`` are arrays that the gradient of a part
    may be a sum of, by the part and their own name.
    """
    ends = np.cumsum([0, *(part.size for part in values.values())]).tolist()
    slices = {name: slice(*ends[k : k + 2]) for k, name in enumerate(values)}
    dtype = np.result_type(*values.values()) if values else np.dtype(np.float64)
    joined = np.concatenate([np.zeros(0, dtype), *(part.reshape(-1) for part in values.values())])

    def split(vector: np.ndarray) -> dict[str, np.ndarray]:
        return {name: vector[slices[name]].reshape(values[name].shape) for name in values}

    evaluator = Evaluator(lambda vector: f(split(vector)), joined)
    gradients = _gradients(grad(split(joined.copy())) if callable(grad) else grad, values)
    spread = _spread(evaluator)
    largest = max((root_mean_square(dx.reshape(-1)) for dx in gradients.values()), default=0.0)
    checker = EntryChecker(
        evaluator,
        noise_of(evaluator) + spread,
        typical=0.0,
        largest=largest,
        all_differences=all_differences,
    )
    random = spread > 64 * evaluator.eps * abs(float(evaluator.value))
    all_lines = entry_lines(evaluator, METHODS["central"])
    parts = []
    for number, (name, x) in enumerate(values.items()):
        lines, indices = plan.lines(evaluator, all_lines, slices[name], x.shape, number)
        dx = gradients[name].reshape(-1)
        analytic = np.array([_along(line, dx, slices[name]) for line in lines])
        if random:
            results = [EntryResult(math.nan, spread, UNSURE, "random")] * len(lines)
        else:
            results = checker.check_all(lines, analytic)
        parts.append(CheckedPart(name, x, indices, analytic, results, gradients[name]))
    if kinks == "move":
        bent = {p.name: [f.reason == "kink" for f in p.results] for p in parts}
        if any(map(any, bent.values())):
            return check_parts(
                f, _off_the_kinks(parts, plan.seed), grad, plan, "between", terms=terms
            )
    parts = [_with_terms(part, parts, (terms or {}).get(part.name, {})) for part in parts]
    most = max((x.size for x in values.values()), default=0)
    why = diagnose_causes(parts, partial(paths_of, f, values))
    return GradientReport(parts, why, evaluator.evaluations, plan.power(most))


def _with_terms(
    part: CheckedPart, parts: list[CheckedPart], terms: Mapping[str, np.ndarray]
) -> CheckedPart:
    """Return a part with the terms given, and the gradients of others of its shape."""
    others = {
        _("the gradient of {name}").format(name=other.name): other.numeric.reshape(other.x.shape)
        for other in parts
        if other is not part and other.is_whole and other.x.shape == part.x.shape
    }
    return replace(part, terms={**terms, **others})


def _along(line: Line, dx: np.ndarray, part: slice) -> float:
    """Return the slope along a line that the gradient ``dx`` of a part claims."""
    if isinstance(line.along, int):
        return float(dx[line.along - part.start])
    return float(dx.astype(np.float64) @ line.along[part])


def _spread(evaluator: Evaluator) -> float:
    """Return how far apart values of f at the same x are."""
    values = [float(evaluator.value), *(float(evaluator(evaluator.x.copy())) for _ in range(2))]
    return max(values) - min(values)


def _off_the_kinks(parts: list[CheckedPart], seed: int) -> dict[str, np.ndarray]:
    """Return the parts with the entries at kinks moved by about a hundredth of their size."""
    rng = stream(seed, "sample", len(parts))
    moved = {}
    for part in parts:
        x = part.x.copy()
        for index, found in zip(part.indices, part.results, strict=True):
            if found.reason != "kink":
                continue
            at = ... if isinstance(index, str) else index
            sizes = np.maximum(1.0, np.abs(x[at]))
            x[at] += 0.01 * sizes * rng.uniform(0.5, 1.0, np.shape(sizes))
        moved[part.name] = x
    return moved


def _gradients(given: Mapping[str, Any], values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the gradient of each part as an array of its shape, or refuse them."""
    gradients = {}
    for name, x in values.items():
        if given[name] is None:
            raise TypeError(f"`grad` gave None for {name}; does it lack a `return`?")
        dx = np.asarray(promoted(given[name], "grad"))
        if dx.dtype.kind == "c":
            raise TypeError(f"`grad` must be real, got {described(dx)} for {name}")
        if dx.shape != x.shape:
            raise ShapeError(
                f"`grad` has shape {dx.shape} for {name}, which has shape {x.shape}"
                f"{_shape_hint(dx.shape, x.shape)}"
            )
        gradients[name] = dx
    return gradients


def _shape_hint(found: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if found == wanted[::-1]:
        return ": transposed once too often or too seldom?"
    if len(found) > len(wanted) and found[len(found) - len(wanted) :] == wanted:
        return ": sum over the first axis, along which it was broadcast?"
    if math.prod(found) == math.prod(wanted):
        return ": the sizes agree, so a reshape may do"
    return ""
