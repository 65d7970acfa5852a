"""What is handed to the interpreter: arrays by address and size, and some single numbers.

A message is one array of integers, so that whoever calls needs to know one address only.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

(
    PROGRAM,
    SETTINGS,
    WORK,
    THETA,
    DTHETA,
    A,
    B,
    STATE,
    NEW_STATE,
    INPUTS,
    ANSWERS,
    CLASS_WEIGHTS,
    ORDER,
    PACE,
    STREAMS,
    SEGMENTS,
    SCORES,
    OUTCOME,
    NOTES,
    SYNC,
) = range(20)
"""Arrays, in the order of their addresses and sizes. Of one that is not given, both are 0."""

PRODUCT, LET_OTHERS, TRAINING, BATCH_SIZE, K, THREADS = range(40, 46)
"""The places of the single numbers, which follow. The first two are addresses of functions: the
matrix product, and the system's yield."""
SIZE = 46

PACE_COLUMNS, STREAM_COLUMNS, SEGMENT_COLUMNS, OUTCOME_COLUMNS, NOTE_COLUMNS = 3, 4, 3, 3, 16


def message(
    arrays: Mapping[int, np.ndarray],
    numbers: Mapping[int, int],
    beginning: np.ndarray | None = None,
) -> np.ndarray:
    """Return a message, or one that says more than another did.

    The arrays, which must be contiguous, have to live as long as it does.
    """
    words = np.zeros(SIZE, np.int64) if beginning is None else beginning.copy()
    for place, array in arrays.items():
        words[2 * place], words[2 * place + 1] = array.ctypes.data, array.size
    for place, number in numbers.items():
        words[place] = number
    return words
