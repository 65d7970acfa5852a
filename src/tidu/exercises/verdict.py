"""The verdict on a learner's function: what is right, and the causes of what is not."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tidu.errors import nearest
from tidu.exercises.exercise import Exercise
from tidu.language import translator

_ = translator("exercises")


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong: its name, the result it is about, a sentence, and a call with it.

    Examples
    --------
    >>> Cause("sign", "dx", "dx has the wrong sign").sentence
    'dx has the wrong sign'
    """

    code: str
    result: str
    sentence: str
    call: str = ""


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check.

    Attributes
    ----------
    exercise, seed
        What was checked, and with which numbers.
    right, calls
        How many calls returned what they should, of how many.
    causes
        What is wrong, most telling first; none if all is right.

    Examples
    --------
    >>> from tidu.exercises import check
    >>> check("softmax", lambda x: x / x.sum()).passed
    False
    """

    exercise: str
    seed: int
    right: int
    calls: int
    causes: tuple[Cause, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all is right."""
        return not self.causes

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it: ``passed``, ``score`` from 0 to 1, ``causes``, ..."""
        return {"passed": self.passed, "score": self.right / self.calls, **asdict(self)}

    def __str__(self) -> str:
        if self.passed:
            return _("{exercise}: right, in all of {calls} calls.").format(**vars(self))
        lines = [_("{exercise}: not yet; {right} of {calls} calls are right.").format(**vars(self))]
        for call, causes in itertools.groupby(self.causes, key=lambda cause: cause.call):
            lines += [f"  - {cause.sentence}" for cause in causes]
            lines += ["    " + _("in {call}").format(call=call)] if call else []
        return "\n".join(lines)


def failed(exercise: Exercise, seed: int, code: str, sentence: str) -> Verdict:
    """Return the verdict on code that could not be tried at all."""
    return Verdict(exercise.name, seed, 0, len(exercise.calls(seed)), (Cause(code, "", sentence),))


def missing_function(exercise: Exercise, seed: int, names: Sequence[str]) -> Verdict:
    """Return the verdict on code without the function."""
    name = exercise.function_name
    listed, near = ", ".join(map(repr, names)), nearest(name, names)
    if near:
        known = _("did you mean {near!r}? (one of {names})").format(near=near, names=listed)
    else:
        known = _("it is one of {names}").format(names=listed) if names else _("it defines none")
    sentence = _("the file has no function `{name}`: {known}").format(name=name, known=known)
    return failed(exercise, seed, "no-function", sentence)
