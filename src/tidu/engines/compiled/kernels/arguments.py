"""The layout of an argument block: what the interpreter is given, and in which order.

A block is one array of 64-bit integers, so that whoever calls needs to know one address only. First
come two numbers for each array, its address and its size; then single numbers.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any, NamedTuple

REAL = "real"
"""The dtype of the network: float32 or float64."""
NEVER, TRAINING, ALWAYS = range(3)
"""When kernels write to an array."""


class ArrayArgument(NamedTuple):
    """What an array must be: its dtype, the columns of a row, and whether kernels write to it."""

    dtype: str
    columns: int = 1
    written: int = NEVER


ARRAYS = {
    "program": ArrayArgument("int64"),
    "settings": ArrayArgument(REAL),
    "work": ArrayArgument(REAL, written=ALWAYS),
    "theta": ArrayArgument(REAL, written=TRAINING),
    "dtheta": ArrayArgument(REAL, written=ALWAYS),
    "moment1": ArrayArgument(REAL, written=ALWAYS),
    "moment2": ArrayArgument(REAL, written=ALWAYS),
    "state": ArrayArgument(REAL, written=TRAINING),
    "new_state": ArrayArgument(REAL, written=ALWAYS),
    "inputs": ArrayArgument("int64", columns=6),
    "targets": ArrayArgument("int64", columns=7),
    "class_weights": ArrayArgument(REAL),
    "order": ArrayArgument("int64"),
    "scalars": ArrayArgument("float64", columns=3),
    "streams": ArrayArgument("uint64", columns=4),
    "ranges": ArrayArgument("int64", columns=3),
    "scores": ArrayArgument(REAL, written=ALWAYS),
    "metrics": ArrayArgument("float64", columns=3, written=ALWAYS),
    "scratch": ArrayArgument("float64", columns=16, written=ALWAYS),
    "sync": ArrayArgument("int64", written=ALWAYS),
}
"""Arrays in the order of the block. One that is not given has the address and the size 0."""

NUMBERS = ("gemm", "sched_yield", "training", "batch_size", "steps", "threads")
"""The single numbers. The first two are addresses: of the matrix product, and of the system's
function by which a thread lets others run."""


def _named(names: Any, first: int) -> Any:
    upper = [name.upper() for name in names]
    return namedtuple("Positions", upper)(*range(first, first + len(upper)))  # type: ignore[misc]


ARRAY = _named(ARRAYS, 0)
"""The index of each array."""
NUMBER = _named(NUMBERS, 2 * len(ARRAYS))
"""The position of each single number."""
SIZE = 2 * len(ARRAYS) + len(NUMBERS)
"""The integers of a block."""

ARRIVED, ROUND, SYNC_SIZE = 0, 16, 32
"""Positions in ``sync``, on cache lines of their own: threads arrived, and barriers passed."""
ABANDONED = -1
"""The round of a call that some thread never joined."""
