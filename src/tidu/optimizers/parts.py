"""An update part by part, so that what lies between two steps of a formula stays in the cache."""

from __future__ import annotations

import numpy as np

from tidu.optimizers.base import Optimizer, State
from tidu.optimizers.clipping import Clip
from tidu.optimizers.rules import SGD, AdaGrad, Adam, AdamW, Lion, Momentum, Nesterov, RMSprop

PART = 1 << 14
"""Numbers of a part: the vectors of a formula for so many fit in the second cache."""
ENTRY_BY_ENTRY = (SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam, AdamW, Lion)
"""Rules that change each entry by what is at its place alone."""


def update_in_parts(
    optimizer: Optimizer,
    theta: np.ndarray,
    dtheta: np.ndarray,
    state: State,
    step: int,
    decay_mask: np.ndarray | None = None,
) -> tuple[np.ndarray, State]:
    """Take one step as ``optimizer.update`` does, to the bit; see `Optimizer.update`.

    A gradient is clipped as a whole. An optimizer that may look at all entries at once, as a
    user's own may, is left to do so.

    Examples
    --------
    >>> theta, rule = np.ones(100_000), Adam(0.1)
    >>> whole, _ = rule.update(theta, theta, rule.init(theta), 0)
    >>> bool((update_in_parts(rule, theta, theta, rule.init(theta), 0)[0] == whole).all())
    True
    """
    if isinstance(optimizer, Clip) and type(optimizer).update is Clip.update:
        dtheta, optimizer = optimizer.clipped(dtheta), optimizer.optimizer
        return update_in_parts(optimizer, theta, dtheta, state, step, decay_mask)
    if type(optimizer) not in ENTRY_BY_ENTRY or theta.size <= PART:
        return optimizer.update(theta, dtheta, state, step, decay_mask)
    new = np.empty_like(theta)
    after = {name: np.empty_like(vector) for name, vector in state.items()}
    for start in range(0, theta.size, PART):
        part = slice(start, start + PART)
        here = {name: vector[part] for name, vector in state.items()}
        mask = None if decay_mask is None else decay_mask[part]
        new[part], changed = optimizer.update(theta[part], dtheta[part], here, step, mask)
        for name, vector in changed.items():
            after[name][part] = vector
    return new, after
