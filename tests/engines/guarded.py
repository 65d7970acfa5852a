"""Memory between guard pages, and a machine all of whose buffers lie in it.

An access beyond the end of an array (or before its beginning) ends the process. What lies between
two buffers of ``work`` holds a pattern that must still be there afterwards.
"""

from __future__ import annotations

import ctypes
import mmap
from typing import ClassVar

import numpy as np

from tidu.engines.compiled.builder import ProgramBuilder
from tidu.engines.compiled.kernels.arguments import ALWAYS, ARRAYS, TRAINING
from tidu.engines.compiled.machine import Machine

PAGE = mmap.PAGESIZE
GAP = 16
"""Numbers between two buffers of ``work``."""
CANARY = {4: np.uint32(0x7FC0DEAD), 8: np.uint64(0x7FF8DEADDEADDEAD)}
"""A NaN with a pattern of its own: who reads it computes NaN, who overwrites it is found out."""


def guarded(array: np.ndarray, before: bool = False) -> np.ndarray:
    """Return a copy whose last byte (or first, if ``before``) touches a page of no access."""
    libc = ctypes.CDLL(None, use_errno=True)
    pages = -(-max(array.nbytes, 1) // PAGE)
    memory = mmap.mmap(-1, (pages + 2) * PAGE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    for start in (address, address + (pages + 1) * PAGE):
        if libc.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(PAGE), 0):
            raise OSError(ctypes.get_errno(), "mprotect")
    offset = PAGE if before else (pages + 1) * PAGE - array.nbytes
    copy = np.frombuffer(memory, array.dtype, array.size, offset).reshape(array.shape)
    copy[...] = array
    return copy


class GuardedMachine(Machine):
    """A machine that executes on guarded copies of all arrays of a block."""

    before = False
    """Whether it is the beginnings that are guarded."""

    def run(self, block, safe_below=0.0):
        originals = dict(block.arrays)
        for name, array in originals.items():
            copy = guarded(array, self.before)
            if name == "work":
                copy.view(CANARY[array.itemsize].dtype)[...] = CANARY[array.itemsize]
            block.put(name, copy, copy.size)
        made = super().run(block, safe_below)
        for name, array in originals.items():
            if ARRAYS[name].written == ALWAYS or (
                ARRAYS[name].written == TRAINING and block.training
            ):
                array[...] = block.arrays[name]
            else:
                assert array.tobytes() == block.arrays[name].tobytes(), f"{name} was written to"
        work = block.arrays["work"]
        gaps = work.view(CANARY[work.itemsize].dtype)[GuardedBuilder.gaps(len(work))]
        assert (gaps == CANARY[work.itemsize]).all(), "a buffer of work was left"
        return made


class GuardedBuilder(ProgramBuilder):
    """A builder that leaves gaps between the buffers that it hands out."""

    starts: ClassVar[dict[int, list[int]]] = {}
    """Where the gaps of a program begin, by the size of its work memory."""

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.found = []

    def offset(self, width, rows=None):
        start = super().offset(width, rows)
        self.found.append(self.program.size)
        self.program.size += GAP
        self.starts[self.program.size] = self.found
        return start

    def repeat(self, start, times):
        gaps, size = [at for at in self.found if at >= start], super().repeat(start, times)
        self.found += [at + k * size for k in range(1, times + 1) for at in gaps]
        return size

    @classmethod
    def gaps(cls, size):
        """Return the positions of all gaps in work memory of this size."""
        return [i for start in cls.starts[size] for i in range(start, start + GAP)]
