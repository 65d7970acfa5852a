"""The IDX format, in which MNIST and its relatives are published.

A file is: two zero bytes, one byte for the dtype, one for the number of axes, the length of each
axis as a big-endian 32-bit integer, and the numbers, big-endian, last axis fastest.
"""

from __future__ import annotations

import gzip
import math
from os import PathLike

import numpy as np

from tidu.arrays import Array
from tidu.datasets.reading import existing, reading
from tidu.errors import FileFormatError, clause

_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: str | PathLike[str]) -> Array:
    """Read an IDX file, plain or compressed with gzip.

    Parameters
    ----------
    path
        The file; that it is compressed is seen from its content, not from its name.

    Returns
    -------
    array
        Of the shape and dtype that the file states (uint8, int8, int16, int32, float32, float64),
        in the byte order of this machine.

    Raises
    ------
    DataNotFoundError
        If the file is not there.
    FileFormatError
        If it is damaged, cut short, or no IDX file.

    References
    ----------
    Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", section
    "File formats".

    Examples
    --------
    >>> from pathlib import Path
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels-idx1-ubyte")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    ...     read_idx(path)
    array([7, 2, 1], dtype=uint8)
    """
    file = existing(path)
    with reading(file, clause("an IDX file")):
        data = file.read_bytes()
        if data.startswith(_GZIP_MAGIC):
            data = gzip.decompress(data)
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in _DTYPES:
        start = data[:4].hex(" ") or clause("nothing")
        raise FileFormatError(
            f"{file} is not an IDX file: it begins with {start}, where "
            "IDX has 00 00, a dtype from 08 to 0e, and the number of axes"
        )
    dtype, header = np.dtype(_DTYPES[data[2]]), 4 + 4 * data[3]
    if len(data) < header:
        raise FileFormatError(f"{file} is cut short: it ends within its header")
    shape = tuple(int(n) for n in np.frombuffer(data, ">u4", data[3], offset=4))
    expected = header + math.prod(shape) * dtype.itemsize
    if len(data) != expected:
        kind = clause("cut short") if len(data) < expected else clause("longer than it says")
        raise FileFormatError(
            f"{file} is {kind}: an array of shape {shape} ({dtype.name}) takes {expected} bytes "
            f"with its header, and the file has {len(data)}"
        )
    array = np.frombuffer(data, dtype, offset=header).reshape(shape)
    return array.astype(dtype.newbyteorder("="))
