"""Random numbers that depend on a seed, a purpose and an index, and on nothing else.

A generator is made anew for each purpose and index, and never kept in mid-stream: the order of
epoch 7 and the noise of step 4,000 are the same whether a run got there without a break, was
resumed just before, or is shared between processes.
"""

from __future__ import annotations

import numpy as np

from tidu.errors import check_integer

_PURPOSES = {"theta": 0, "order": 1, "noise": 2, "split": 3, "sample": 4, "direction": 5}


def stream(seed: int, purpose: str, index: int = 0) -> np.random.Generator:
    """Return the generator of one purpose at one index.

    Parameters
    ----------
    seed
        The user's seed, zero or positive.
    purpose
        ``"theta"`` (initial parameters), ``"order"`` (of an epoch), ``"noise"`` (of a step),
        ``"split"`` (of a data set), ``"sample"`` (of entries to look at) or ``"direction"`` (in the
        space of parameters).
    index
        Which epoch, step, ...

    Examples
    --------
    >>> stream(0, "order", 3).permutation(6), stream(0, "order", 3).permutation(6)
    (array([2, 0, 1, 3, 5, 4]), array([2, 0, 1, 3, 5, 4]))
    """
    seed = check_integer("seed", seed, minimum=0)
    return np.random.default_rng([seed, _PURPOSES[purpose], index])


def seed_words(seed: int) -> list[int]:
    """Return the words of 32 bits that NumPy makes of a seed, the lowest first.

    Examples
    --------
    >>> seed_words(7), seed_words(2**33 + 1)
    ([7], [1, 2])
    """
    seed = check_integer("seed", seed, minimum=0)
    words = [seed & 0xFFFFFFFF]
    while seed := seed >> 32:
        words.append(seed & 0xFFFFFFFF)
    return words
