"""Views of arrays and addresses, as cheaply as they can be had.

A slice of an array counts references and looks at its bounds, and is long in machine code. A view
is a pointer and a size, and as safe as the program that asks for it.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import carray, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.unsafe.ndarray import to_fixed_tuple

from tidu.native.jit import inlined, kernel, pointer


@intrinsic
def _prefetch(typingctx: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        cell, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cell, word, word, word])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [builder.inttoptr(args[0], cell), word(0), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(types.int64), generate


@kernel
def prefetch(address, size):
    """Have the processor fetch so many bytes while it does something else."""
    for line in range(0, size, 64):
        _prefetch(address + line)


@kernel
def view(array, start, stop):
    """Return array[start:stop] as an array of its own that shares the memory."""
    return carray(pointer(array.ctypes.data + start * array.itemsize), stop - start, array.dtype)


@kernel
def fill(array, value):
    """Set every entry to a value."""
    for i in range(len(array)):
        array[i] = value


@kernel
def copy(source, into):
    """Copy one array into another."""
    for i in range(len(into)):
        into[i] = source[i]


@kernel
def add(source, into):
    """Add one array to another."""
    for i in range(len(into)):
        into[i] += source[i]


@kernel
def put_multiple(factor, source, into):
    """Set one array to a multiple of another."""
    for i in range(len(into)):
        into[i] = factor * source[i]


@kernel
def add_multiple(factor, source, into):
    """Add a multiple of one array to another."""
    for i in range(len(into)):
        into[i] += factor * source[i]


def leading(count: int) -> Any:
    """Return a function that gives the first so many numbers of an array as a tuple."""
    if count == 0:

        @inlined
        def taken(array):
            return ()

    else:

        @inlined
        def taken(array):
            return to_fixed_tuple(array, count)

    return taken
