"""The decorator that makes an exercise of a function: its task, its blank and its known mistakes.

The function is the solution. Its docstring is the task, and the file that a learner gets is the
same function with its body taken out. A known mistake is an edit of the solution: the mistaken
function is made of it, so what it returns is known for any input.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import itertools
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from tidu.exercises.calls import Arguments, bound_function, value_of, written
from tidu.language import translator
from tidu.randomness import stream

_ = translator("exercises")

Inputs = Callable[[np.random.Generator], list[Arguments]]


def numbers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return random numbers of a few digits, none of them 0, so that they can be read and typed.

    Examples
    --------
    >>> numbers(np.random.default_rng(0), 3)
    array([ 0.13, -0.14,  0.65])
    """
    drawn = rng.normal(size=shape)
    return np.round(drawn + np.copysign(0.005, drawn), 2)


@dataclass(frozen=True)
class Mistake:
    """A mistake that learners make: a name, a sentence, and the edits that make it.

    Attributes
    ----------
    code
        Its name for machines, such as ``"no-batch-mean"``.
    sentence
        What is wrong, as the learner reads it.
    edits
        Pairs of texts: what stands in the solution, and what stands there by mistake.
    """

    code: str
    sentence: str
    edits: tuple[tuple[str, str], ...]


def mistake(code: str, sentence: str, *texts: str) -> Mistake:
    """Return a mistake; ``texts`` are what to find and what to put there, in turn."""
    return Mistake(code, sentence, tuple(zip(texts[::2], texts[1::2], strict=True)))


@dataclass(frozen=True, eq=False)
class Exercise:
    """A function to be written.

    Attributes
    ----------
    name, title
        What it is called on the command line, and what is to be written, in a line.
    results
        The names of what the function returns, in order.
    inputs
        From a generator to the calls that the function is tried with; the first is the example.
    mistakes
        The known mistakes, most telling first.
    function
        The solution.
    broken
        The code of the mistake that the file holds, where the task is to find it; else empty.
    rtol
        The relative error that is allowed.
    likeness
        The relative difference up to which a result counts as that of a known mistake.

    Examples
    --------
    >>> from tidu.exercises import EXERCISES
    >>> EXERCISES["softmax"].results
    ('y',)
    """

    name: str
    title: str
    results: tuple[str, ...]
    inputs: Inputs
    mistakes: tuple[Mistake, ...]
    function: Callable[..., Any]
    broken: str = ""
    rtol: float = 1e-6
    likeness: float = 1e-6

    def __repr__(self) -> str:
        return f"<exercise {self.name}: {self.title}>"

    @property
    def heading(self) -> str:
        """Its title in the reader's language."""
        return _(self.title)

    @property
    def function_name(self) -> str:
        """What the function is called in the learner's file."""
        return self.function.__name__

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its arguments."""
        return tuple(inspect.signature(self.function).parameters)

    @functools.cached_property
    def solution(self) -> str:
        """The text of the solution, from ``def`` on."""
        text = textwrap.dedent(inspect.getsource(self.function))
        return text[text.index("def ") :]

    @functools.cached_property
    def task(self) -> str:
        """The docstring of the solution, in English."""
        return inspect.getdoc(self.function) or ""

    @property
    def blank(self) -> str:
        """What the learner gets: the function without its body, or with a mistake in it."""
        if self.broken:
            return self._with_task(self.with_mistake(self.known(self.broken)))
        node = ast.parse(self.solution).body[0]
        assert isinstance(node, ast.FunctionDef)
        last = node.body[0].end_lineno
        signature = "".join(self.solution.splitlines(keepends=True)[:last])
        blank = f'    raise NotImplementedError("{_("your code here")}")\n'
        return self._with_task(signature) + blank

    def _with_task(self, text: str) -> str:
        """Return the text of the function with its task in the reader's language."""
        here, there = (textwrap.indent(t, "    ").strip() for t in (self.task, _(self.task)))
        return text.replace(here, there, 1)

    def calls(self, seed: int) -> list[Arguments]:
        """Return the calls that the function is tried with; another seed has other numbers."""
        return self.inputs(stream(seed, "sample"))

    def known(self, code: str) -> Mistake:
        """Return the known mistake of this name."""
        return next(known for known in self.mistakes if known.code == code)

    def with_mistake(self, known: Mistake) -> str:
        """Return the text of the solution with a mistake in it."""
        text = self.solution
        for right, wrong in known.edits:
            assert text.count(right) >= 1, f"{self.name}: no {right!r} for {known.code}"
            text = text.replace(right, wrong)
        return text

    @functools.cached_property
    def mistaken(self) -> list[tuple[Mistake, Callable[..., Any]]]:
        """Each known mistake with the function that it makes."""
        return [
            (known, bound_function(_compiled(self.with_mistake(known)), self.function_name))
            for known in self.mistakes
        ]

    @functools.cached_property
    def mistaken_twice(self) -> list[tuple[tuple[Mistake, Mistake], Callable[..., Any]]]:
        """Each two known mistakes that can be made together, with the function that they make."""
        made = []
        for first, second in itertools.combinations(self.mistakes, 2):
            text = self.with_mistake(first)
            if first.code == second.code or any(right not in text for right, _ in second.edits):
                continue
            for right, wrong in second.edits:
                text = text.replace(right, wrong)
            with contextlib.suppress(SyntaxError):
                function = bound_function(_compiled(text), self.function_name)
                made.append(((first, second), function))
        return made

    def file(self, file_name: str, seed: int = 0) -> str:
        """Return the text of the file that a learner gets, with an example of this seed."""
        given = self.calls(seed)[0]
        lines = [f"    {name} = {written(value)}" for name, value in given.items()]
        expected = self.function(**{name: value_of(value) for name, value in given.items()})
        shown = expected if isinstance(expected, tuple) else (expected,)
        answers = [
            f"    #   {name}: " + "\n    #      ".join(str(np.round(value, 6)).splitlines())
            for name, value in zip(self.results, shown, strict=True)
        ]
        seed_flag = f" --seed {seed}" if seed else ""
        task = (
            _("Find the mistake and mend it, then try it and have it checked:")
            if self.broken
            else _("Write the function, then try it and have it checked:")
        )
        return (
            f'"""{_("{title}.").format(title=self.heading)}\n\n{task}\n\n'
            f"    python {file_name}\n"
            f"    tidu exercise {self.name} --check {file_name}{seed_flag}\n"
            f'"""\n\nimport numpy as np\n\n\n{self.blank}\n\n'
            f'if __name__ == "__main__":  # {_("an example")}\n'
            + "\n".join(lines)
            + f"\n    print({self.function_name}({', '.join(given)}))\n"
            + f"    # {_('prints, when it is right:')}\n"
            + "\n".join(answers)
            + "\n"
        )


def _compiled(text: str) -> CodeType:
    return compile(text, "<exercise>", "exec")


def exercise(
    title: str,
    *,
    results: str,
    inputs: Inputs,
    mistakes: Sequence[Mistake],
    rtol: float = 1e-6,
    likeness: float | None = None,
    broken: str = "",
) -> Callable[[Callable[..., Any]], Exercise]:
    """Make an exercise of its solution; ``results`` are the names of what it returns.

    Its name is that of the function, with hyphens. With ``broken``, the code of a known mistake,
    the learner gets the function with that mistake in it.
    """

    def made(function: Callable[..., Any]) -> Exercise:
        name = function.__name__.replace("_", "-")
        return Exercise(
            name, title, tuple(results.split()), inputs, tuple(mistakes), function, broken,
            rtol=rtol, likeness=likeness or rtol,
        )  # fmt: skip

    return made
