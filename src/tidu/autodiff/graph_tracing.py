"""How the graph of a computation is read off the tape of one call.

The steps of one function of `tidu.functions` (a sigmoid, say) are taken together as one node, under
the name of that function; which they are is seen from the stack of calls while they are recorded.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from types import FrameType
from typing import Any

import numpy as np

from tidu.arrays import Array, described
from tidu.autodiff.array import TracedArray
from tidu.autodiff.derivatives import Tree, check_function, checked_input, not_one_number
from tidu.autodiff.graph import Edge, Graph, Node, enclosed, text_of
from tidu.autodiff.tape import GradientRule, Step, Tape, Traced, contributions
from tidu.autodiff.trees import named_leaves, rebuilt
from tidu.errors import InputError

_FUNCTIONS = "tidu.functions"


def graph(f: Callable[..., Any], *x: Tree) -> Graph:
    """Return the graph of ``f(x)``: each operation, its value, and the gradient that comes back.

    Parameters
    ----------
    f
        A function that returns one number; see `tidu.grad` for what it may do.
    x
        Its arguments, which give the inputs of the graph their names.

    Returns
    -------
    Graph
        Its ``nodes``; ``draw()``, ``svg()``, ``steps()`` and ``as_dict()`` show it.

    Raises
    ------
    TypeError, InputError, ShapeError, MissingRuleError
        As for `tidu.grad`.

    Examples
    --------
    >>> g = graph(lambda a, b, c: (a * b + c) ** 2, 2.0, -3.0, 10.0)
    >>> g.output.value, g["a"].gradient
    (np.float64(16.0), np.float64(-24.0))
    """
    check_function(f)
    if not x:
        raise InputError("`x` is missing: write graph(f, x)")
    return graph_of(f, x, _argument_names(f, len(x)))


def graph_of(f: Callable[..., Any], args: Sequence[Tree], names: Sequence[str]) -> Graph:
    """Return the graph of a function of named arguments."""
    inputs = [leaf for x, name in zip(args, names, strict=True) for leaf in named_leaves(x, name)]
    tape = _GraphTape(TracedArray)
    following = iter([tape.input(checked_input(x, name)) for name, x in inputs]).__next__
    result: Any = f(*(rebuilt(x, following) for x in args))
    if not (isinstance(result, Traced) and result.tape is tape):
        raise InputError(f"`f` must depend on its arguments, and returned {described(result)}")
    if result.value.shape != ():
        raise not_one_number(result.value)
    try:
        return _GraphReader(tape, [name for name, _ in inputs], result.index).graph()
    finally:
        tape.calls.clear()  # they hold the arrays, which hold the tape


class _GraphTape(Tape):
    """A tape that takes down which function of `tidu.functions` each step belongs to."""

    def __init__(self, kind: type[Traced]) -> None:
        super().__init__(kind)
        self.calls: list[FrameType | None] = []

    def record(
        self, rule: GradientRule, parents: tuple, args: tuple, options: dict[str, Any], y: Any
    ) -> Traced:
        self.calls.append(_outermost_call())
        return super().record(rule, parents, args, options, y)


def _outermost_call() -> FrameType | None:
    found, frame = None, sys._getframe(2)
    while frame.f_back is not None:
        if (
            frame.f_globals.get("__name__", "").startswith(_FUNCTIONS)
            and frame.f_code.co_name[0] not in "_<"
        ):
            found = frame
        frame = frame.f_back
    return found


class _GraphReader:
    """Makes nodes of the lines of a tape, those of one call together, and goes back through them.

    A group is the lines of one node; the last of them has its value.
    """

    def __init__(self, tape: _GraphTape, names: list[str], end: int) -> None:
        self.tape, self.inputs, self.end = tape, names, end
        self.groups = {lines[-1]: lines for lines in _grouped(tape, len(names))}
        kept = sorted(self._leading_to(end) | set(range(len(names))))
        operations = [i for i in kept if i >= len(names)]
        labels = _free_names(names, len(operations))
        self.names = dict(enumerate(names)) | dict(zip(operations, labels, strict=True))
        self.number = {line: k for k, line in enumerate(kept)}

    def _parents(self, last: int) -> list[int]:
        lines = self.groups.get(last, [])
        outside = [
            p for i in lines for p in self.tape.steps[i].parents if p is not None and p not in lines
        ]
        return outside if len(lines) == 1 else list(dict.fromkeys(outside))

    def _leading_to(self, end: int) -> set[int]:
        seen, waiting = set(), [end]
        while waiting:
            line = waiting.pop()
            if line not in seen:
                seen.add(line)
                waiting += self._parents(line)
        return seen

    def _handed_back(self, last: int, dy: Array) -> list[tuple[int, Array]]:
        """Return what a node hands back to each of its arguments."""
        lines = self.groups[last]
        if len(lines) == 1:
            return list(contributions(self.tape.steps[last], dy))
        inner, outer = {last: dy}, dict[int, Array]()
        for i in reversed(lines):
            if i in inner:
                for parent, dx in contributions(self.tape.steps[i], inner.pop(i)):
                    into = inner if parent in lines else outer
                    into[parent] = into[parent] + dx if parent in into else dx
        return [(p, outer.get(p, np.zeros_like(self._value(p)))) for p in self._parents(last)]

    def _value(self, line: int) -> Array:
        return self.tape.steps[line].y

    def graph(self) -> Graph:
        one = np.ones_like(self._value(self.end))
        gradients = {line: np.zeros_like(self._value(line)) for line in self.number}
        gradients[self.end] = one
        edges: dict[int, tuple[Edge, ...]] = {}
        for line in sorted(self.number, reverse=True):
            if line < len(self.inputs):
                continue
            y = self._value(line)
            back = self._handed_back(line, gradients[line])
            unit = self._handed_back(line, np.ones_like(y)) if y.ndim == 0 else back
            for parent, dx in back:
                gradients[parent] = gradients[parent] + dx
            edges[line] = tuple(
                Edge(self.number[p], dx, float(slope) if y.ndim == 0 == dx.ndim else None)
                for (p, dx), (_, slope) in zip(back, unit, strict=True)
            )
        return Graph(
            tuple(
                Node(
                    self.names[line],
                    *self._words(line),
                    self._value(line),
                    gradients[line],
                    edges.get(line, ()),
                )
                for line in self.number
            )
        )

    def _words(self, line: int) -> tuple[str, str, str]:
        """Return operation, formula, and the formula with numbers."""
        if line < len(self.inputs):
            return "", "", ""
        lines, step = self.groups[line], self.tape.steps[line]
        names = self.names
        numbers = {p: text_of(self._value(p)) for p in names}
        scalar = all(self._value(p).ndim == 0 for p in (line, *self._parents(line)))
        call = self.tape.calls[line]
        if call is not None and sum(call is c for c in self.tape.calls) == len(lines):
            function = call.f_code.co_name
            formula, with_numbers = (
                f"{function}({', '.join(words[p] for p in self._parents(line))})"
                for words in (names, numbers)
            )
            return function, formula, with_numbers if scalar else ""
        bare = step_formula(step, dict.fromkeys(names, "")).strip()
        operation = bare if step.rule.sign else step.rule.name
        formula, with_numbers = (step_formula(step, words) for words in (names, numbers))
        return operation, formula, with_numbers if scalar else ""


def _grouped(tape: _GraphTape, first: int) -> list[list[int]]:
    """Return the lines after the inputs, those of one call together if only its last is used."""

    def call_of(i: int) -> int:
        return -i if tape.calls[i] is None else id(tape.calls[i])

    runs = [list(run) for _, run in groupby(range(first, len(tape.steps)), call_of)]
    run_of = {i: run for run in runs for i in run}
    inner = {i for run in runs for i in run[:-1]}
    used_outside = {
        p
        for i, step in enumerate(tape.steps)
        for p in step.parents
        if p in inner and run_of[p] is not run_of.get(i)
    }
    return [
        part
        for run in runs
        for part in ([[i] for i in run] if used_outside.intersection(run) else [run])
    ]


def step_formula(step: Step, words: Mapping[int, str]) -> str:
    """Write a step with words for the lines it takes."""
    rule, parents, args, options, _ = step
    given = [words[p] if p is not None else text_of(a) for a, p in zip(args, parents, strict=True)]
    if rule.name == "getitem":
        return f"{given[0]}[{_index_text(options['index'])}]"
    if rule.sign and len(given) == 2:
        left = enclosed(given[0]) if rule.name == "power" else given[0]
        return f"{left} {rule.sign} {enclosed(given[1])}"
    if rule.sign:
        return f"{rule.sign}{enclosed(given[0])}"
    given_options = {k: v for k, v in options.items() if v is not None and v is not False}
    shown = [f"{key}={value}" for key, value in given_options.items()]
    return f"{rule.name}({', '.join([*given, *shown])})"


def _index_text(index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    return ", ".join(map(_part_text, parts))


def _part_text(part: Any) -> str:
    if isinstance(part, slice):
        start, stop, step = (
            "" if n is None else str(n) for n in (part.start, part.stop, part.step)
        )
        return f"{start}:{stop}" + (f":{step}" if step else "")
    return "…" if part is Ellipsis else text_of(part) if hasattr(part, "dtype") else str(part)


def _argument_names(f: Callable[..., Any], n: int) -> list[str]:
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # a function of C has none
        return ["x"] if n == 1 else [f"x{i + 1}" for i in range(n)]
    names: list[str] = []
    for p in parameters:
        if p.kind is p.VAR_POSITIONAL:
            names += [f"{p.name}[{i}]" for i in range(n - len(names))]
        elif p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            names.append(p.name)
    return names[:n] if len(names) >= n else [f"x{i + 1}" for i in range(n)]


def _free_names(taken: Sequence[str], n: int) -> list[str]:
    """Return v1, v2, ... and L for the last, or others where these are taken."""
    letter = "v" if not any(name.startswith("v") for name in taken) else "node"
    output = next(name for name in ("L", "out", "output", "result_") if name not in taken)
    return [*(f"{letter}{i + 1}" for i in range(n - 1)), output][:n]
