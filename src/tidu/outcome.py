"""How a run or a descent ended: a code for programs, beside the sentence for people."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Outcome(Enum):
    """A code for how a training run or a descent stands or ended.

    The codes are the same for `History.outcome` and `Descent.outcome`; their ``status`` says the
    same in a sentence, with numbers. The value of a code is what files and JSON hold.

    Examples
    --------
    >>> import tidu as td
    >>> path = td.descend(lambda x: x[0] ** 2, [1.0], steps=500, tolerance=1e-6)
    >>> path.outcome
    <Outcome.CONVERGED: 'converged'>
    """

    NOT_STARTED = "not started"
    RUNNING = "running"
    DONE = "done"
    """All epochs or steps that were asked for were taken."""
    CONVERGED = "converged"
    """The norm of the slope is within the tolerance."""
    STOPPED_EARLY = "stopped early"
    """A callback ended the run."""
    INTERRUPTED = "interrupted"
    """Ctrl-C."""
    NOT_FINITE = "not finite"
    """A NaN or an infinity came up; what is kept is from before it."""
    DIVERGED = "diverged"
    """The steps are too large: the function ended no lower than it began."""
    STALLED = "stalled"
    """The steps are too small: the point hardly moved."""


class StopReason(NamedTuple):
    """Why a run ended before all its epochs were done: a code and a sentence."""

    outcome: Outcome
    sentence: str
