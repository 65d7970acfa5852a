"""Moves carried to the loss: from a change somewhere in the network to the change of each loss.

Places are counted between the links: place p is the input of link p, the last place the scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tidu.layers import Affine
from tidu.losses import LOSSES, Loss
from tidu.perturbation.links import Link

BYTES = 64 * 2**20
"""What a numeric gradient may take beside what one pass over the batch and the result take."""

THREADS = 8
"""How many threads share that, at most."""

_TEMPORARIES = 8  # arrays of a stack's size that are alive at once, within a layer or a loss

Ending = Callable[[int, np.ndarray, slice, np.ndarray, np.ndarray], np.ndarray | None]


@dataclass(frozen=True)
class Moves:
    """A network at one point and one batch, ready to be moved.

    Attributes
    ----------
    links
        The layers in order.
    x, t, w
        The batch, its encoded targets, and wᵢ / Σ wᵢ.
    loss
        What gives ℓᵢ.
    ending
        Another form of what follows moved columns at a place; gives None where it declines.
    """

    links: tuple[Link, ...]
    x: np.ndarray
    t: np.ndarray
    w: np.ndarray
    loss: Loss
    ending: Ending | None = None

    def at(self, place: int) -> np.ndarray:
        """Return what the batch is at a place where nothing is moved."""
        return self.links[place - 1].y if place else self.x

    @cached_property
    def may_run_in_threads(self) -> bool:
        """Whether no code but Tidu's is run."""
        return type(self.loss) in LOSSES.values() and all(link.is_known for link in self.links)

    def takes_samples(self, place: int) -> bool:
        """Say whether stacks at a place may hold single samples; else they are whole batches."""
        return type(self.loss) in LOSSES.values() and all(
            link.is_samplewise for link in self.links[place:]
        )

    def room(self, place: int) -> int:
        """Return how many samples a stack at a place may hold."""
        widths = [link.width for link in self.links[place:]]
        width = max([*widths, self.at(place)[:1].size, self.at(len(self.links))[:1].size, 1])
        return max(1, BYTES // (THREADS * _TEMPORARIES * 8 * width))

    def losses(self, place: int, stack: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return wᵢ ℓᵢ for a stack at a place."""
        for link in self.links[place:]:
            stack = link.passed(stack, rows)
        t, w = self.t[rows], self.w[rows]
        if type(self.loss) in LOSSES.values():
            return w * self.loss.values(stack, t)
        n = len(self.x)
        batches = stack.reshape(-1, n, *stack.shape[1:])
        return w * np.concatenate([self.loss.values(batch, self.t) for batch in batches])

    # -- moves of single columns of a place with rows of numbers -------------------------------

    def after_columns(self, place: int) -> int:
        """Return the place up to which a change of one column stays in that column."""
        while place < len(self.links) and self.links[place].is_columnwise:
            place += 1
        return place

    def room_for_columns(self, place: int) -> int:
        """Return how many samples, each with one column moved, may be under way at once."""
        end = self.after_columns(place)
        through_affine = end < len(self.links) and type(self.links[end].layer) is Affine
        return self.room(end + through_affine)

    def column_differences(
        self, place: int, rows: np.ndarray, js: slice, h_plus: np.ndarray, h_minus: np.ndarray
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
        here, end = self.at(place)[rows, js], self.after_columns(place)
        above, below = here + h_plus, here - h_minus
        for link in self.links[place:end]:
            cut = link.columns(js)
            above, below = cut.passed(above, rows), cut.passed(below, rows)
        if self.ending is not None:
            before = self.at(end)[rows, js]
            found = self.ending(end, rows, js, above - before, below - before)
            if found is not None:
                return found
        return self._column_losses(end, rows, js, above) - self._column_losses(end, rows, js, below)

    def _column_losses(
        self, place: int, rows: np.ndarray, js: slice, moved: np.ndarray
    ) -> np.ndarray:
        """Return wᵢ ℓᵢ, (M, J), where column j of a place is ``moved[:, j]``."""
        m, j = moved.shape
        here = self.at(place)
        if place < len(self.links) and type(self.links[place].layer) is Affine:
            link = self.links[place]
            change = (moved - here[rows, js]).T
            stack = link.y[rows] + change[:, :, None] * link.params["W"][js, None, :]
            place += 1
        else:
            stack = np.repeat(here[None, rows], j, axis=0)
            stack[np.arange(j), :, np.arange(j) + (js.start or 0)] = moved.T
        flat = stack.reshape(j * m, *stack.shape[2:])
        return self.losses(place, flat, np.tile(rows, j)).reshape(j, m).T
