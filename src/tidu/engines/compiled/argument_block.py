"""An argument block under construction: arrays go in by name, through the gate."""

from __future__ import annotations

import copy

import numpy as np

from tidu.engines.compiled.kernels.arguments import (
    ALWAYS,
    ARRAY,
    ARRAYS,
    NUMBER,
    REAL,
    SIZE,
    TRAINING,
)
from tidu.native import address_of


class ArgumentBlock:
    """Arguments of the interpreter, and the arrays they point to, which live as long.

    Examples
    --------
    >>> block = ArgumentBlock(np.dtype("float32"), training=True)
    >>> block.put("theta", np.zeros(5, np.float32), size=5)
    >>> block.put("state", np.zeros(2), size=2)
    Traceback (most recent call last):
        ...
    tidu.errors.InputError: `state` must be a C-contiguous writable float32 array of 2 numbers, got a float64 array of shape (2,)
    """  # noqa: E501

    def __init__(self, dtype: np.dtype, *, training: bool) -> None:
        self.dtype, self.training = dtype, training
        self.words = np.zeros(SIZE, np.int64)
        self.arrays: dict[str, np.ndarray] = {}
        self.number("training", training)

    def put(self, name: str, array: np.ndarray, size: int, known_as: str = "") -> None:
        """Point to an array of so many numbers; a refusal calls it what the user knows it as."""
        kind = ARRAYS[name]
        written = kind.written == ALWAYS or (kind.written == TRAINING and self.training)
        dtype = self.dtype if kind.dtype == REAL else kind.dtype
        slot = 2 * getattr(ARRAY, name.upper())
        self.words[slot] = address_of(known_as or name, array, dtype, size, written=written)
        self.words[slot + 1] = size
        self.arrays[name] = array

    def number(self, name: str, value: int) -> None:
        """Set a single number."""
        self.words[getattr(NUMBER, name.upper())] = value

    def copy(self) -> ArgumentBlock:
        """Return a block that starts with what this one holds."""
        other = copy.copy(self)
        other.words, other.arrays = self.words.copy(), self.arrays.copy()
        return other

    @property
    def address(self) -> int:
        """The address of the block itself."""
        return address_of("block", self.words, "int64", SIZE)
