"""The tape: every operation on a traced array in the order it was made, and the way back.

A function is called with traced arrays. Each operation on one computes its value as usual and adds
one step to the tape: the rule, the arguments, the value. The order of the steps is a topological
order of the graph, so the way back is a plain loop over the tape from its end, however long it is.

On that way, each step turns the gradient with respect to its value into those with respect to its
arguments, by the pullbacks of its rule. These are ordinary array code: inside another trace they
are traced themselves, and so give derivatives of any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from tidu.arrays import Array
from tidu.errors import InputError

_numbers = count()


@dataclass(frozen=True, eq=False, slots=True)
class GradientRule:
    """An operation and its derivative.

    Attributes
    ----------
    name
        NumPy's name of it.
    forward
        y of the arguments; it may take options by name.
    pullbacks
        One function for each argument, or None where there is no gradient: ``dx`` of ``dy``, the
        gradient with respect to y, of ``y`` and of all that ``forward`` took. It need not undo
        broadcasting.
    each
        In place of pullbacks, for any number of arguments alike: a function that first takes the
        position of the argument.
    sign
        What is written between two arguments, or before the only one, where it is not a function.
    """

    name: str
    forward: Callable[..., Any]
    pullbacks: tuple[Callable[..., Any] | None, ...] = ()
    each: Callable[..., Any] | None = None
    sign: str = ""


class Step(NamedTuple):
    """One line of the tape; ``parents[k]`` is the line that argument k comes from, or None."""

    rule: GradientRule
    parents: tuple[int | None, ...]
    args: tuple[Any, ...]
    options: dict[str, Any]
    y: Any


class Traced:
    """A value, and the line of a tape on which it stands; what it can do is in `TracedArray`."""

    __slots__ = ("index", "tape", "value")

    def __init__(self, value: Any, tape: Tape, index: int) -> None:
        self.value, self.tape, self.index = value, tape, index


INPUT = GradientRule("input", lambda x: x)


class Tape:
    """The steps of one trace; one that was begun later has the larger number."""

    def __init__(self, kind: type[Traced]) -> None:
        self.kind = kind
        self.number = next(_numbers)
        self.steps: list[Step] = []

    def input(self, x: Array) -> Traced:
        """Return a traced array that depends on nothing."""
        return self.record(INPUT, (), (), {}, x)

    def record(
        self, rule: GradientRule, parents: tuple, args: tuple, options: dict[str, Any], y: Any
    ) -> Traced:
        """Add a step, and return its value as a traced array."""
        if y.dtype.kind != "f":
            raise InputError(
                f"`{rule.name}` gives {y.dtype} numbers; autodiff takes real floating-point "
                "numbers only: split a complex number into its real and imaginary part"
            )
        self.steps.append(Step(rule, parents, args, options, y))
        return self.kind(y, self, len(self.steps) - 1)

    def backward(self, end: int, dy: Array, inputs: int) -> dict[int, Array]:
        """Return the gradient of line ``end`` with respect to those of the first ``inputs`` lines.

        Lines that do not lead to it are left out. What has been handed on is forgotten at once.
        """
        gradients = {end: dy}
        for i in range(end, inputs - 1, -1):
            if i in gradients:
                for parent, dx in contributions(self.steps[i], gradients.pop(i)):
                    known = gradients.get(parent)
                    gradients[parent] = dx if known is None else known + dx
        return gradients


def contributions(step: Step, dy: Array) -> Iterator[tuple[int, Array]]:
    """Yield what one step hands back to each argument that is traced, with its line."""
    rule, parents, args, options, y = step
    for k, parent in enumerate(parents):
        if parent is not None:
            pullback: Any = partial(rule.each, k) if rule.each else rule.pullbacks[k]
            yield parent, unbroadcast(pullback(dy, y, *args, **options), args[k])


def unbroadcast(dx: Array, x: Array) -> Array:
    """Undo broadcasting and promotion: sum over the axes along which x was repeated.

    This is the only place that does. Rules are written as if all arguments had one shape.
    """
    extra = dx.ndim - x.ndim
    if extra > 0:
        dx = np.sum(dx, axis=tuple(range(extra)))
    if dx.shape != x.shape:
        repeated = [i for i, n in enumerate(x.shape) if n == 1 and dx.shape[i] != 1]
        dx = np.sum(dx, axis=tuple(repeated), keepdims=True)
    return dx if dx.dtype == x.dtype else np.astype(dx, x.dtype)


def apply(rule: GradientRule, *args: Any, **options: Any) -> Any:
    """Carry out an operation, and record it on the newest tape among its arguments.

    Values on that tape may be traced on an older one: then it is recorded there too.
    """
    tape: Tape | None = None
    for a in args:
        if isinstance(a, Traced) and (tape is None or a.tape.number > tape.number):
            tape = a.tape
    if tape is None:
        return rule.forward(*args, **options)
    mine = [isinstance(a, Traced) and a.tape is tape for a in args]
    values = tuple(a.value if own else a for a, own in zip(args, mine, strict=True))
    parents = tuple(a.index if own else None for a, own in zip(args, mine, strict=True))
    return tape.record(rule, parents, values, options, apply(rule, *values, **options))


def untraced(x: Any) -> Any:
    """Return the value of a traced array, whatever tapes it is on, also within a container."""
    while isinstance(x, Traced):
        x = x.value
    if isinstance(x, dict):
        return {key: untraced(item) for key, item in x.items()}
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return type(x)(untraced(item) for item in x)
    return x
