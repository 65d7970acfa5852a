"""By which path does the gradient get lost? Where f is plain array code, tracing it tells.

The gradient of x is a sum over all paths from the result back to x. Autodiff takes f apart into
operations; what comes back to x through one argument of one of them is part of that sum. A gradient
whose error is just that part has lost it, counted it twice, or taken it with another factor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.autodiff.array import TracedArray
from tidu.autodiff.graph_tracing import step_formula
from tidu.autodiff.tape import Step, Tape, Traced, contributions
from tidu.checking.report import CheckedPart
from tidu.language import later, translator

_ = translator("checking")

MOST = 300
"""In a computation with more arguments than these, no path is looked for."""
LONGEST = 32
"""Formulas with more letters are written as their last operation alone."""

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Path:
    """One argument of one operation, and what comes back through it, by the name of the part."""

    argument: str
    operation: str
    gradients: Arrays


def paths_of(f: Callable[[dict[str, Any]], Any], values: Arrays) -> list[Path]:
    """Return the paths of f, those nearest to its result first; none if f cannot be traced."""
    tape = Tape(TracedArray)
    with np.errstate(all="ignore"):
        try:
            result = f({name: tape.input(x[()]) for name, x in values.items()})
        except Exception:  # whatever it is that f cannot do with a traced array
            return []
        if not (isinstance(result, Traced) and result.tape is tape and result.value.size == 1):
            return []
        edges = list(_edges(tape, result.index, len(values)))
        if len(edges) > MOST:
            return []
        texts = _texts(tape, list(values))
        return [
            Path(texts[parent], texts[line], _by_part(tape, parent, dx, values))
            for line, parent, dx in edges
        ]


def _edges(tape: Tape, end: int, inputs: int) -> Iterator[tuple[int, int, Any]]:
    """Yield each operation with a line it depends on, and what it hands back to that line."""
    gradients = {end: np.ones_like(tape.steps[end].y)}
    for line in range(end, inputs - 1, -1):
        if line in gradients:
            for parent, dx in contributions(tape.steps[line], gradients.pop(line)):
                yield line, parent, dx
                gradients[parent] = gradients[parent] + dx if parent in gradients else dx


def _by_part(tape: Tape, line: int, dx: Any, values: Arrays) -> Arrays:
    found = tape.backward(line, dx, len(values))
    return {name: np.asarray(found[k]) for k, name in enumerate(values) if k in found}


def _texts(tape: Tape, names: list[str]) -> list[str]:
    """Return each line of a tape as a formula of the inputs."""
    texts = list(names)
    for step in tape.steps[len(names) :]:
        words = {p: _within(step, tape.steps[p], texts[p]) for p in step.parents if p is not None}
        texts.append(step_formula(step, words))
    return texts


def _within(step: Step, inner: Step, text: str) -> str:
    """Return a formula as it stands within that of another step."""
    if len(text) > LONGEST:
        text = "…" if inner.rule.sign else f"{inner.rule.name}(…)"
    return f"({text})" if step.rule.sign and inner.rule.sign and text != "…" else text


def lost_path(part: CheckedPart, paths: list[Path]) -> str | None:
    """Find an error that is what comes back to a part through one argument of an operation."""
    if any(isinstance(index, str) for index in part.indices):
        return None
    found = []
    for path in paths:
        if part.name in path.gradients:
            flow = np.array([path.gradients[part.name][index] for index in part.indices])
            times = _times_taken(part, flow)
            if times is not None:
                found.append((path, times))
    if not found:
        return None
    path, times = min(found, key=lambda pair: (pair[1] != 0, pair[1] not in _KNOWN))
    known = _KNOWN.get(times, later("is taken {times:.6g} times"))
    return _(
        "tracing f shows where: what comes back to {name} through {argument}, "
        "in {operation}, {known}"
    ).format(
        name=part.name,
        argument=path.argument,
        operation=path.operation,
        known=_(known).format(times=times),
    )


_KNOWN = {
    0.0: later("is missing"),
    2.0: later("is counted twice"),
    -1.0: later("has the opposite sign"),
}


def _times_taken(part: CheckedPart, flow: np.ndarray) -> float | None:
    """Return how many times a gradient holds part of the right one, if that is all its error."""
    numeric, error = part.numeric, part.numeric - part.analytic
    room = 2 * part.errors + 1e-6 * np.abs(numeric) + 1e-9 * np.abs(numeric).max(initial=0.0)
    weight = float(flow @ flow)
    if not np.isfinite(weight) or not weight or (np.abs(flow - numeric) <= room).all():
        return None  # nothing comes back here, or all does: then it is not one of several paths
    times = 1 - float(error @ flow) / weight
    if not (np.abs(error - (1 - times) * flow) <= room).all():
        return None
    known = [value for value in _KNOWN if abs(times - value) < 1e-5]
    fitted = numeric * float(flow @ numeric) / (float(numeric @ numeric) or 1.0)
    if known or (flow.size > 2 and not (np.abs(flow - fitted) <= room).all()):
        return known[0] if known else times
    return None  # one number was fitted to two, or all paths are alike and any factor would do
