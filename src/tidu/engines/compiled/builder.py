"""The builder of programs: it hands out offsets and adds operations, layer after layer.

Going through the layers adds the operations forward; each layer leaves behind a function that adds
those of its way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.layer_forms import LAYERS, Backward
from tidu.layers import Affine, Rescale
from tidu.layers.chain import NamedLayer
from tidu.objective import Objective

ENOUGH_INPUTS = 128
"""Inputs for each thread from which threads split a product by inputs."""

WayBack = tuple[Backward, bool]
"""What lays out the way back of a layer, and whether the layer learns."""


@dataclass
class Program:
    """Operations with their columns, and how many numbers of ``work`` they need."""

    dtype: np.dtype
    rows: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    size: int = 0

    def add(self, operation: Any, **columns: float) -> dict[str, float]:
        """Append an operation, and return its columns; every one is given, by name.

        Examples
        --------
        >>> Program(np.dtype("float32")).add(op.SOFTMAX, x=0, y=16)
        Traceback (most recent call last):
            ...
        TypeError: SOFTMAX takes x, y, width; got x, y
        """
        form = op.OPERATIONS[operation.CODE]
        wanted = (*form.integers, *form.constants)
        if set(columns) != set(wanted):
            raise TypeError(f"{form.name} takes {', '.join(wanted)}; got {', '.join(columns)}")
        self.rows.append((operation.CODE, columns))
        return columns

    @cached_property
    def tables(self) -> tuple[np.ndarray, np.ndarray]:
        """The two tables, as the interpreter reads them; the program is complete then."""
        integers = np.zeros((len(self.rows), op.INTEGERS), np.int64)
        constants = np.zeros((len(self.rows), op.CONSTANTS), self.dtype)
        for i, (code, columns) in enumerate(self.rows):
            form = op.OPERATIONS[code]
            integers[i, : 1 + len(form.integers)] = [code, *(columns[n] for n in form.integers)]
            constants[i, : len(form.constants)] = [columns[name] for name in form.constants]
        return integers.ravel(), constants.ravel()


class ProgramBuilder:
    """Builds programs for batches of up to so many samples.

    ``source`` is where the inputs are found, ``packs`` whether weights are packed first,
    ``input_scale`` what inputs that are read in place are multiplied by. ``fusible`` are the
    columns of a dense layer that has just been laid out, and may apply the activation that follows;
    ``factor`` is that of a `Rescale`, which the dense layer after it applies.
    """

    def __init__(
        self,
        network: Objective,
        batch_size: int,
        training: bool,
        source: int,
        threads: int = 1,
        packs: bool = False,
    ) -> None:
        self.network, self.batch_size = network, batch_size
        self.training, self.source, self.threads, self.packs = training, source, threads, packs
        self.program = Program(network.dtype)
        self.add = self.program.add
        self.input_scale = 1.0
        self.fusible: dict[str, float] | None = None
        self.factor = 1.0
        self.drawn = self.faded = 0
        self.in_blocks = False
        entries = (*network.layout.entries, *network.state_layout.entries)
        self.offsets = {entry.path: entry.slice.start for entry in entries}

    def offset(self, width: int, rows: int | None = None) -> int:
        """Return the offset of a new buffer of n rows; buffers begin on cache lines.

        In a block, rows of features have a row of ones below them.
        """
        start = self.program.size
        height = width + 1 if self.in_blocks and rows is None else width
        count = height * (self.batch_size if rows is None else rows)
        self.program.size += -(-count // 16) * 16
        return start

    @contextmanager
    def blocks(self, width: int) -> Iterator[dict[str, float]]:
        """Lay out what is done block by block: buffers are for one block, and for each thread.

        Yields the columns of the operation, once they are known; ``width`` is that of targets.
        """
        lanes, whole = op.VECTOR // self.network.dtype.itemsize, self.batch_size
        start, first = self.program.size, len(self.program.rows) + 1
        self.batch_size = min(op.BLOCK, -(-whole // (lanes * self.threads)) * lanes)
        self.in_blocks = True
        partial = self.offset(lanes * self.network.layout.size, rows=1)
        columns = self.add(
            op.BLOCKS, count=0, block=self.batch_size, size=0, width=width, partial=partial
        )
        yield columns
        columns["count"] = len(self.program.rows) - first
        columns["size"] = self.repeat(start, self.threads - 1)
        self.batch_size, self.in_blocks = whole, False

    def repeat(self, start: int, times: int) -> int:
        """Make room for all buffers from an offset on so many times more; return their size."""
        size = self.program.size - start
        self.program.size += times * size
        return size

    def layers(self, layers: Sequence[NamedLayer], x: int) -> tuple[int, list[WayBack]]:
        """Lay out layers one after another; return the offset of the output, and the ways back."""
        ways_back: list[WayBack] = []
        self.fusible = None
        for i, at in enumerate(layers):
            form = LAYERS[type(at.layer)]
            if self.folds(*layers[i : i + 2]):
                self.factor *= at.layer.scale  # type: ignore[attr-defined]
            elif form is not None:
                fusible = self.fusible
                x, way_back = form(self, at, x)
                if self.fusible is fusible:
                    self.fusible = None
                ways_back.append((way_back, bool(at.layer.parameters(at.input_shape))))
        return x, ways_back

    def folds(self, at: NamedLayer, after: NamedLayer | None = None) -> bool:
        """Return whether a layer is a factor of the product in the one after it."""
        scales = type(at.layer) is Rescale and at.layer.offset == 0
        if not scales or after is None or type(after.layer) is not Affine or self.in_blocks:
            return False
        return after.layer.units >= op.NARROW

    def fuse(self, x: int, **activation: float) -> bool:
        """Let the dense layer that has just been laid out apply an activation to its output x."""
        if self.fusible is None or self.fusible["y"] != x:
            return False
        self.fusible.update(activation)
        return True

    def backward(self, ways_back: list[WayBack], dy: int, need_dx: bool) -> int:
        """Lay out the way back through layers, as far as it is needed."""
        learning = [i for i, (_, learns) in enumerate(ways_back) if learns]
        first = 0 if need_dx else min(learning, default=len(ways_back))
        for i in range(len(ways_back) - 1, first - 1, -1):
            dy = ways_back[i][0](dy, need_dx or i > first)
        return dy

    def split(self, d_in: int, d_out: int) -> int:
        """Return how threads split the product of a dense layer."""
        if self.in_blocks:
            return op.BY_ROWS
        if d_out >= op.NARROW:
            return op.BY_COLUMNS
        many = d_in >= ENOUGH_INPUTS * self.threads
        return op.BY_INPUTS if self.threads > 1 and self.tiled(d_out) and many else op.BY_ROWS

    def tiled(self, d_out: int) -> bool:
        """Return whether the products of a dense layer are done in tiles."""
        return d_out * self.network.dtype.itemsize >= op.VECTOR and d_out < op.NARROW
