"""What is known about a derivative: a code with a sentence, and the record that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.errors import clause
from tidu.numeric.estimation import Derivatives

TOLERANCE = 1e-3
"""A derivative has converged if its error is at most this part of its size."""


class Status(IntEnum):
    """How well a derivative is known; the larger the code, the less.

    Examples
    --------
    >>> Status.NOISE.sentence
    'rounding errors of f hide the derivative: trust it to within `error` only'
    """

    CONVERGED = 0
    NOISE = 1
    STEP_LIMIT = 2
    NOT_CONVERGED = 3

    @property
    def sentence(self) -> str:
        """What the code means, and what to do about it."""
        return _SENTENCES[self]


_SENTENCES = {
    Status.CONVERGED: f"the error is at most {TOLERANCE:g} of the derivative",
    Status.NOISE: "rounding errors of f hide the derivative: trust it to within `error` only",
    Status.STEP_LIMIT: clause(
        "f scatters over the smallest step that moves x: it changes faster, or is noisier, than a "
        "difference can show"
    ),
    Status.NOT_CONVERGED: clause(
        "longer and shorter steps give different derivatives: f may have a kink or a jump here, "
        "or the step may be too long"
    ),
}


@dataclass(frozen=True, eq=False)
class Estimate:
    """A derivative and what is known about it.

    Attributes
    ----------
    value
        The derivative.
    error
        How far it may be off: the truncation of the formula plus the rounding of ``f``. It takes
        ``f`` to round like ``f(x·(1 + eps))``, or as roughly as its values show.
    step
        The step it rests on (Richardson: the smallest that it used).
    evaluations
        How often ``f`` was called.
    status
        A `Status`; of an array, the code of each entry.

    Notes
    -----
    ``error`` is an estimate from values of f. It bounds the true error where f is smooth between
    the points that were looked at, which is what ``CONVERGED`` says; nothing finite can exclude a
    spike between them.

    Examples
    --------
    >>> from tidu.numeric import derivative
    >>> found = derivative(lambda x: x**3, 2.0, full_output=True)
    >>> found.success, round(float(found.value), 6)
    (True, 12.0)
    """

    value: Any
    error: Any
    step: Any
    evaluations: int
    status: Any

    @property
    def success(self) -> Any:
        """Whether it has converged; of an array, whether each entry has."""
        return self.status == Status.CONVERGED

    @property
    def message(self) -> str:
        """The status in a sentence; of an array, that of the entry which is known least."""
        if np.ndim(self.status) == 0:
            return Status(self.status).sentence
        failed = int(np.count_nonzero(self.status))
        if not failed:
            return "every entry: " + Status.CONVERGED.sentence
        index = np.unravel_index(np.argmax(self.status), self.status.shape)
        entry = [int(i) for i in index]
        more = f" ({failed - 1} more have not converged)" if failed > 1 else ""
        return f"entry {entry}: {Status(self.status[index]).sentence}{more}"

    def __repr__(self) -> str:
        with np.printoptions(precision=2):
            error, step = (
                f"{x:.2g}" if np.ndim(x) == 0 else repr(x) for x in (self.error, self.step)
            )
        if np.ndim(self.status) == 0:
            status = Status(self.status).name
        else:
            counts = [(code.name, int(np.sum(self.status == code))) for code in Status]
            status = ", ".join(f"{n} {name}" for name, n in counts if n) or Status.CONVERGED.name
        return (
            f"Estimate(value={self.value!r}, error={error}, step={step}, "
            f"evaluations={self.evaluations}, status={status})"
        )


def status_of(found: Derivatives, value: Array) -> Array:
    """Return the code of each derivative; ``value`` is its value in the dtype of the result."""
    converged = (found.error <= TOLERANCE * np.abs(value)) & np.isfinite(value)
    failed = np.where(found.unresolved, int(Status.NOT_CONVERGED), int(Status.NOISE))
    failed = np.where(found.limited, int(Status.STEP_LIMIT), failed)
    return np.where(converged, int(Status.CONVERGED), failed).astype(np.int8)
