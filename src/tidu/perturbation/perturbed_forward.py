"""The perturbed forward pass: from a change somewhere in a network to the change of each loss.

Positions are counted between the stages: position p is the input of stage p, the last position the
scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tidu.layers import Affine
from tidu.losses import LOSSES, Loss
from tidu.perturbation.stages import Stage

BYTES = 64 * 2**20
"""What a numeric gradient may take beside what one pass over the batch and the result take."""

THREADS = 8
"""How many threads share that, at most."""

_TEMPORARIES = 8  # arrays of a stack's size that are alive at once, within a layer or a loss

Shortcut = Callable[[int, np.ndarray, slice, np.ndarray, np.ndarray], np.ndarray | None]


@dataclass(frozen=True)
class PerturbedForward:
    """A network at one point and for one batch, of which any part can be moved.

    Attributes
    ----------
    stages
        The layers in order.
    activations
        What the batch is at each position where nothing is moved, from the input to the scores.
    t, w
        Its encoded targets, and wᵢ / Σ wᵢ.
    loss
        What gives ℓᵢ.
    shortcut
        Another form of what follows moved columns at a position; gives None where it declines.
    """

    stages: tuple[Stage, ...]
    activations: tuple[np.ndarray, ...]
    t: np.ndarray
    w: np.ndarray
    loss: Loss
    shortcut: Shortcut | None = None

    @property
    def x(self) -> np.ndarray:
        """The batch."""
        return self.activations[0]

    @cached_property
    def may_run_in_threads(self) -> bool:
        """Whether no code but Tidu's is run."""
        return type(self.loss) in LOSSES.values() and all(
            stage.runs_in_threads for stage in self.stages
        )

    def takes_samples(self, position: int) -> bool:
        """Say whether stacks at a position may hold single samples; else they are whole batches."""
        return type(self.loss) in LOSSES.values() and all(
            stage.is_samplewise for stage in self.stages[position:]
        )

    def room(self, position: int) -> int:
        """Return how many samples a stack at a position may hold."""
        widths = [stage.width for stage in self.stages[position:]]
        width = max(
            [*widths, self.activations[position][:1].size, self.activations[-1][:1].size, 1]
        )
        return max(1, BYTES // (THREADS * _TEMPORARIES * 8 * width))

    def losses(self, position: int, stack: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return wᵢ ℓᵢ for a stack at a position."""
        for stage in self.stages[position:]:
            stack = stage.forward_stack(stack, rows)
        t, w = self.t[rows], self.w[rows]
        if type(self.loss) in LOSSES.values():
            return w * self.loss.values(stack, t)
        n = len(self.x)
        batches = stack.reshape(-1, n, *stack.shape[1:])
        return w * np.concatenate([self.loss.values(batch, self.t) for batch in batches])

    # -- moves of single columns of a position with rows of numbers -------------------------------

    def is_affine(self, position: int) -> bool:
        """Say whether an affine layer follows, in which a column changes all outputs linearly."""
        return position < len(self.stages) and type(self.stages[position].at.layer) is Affine

    def after_columns(self, position: int) -> int:
        """Return the position up to which a change of one column stays in that column."""
        while position < len(self.stages) and self.stages[position].is_columnwise:
            position += 1
        return position

    def room_for_columns(self, position: int) -> int:
        """Return how many samples, each with one column moved, may be under way at once."""
        end = self.after_columns(position)
        return self.room(end + self.is_affine(end))

    def column_differences(
        self, position: int, rows: np.ndarray, js: slice, h_plus: np.ndarray, h_minus: np.ndarray
    ) -> np.ndarray:
        """Return wᵢ (ℓᵢ with column j moved by ``h_plus`` − ℓᵢ with it moved by −``h_minus``).

        Parameters
        ----------
        rows : (M,)
            Samples.
        js
            Columns, J of them; each is moved by itself.
        h_plus, h_minus : (M, J)
            By how much.

        Returns
        -------
        ndarray
            Shape (M, J).
        """
        here, end = self.activations[position][rows, js], self.after_columns(position)
        above, below = here + h_plus, here - h_minus
        for stage in self.stages[position:end]:
            cut = stage.columns(js)
            above, below = cut.forward_stack(above, rows), cut.forward_stack(below, rows)
        if self.shortcut is not None:
            before = self.activations[end][rows, js]
            found = self.shortcut(end, rows, js, above - before, below - before)
            if found is not None:
                return found
        return self._column_losses(end, rows, js, above) - self._column_losses(end, rows, js, below)

    def _column_losses(
        self, position: int, rows: np.ndarray, js: slice, moved: np.ndarray
    ) -> np.ndarray:
        """Return wᵢ ℓᵢ, (M, J), where column j of a position is ``moved[:, j]``."""
        m, j = moved.shape
        here = self.activations[position]
        if self.is_affine(position):
            W = self.stages[position].params["W"]
            change = (moved - here[rows, js]).T
            position += 1
            stack = self.activations[position][rows] + change[:, :, None] * W[js, None, :]
        else:
            stack = np.repeat(here[None, rows], j, axis=0)
            stack[np.arange(j), :, np.arange(j) + (js.start or 0)] = moved.T
        flat = stack.reshape(j * m, *stack.shape[2:])
        return self.losses(position, flat, np.tile(rows, j)).reshape(j, m).T
