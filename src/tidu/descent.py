"""Gradient descent on any function of an array, with its whole path and a word on how it ended.

For looking at descent itself: every point is kept, and no step is taken silently amiss. A
network is trained elsewhere (`tidu.training`), with the same optimizers.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from tidu.arrays import check_same_shape, described
from tidu.errors import (
    InaccurateDerivativeWarning,
    InputError,
    NonFiniteError,
    StepVanishedWarning,
    check_integer,
    check_number,
)
from tidu.language import translator
from tidu.numeric import gradient
from tidu.numeric.evaluator import Evaluator, real_array
from tidu.optimizers import SGD, Optimizer
from tidu.optimizers.base import check_optimizer
from tidu.outcome import Outcome, StopReason

_ = translator("library")

Index: TypeAlias = tuple[int, ...]
_SGD = SGD(0.1)


@dataclass(frozen=True, repr=False, eq=False)
class Descent:
    """A walk downhill: where it ended, each point on the way, and how it went.

    Attributes
    ----------
    x
        The last point, of the shape and dtype of ``x0``; always finite.
    value
        ``f(x)``.
    path
        All points, shape ``(steps + 1, *x.shape)``; the first is ``x0``.
    values
        ``f`` at each of them, shape ``(steps + 1,)``.
    norms
        The norm of the slope at each of them, shape ``(steps + 1,)``.
    steps
        How many steps were taken.
    outcome
        How it ended, as a code.
    status
        The same in a sentence or two, with what to try.
    vanished
        Where the difference step vanished beside x, so that the slope read 0: the index of the
        entry, and the iteration, counted from 1, in which that began.

    Examples
    --------
    >>> walk = descend(lambda x: x[0] ** 2 + x[1] ** 2, [3.0, 4.0], steps=2)
    >>> walk.path.shape, walk.value < 25
    ((3, 2), True)
    """

    path: np.ndarray
    values: np.ndarray
    norms: np.ndarray
    outcome: Outcome
    status: str
    vanished: dict[Index, int]

    @property
    def x(self) -> np.ndarray:
        """The last point."""
        return self.path[-1]

    @property
    def value(self) -> float:
        """``f`` at the last point."""
        return float(self.values[-1])

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.path) - 1

    def __repr__(self) -> str:
        start, end = _brief(self.path[0]), _brief(self.x)
        return (
            f"from x = {start}, f = {self.values[0]:.6g}\n"
            f"  to x = {end}, f = {self.value:.6g}, in {_counted(self.steps)}\n"
            f"{self.status}"
        )


def descend(
    f: Callable[[np.ndarray], Any],
    x0: Any,
    grad: Callable[[np.ndarray], Any] | None = None,
    optimizer: Optimizer = _SGD,
    steps: int = 100,
    tolerance: float = 0,
    step: float | None = None,
) -> Descent:
    """Walk downhill on ``f`` from ``x0``: ``x ← x − lr·∇f(x)``, or as another optimizer does it.

    It ends when the steps are used up, where the norm of the slope is within the tolerance, or
    where ``f``, its slope or x would no longer be finite; then it stays at the point before.

    Parameters
    ----------
    f
        A function that takes an array like ``x0`` and returns one number.
    x0
        Where to start: an array of any shape, a list or a number. Integers count as float64;
        float32 stays float32. It is never changed.
    grad
        The gradient: a function that takes an array like ``x0`` and returns another. Without
        it, the slope is measured with central differences: 1 + 3n calls of ``f`` for n entries,
        about three times as many where rounding hides the slope (at a minimum).
    optimizer
        How a slope becomes a step.
    steps
        How many steps at most.
    tolerance
        The norm of the slope at which to stop; 0 stops only where the slope is exactly 0.
    step
        The step of the central differences. Without it, one is chosen that suits f. A fixed
        one can vanish beside a large x (x + step is x): the slope then reads 0, and the status
        says so.

    Returns
    -------
    Descent

    Raises
    ------
    NonFiniteError
        If ``f`` or its slope is not finite at ``x0`` itself.
    ShapeError, TypeError, InputError
        If an argument cannot be used.

    Examples
    --------
    >>> path = descend(lambda x: x[0] ** 2 + x[1] ** 2, [-3.0, 4.0], steps=20)
    >>> path
    from x = [-3.,  4.], f = 25
      to x = [-0.03458765,  0.04611686], f = 0.00332307, in 20 steps
    20 steps used up: f fell from 25 to 0.00332, and the norm of the slope is 0.115. More steps
    would lead further down.
    >>> path.path.shape, path.values.shape
    ((21, 2), (21,))
    """
    x = real_array(x0, "x0")
    check_optimizer(optimizer)
    steps = check_integer("steps", steps)
    tolerance = check_number("tolerance", tolerance, minimum=0)
    slope_at = _slope_function(f, grad, step)
    value_at = Evaluator(f, x)
    slope, gone = slope_at(x)

    path, values, norms = [x], [float(value_at.value)], [_norm(slope)]
    vanished: dict[Index, int] = {}
    state = optimizer.init(x.reshape(-1))
    finite = True
    for k in range(steps):
        if norms[-1] <= tolerance and not gone:
            break
        for index in gone:
            vanished.setdefault(index, k + 1)
        try:
            with np.errstate(all="ignore"):  # what is not finite is raised
                theta, state = optimizer.update(x.reshape(-1), slope.reshape(-1), state, k)
                x = real_array(theta.reshape(x.shape))
                value = float(value_at(x.copy()))
                slope, gone = slope_at(x)
        except (NonFiniteError, OverflowError):
            finite = False
            break
        path.append(x)
        values.append(value)
        norms.append(_norm(slope))

    given = np.stack(path), np.array(values), np.array(norms)
    walk = Descent(*given, Outcome.RUNNING, "", vanished)
    arrived = finite and norms[-1] <= tolerance and not gone
    outcome, sentence = (
        StopReason(Outcome.CONVERGED, _arrival(walk, tolerance))
        if arrived
        else _ending(walk, optimizer, finite)
    )
    status = " ".join([sentence, *_vanishing(vanished, step)])
    return replace(walk, outcome=outcome, status=status)


_SlopeFunction: TypeAlias = Callable[[np.ndarray], tuple[np.ndarray, list[Index]]]


def _slope_function(f: Callable, grad: Callable | None, step: float | None) -> _SlopeFunction:
    """Return what gives the slope at x, and the entries at which the difference step vanished."""

    def measured(x: np.ndarray) -> tuple[np.ndarray, list[Index]]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", StepVanishedWarning)
            # at a kink the mean of the two slopes is as good a way down as any
            warnings.simplefilter("ignore", InaccurateDerivativeWarning)
            slope = gradient(f, x, step=step)
        gone: list[Index] = []
        for warning in caught:
            if isinstance(warning.message, StepVanishedWarning):
                gone += warning.message.entries
            else:  # one of f's own
                warnings.warn_explicit(
                    warning.message, warning.category, warning.filename, warning.lineno
                )
        return slope, gone

    def given(x: np.ndarray) -> tuple[np.ndarray, list[Index]]:
        slope = real_array(grad(x.copy()), "grad(x)")  # type: ignore[misc]
        check_same_shape("grad(x)", slope, "x0", x, "a gradient has a slope for each entry of x")
        return slope.astype(x.dtype), []

    if grad is None:
        return measured
    if not callable(grad):
        raise TypeError(f"`grad` must be a function of x, got {described(grad)}")
    if step is not None:
        raise InputError("`step` is that of the numeric gradient; with `grad` given, leave it out")
    return given


def _arrival(walk: Descent, tolerance: float) -> str:
    """Return the sentence for a walk that came to where the slope is small enough."""
    if walk.steps == 0:
        return _(
            "Converged at the start: the norm of the slope is "
            "{norm:.3g} there. If this is not a bottom but a top, a "
            "saddle or flat ground, start elsewhere."
        ).format(norm=walk.norms[0])
    return _(
        "Converged after {steps}: the norm of the slope is "
        "{norm:.3g}, within the tolerance of {tolerance:g}."
    ).format(steps=_counted(walk.steps), norm=walk.norms[-1], tolerance=tolerance)


def _ending(walk: Descent, optimizer: Optimizer, finite: bool) -> StopReason:
    """Return how a walk ended that did not arrive, and what to try."""
    first, last, norm = walk.values[0], walk.value, walk.norms[-1]
    lr, taken = optimizer.rate(walk.steps), _counted(walk.steps)
    if not finite:
        advice = _("The learning rate {lr:g} is too large here; try a smaller one.").format(lr=lr)
        if last < first:
            advice = _(
                "Until then f fell, to {last:.3g}: it may have no bottom "
                "this way; if it has, try a learning rate smaller than "
                "{lr:g}."
            ).format(last=last, lr=lr)
        return StopReason(
            Outcome.NOT_FINITE,
            _(
                "Diverged at step {step}: x, f or its slope was not finite "
                "there, and x is the point before it. {advice}"
            ).format(step=walk.steps + 1, advice=advice),
        )
    moved = np.abs(walk.path - walk.path[0]).max()
    size = np.abs(walk.path[0]).max() or 1.0
    if moved == 0 and walk.vanished:
        return StopReason(Outcome.STALLED, _("Stood still for {taken}.").format(taken=taken))
    if moved < 1e-4 * size and norm > walk.norms[0] / 2:
        # So short a way grows in proportion to the learning rate, whatever the rule.
        larger = lr * 10 ** math.ceil(math.log10(size / moved) - 1) if moved else 0
        example = _(", such as {lr:g}").format(lr=larger) if moved else ""
        return StopReason(
            Outcome.STALLED,
            _(
                "Hardly moved: in {taken} no entry of x came further than "
                "{moved:.2g}, though the norm of the slope is {norm:.3g}. "
                "The learning rate {lr:g} is too small here; try a larger "
                "one{example}."
            ).format(taken=taken, moved=moved, norm=norm, lr=lr, example=example),
        )
    if last > first and last == walk.values.max():
        return StopReason(
            Outcome.DIVERGED,
            _(
                "Diverged: f rose from {first:.3g} to {last:.3g} in {taken}. "
                "The learning rate {lr:g} is too large here; try a smaller "
                "one."
            ).format(first=first, last=last, taken=taken, lr=lr),
        )
    if last >= first:
        return StopReason(
            Outcome.DIVERGED,
            _(
                "{taken} used up, and f ended no lower than it began "
                "({first:.3g}, then {last:.3g}): the steps overshoot. Try a "
                "learning rate smaller than {lr:g}."
            ).format(taken=taken, first=first, last=last, lr=lr),
        )
    return StopReason(
        Outcome.DONE,
        _(
            "{taken} used up: f fell from {first:.3g} to {last:.3g}, and "
            "the norm of the slope is {norm:.3g}. More steps would lead "
            "further down."
        ).format(taken=taken, first=first, last=last, norm=norm),
    )


def _vanishing(vanished: dict[Index, int], step: float | None) -> list[str]:
    """Return the sentence on vanished difference steps, if there were any."""
    if not vanished:
        return []
    named = [
        _("{entry} in iteration {k}").format(entry=f"x{list(index) if index else ''}", k=k)
        for index, k in vanished.items()
    ]
    entries = ", ".join(named[:3])
    if len(named) > 3:
        entries = _("{entries}, and {n} more entries").format(entries=entries, n=len(named) - 3)
    return [
        _(
            "The difference step {step:g} vanished (x + {step:g} is x, so the slope read 0) for "
            "{entries}. Leave `step` out to have one chosen that suits x."
        ).format(step=step, entries=entries)
    ]


def _norm(slope: np.ndarray) -> float:
    with np.errstate(over="ignore"):
        return float(np.linalg.norm(slope))


def _counted(steps: int) -> str:
    return _("1 step") if steps == 1 else _("{steps} steps").format(steps=steps)


def _brief(x: np.ndarray) -> str:
    return np.array2string(x, threshold=6, edgeitems=2, separator=", ").replace("\n", "")
