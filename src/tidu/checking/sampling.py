"""Which slopes are checked: all entries, some of them, or those along random directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.checking.progress import MANY
from tidu.errors import InputError, check_integer
from tidu.language import translator
from tidu.numeric.differences import Line, direction_line
from tidu.numeric.evaluator import Evaluator
from tidu.numeric.methods import METHODS
from tidu.randomness import stream

_ = translator("checking")


@dataclass(frozen=True)
class SamplingPlan:
    """How many entries or random directions of each part are checked; None is all entries."""

    entries: int | None
    directions: int | None
    seed: int

    @classmethod
    def of(cls, entries: int | None, directions: int | None, seed: int) -> SamplingPlan:
        """Return the plan that a user asks for, or refuse it."""
        if entries is not None and directions is not None:
            raise InputError("give `entries` or `directions`, not both")
        return cls(
            None if entries is None else check_integer("entries", entries),
            None if directions is None else check_integer("directions", directions),
            check_integer("seed", seed, minimum=0),
        )

    def lines(
        self,
        evaluator: Evaluator,
        all_lines: list[Line],
        part: slice,
        shape: tuple[int, ...],
        number: int,
    ) -> tuple[list[Line], list[Any]]:
        """Return the lines along which one part is moved, and the index of each."""
        rng = stream(self.seed, "sample", number)
        size = part.stop - part.start
        if self.directions is not None and size:
            lines = []
            for _ in range(self.directions):
                v = np.zeros(evaluator.x.shape, evaluator.x.dtype)
                v[part] = rng.choice([-1.0, 1.0], size)
                lines.append(direction_line(evaluator, v, METHODS["central"]))
            return lines, [f"direction {k}" for k in range(self.directions)]
        chosen = np.arange(size)
        if self.entries is not None and self.entries < size:
            chosen = np.sort(rng.choice(size, self.entries, replace=False))
        if not shape:
            return [all_lines[part.start]], [()]
        axes = (axis.tolist() for axis in np.unravel_index(chosen, shape))
        indices = list(zip(*axes, strict=True))
        return [all_lines[part.start + int(k)] for k in chosen], indices

    def power(self, size: int) -> str:
        """Return what such a check would have found, in a sentence."""
        if self.directions is not None:
            one, many = _("{n} random direction"), _("{n:,} random directions")
            return _(
                "{directions} through each part: an error in "
                "any entry shows in each of them, unless smaller than what they resolve"
            ).format(directions=_counted(self.directions, one, many))
        if self.entries is None or self.entries >= size:
            fewer = _("; entries=1000 looks at some") if size >= MANY else ""
            return _("every entry was looked at{fewer}").format(fewer=fewer)
        return _(
            "{entries} of each part at most: a single wrong "
            "one among the {size:,} of the largest part would be found with probability "
            "{probability:.1%}"
        ).format(
            entries=_counted(self.entries, _("{n} entry"), _("{n:,} entries")),
            size=size,
            probability=self.entries / size,
        )


def _counted(n: int, one: str, many: str) -> str:
    return (one if n == 1 else many).format(n=n)
