"""The one gate through which addresses reach the kernels.

A kernel trusts the address and the size that it is given. So every address is made here, after
dtype, size, contiguity, alignment and, where the kernel writes, writability have been checked.
"""

from __future__ import annotations

import numpy as np

from tidu.arrays import described
from tidu.errors import InputError


def address_of(
    name: str, array: np.ndarray, dtype: np.dtype | str, size: int, *, written: bool = False
) -> int:
    """Return the address of an array's memory.

    Raises
    ------
    InputError
        If the array is not C-contiguous and aligned, of this dtype and size, and writable where
        it is to be written to.

    Examples
    --------
    >>> address_of("theta", np.zeros(3), "float64", 3) > 0
    True
    """
    flags = array.flags
    fits = array.dtype == dtype and array.size == size
    if not (fits and flags.c_contiguous and flags.aligned and (flags.writeable or not written)):
        raise InputError(
            f"`{name}` must be a C-contiguous {'writable ' if written else ''}{np.dtype(dtype)} "
            f"array of {size} numbers, got {described(array)}{_faults(array, written)}"
        )
    return array.__array_interface__["data"][0]


def _faults(array: np.ndarray, written: bool) -> str:
    found = [
        words
        for words, holds in (
            ("not C-contiguous", not array.flags.c_contiguous),
            ("not aligned", not array.flags.aligned),
            ("read-only", written and not array.flags.writeable),
        )
        if holds
    ]
    return f" that is {' and '.join(found)}" if found else ""
