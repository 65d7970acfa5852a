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
    "constants": ArrayArgument(REAL),
    "work": ArrayArgument(REAL, written=ALWAYS),
    "theta": ArrayArgument(REAL, written=TRAINING),
    "dtheta": ArrayArgument(REAL, written=ALWAYS),
    "moment1": ArrayArgument(REAL, written=ALWAYS),
    "moment2": ArrayArgument(REAL, written=ALWAYS),
    "state": ArrayArgument(REAL, written=TRAINING),
    "new_state": ArrayArgument(REAL, written=ALWAYS),
    "inputs": ArrayArgument("int64", columns=6),
    "targets": ArrayArgument("int64", columns=7),
    "per_output": ArrayArgument(REAL),
    "order": ArrayArgument("int64"),
    "scalars": ArrayArgument(REAL, columns=4),
    "streams": ArrayArgument("uint64", columns=4),
    "ranges": ArrayArgument("int64", columns=4),
    "scores": ArrayArgument(REAL, written=ALWAYS),
    "metrics": ArrayArgument("float64", columns=3, written=ALWAYS),
    "scratch": ArrayArgument("float64", columns=16, written=ALWAYS),
    "sync": ArrayArgument("int64", written=ALWAYS),
}
"""Arrays in the order of the block. One that is not given has the address and the size 0."""

NUMBERS = ("gemm", "sched_yield", "training", "batch_size", "steps", "threads", "workers",
           "scalar_rows")  # fmt: skip
"""The single numbers. The first two are addresses: of the matrix product, and of the system's
function by which a thread lets others run. A program is laid out for ``threads``, and ``workers``
carry it out: as many, or fewer, of which each does the shares of several threads. The last is how
many rows of scalars a step has."""


def _positions(names: Any, first: int = 0) -> Any:
    upper = [name.upper() for name in names]
    return namedtuple("Positions", upper)(*range(first, first + len(upper)))  # type: ignore[misc]


ARRAY = _positions(ARRAYS)
"""The index of each array."""
NUMBER = _positions(NUMBERS, 2 * len(ARRAYS))
"""The position of each single number."""
SIZE = 2 * len(ARRAYS) + len(NUMBERS)
"""The integers of a block."""

INPUTS = _positions(["kind", "values", "size", "indices", "starts", "starts_size"])
"""The descriptor of samples: how they are stored, and addresses; the last three of sparse ones."""
TARGETS = _positions(
    ["labels", "labels_size", "label_bytes", "values", "values_size", "weights", "weights_size"]
)
"""The descriptor of targets: integer classes or values, and sample weights; a size may be 0."""
PIECE = _positions(
    ["function", "block", "seed", "seed_size", "rows", "samples", "order", "batch_size", "joins",
     "epoch", "position", "steps", "step", "scalar_bytes", "room"]
)  # fmt: skip
"""A piece of work of `epochs`: the interpreter and its block; the words of the seed; the samples to
learn from, and room for their order; whether a last one joins the batch before; where the run
stands, and how many steps to make; the bytes of a row of step scalars; and room of ``ROOM`` words.
"""
ROOM = 8
RANGE = _positions(["start", "stop", "penalized", "scalars"])
"""A range of trainable parameters, whether the penalty is for them, and their row of scalars."""
METRIC = _positions(["loss", "correct", "weight"])
"""What one step gives: the loss, the weighted share of correct classes, Σ w."""
SCALAR = _positions(["decay", "first", "second", "third"])
"""The step scalars of a group of parameters: what they are multiplied by first, and up to three
numbers of the rule. A dropout that fades has its rate in ``first``."""
PARTIAL = _positions(
    ["loss", "correct", "weight", "penalty", "safe_gradient", "finite", "safe_values",
     "safe_values_of_odd", "with_rollback", "finite_after", "largest", "squares"]
)  # fmt: skip
"""What each thread leaves for the others, in a row of ``scratch`` of its own; whether values are
safe has a column for even steps, and one for odd ones."""

ARRIVED, ROUND, SYNC_SIZE = 0, 16, 32
"""Positions in ``sync``, on cache lines of their own: threads arrived, and barriers passed."""
ABANDONED = -1
"""The round of a call that some thread never joined."""
