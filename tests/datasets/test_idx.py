import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu.datasets import read_idx
from tidu.errors import DataNotFoundError, FileFormatError

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx_bytes(array):
    """The specification, written down a second time."""
    array = np.asarray(array)
    code = CODES[array.dtype.str[1:]]
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


@given(
    dtype=st.sampled_from(sorted(CODES)),
    shape=st.lists(st.integers(0, 4), min_size=0, max_size=4),
    packed=st.booleans(),
    seed=st.integers(0, 99),
)
def test_what_is_written_is_read(tmp_path_factory, dtype, shape, packed, seed):
    array = np.random.default_rng(seed).integers(0, 100, shape).astype(dtype)
    data = idx_bytes(array)
    path = tmp_path_factory.mktemp("idx") / "any-name"
    path.write_bytes(gzip.compress(data) if packed else data)
    found = read_idx(path)
    assert found.dtype == np.dtype(dtype)
    assert found.dtype.isnative
    np.testing.assert_array_equal(found, array)


WHOLE = idx_bytes(np.arange(6, dtype="u1").reshape(2, 3))
PACKED = gzip.compress(WHOLE, mtime=0)  # a name of a test must not change with the clock
DAMAGED = [
    (b"", "is not an IDX file: it begins with nothing"),
    (b"\x89PNG", "is not an IDX file: it begins with 89 50 4e 47"),
    (b"\0\0\x07\x01", "is not an IDX file"),
    (WHOLE[:7], "ends within its header"),
    (WHOLE[:-1], "is cut short: an array of shape (2, 3) (uint8) takes 18 bytes"),
    (WHOLE + b"\0", "is longer than it says"),
    # 2^96 numbers: refused by the length of the file, before any memory is asked for
    (b"\0\0\x08\x03" + b"\xff" * 12, "is cut short"),
    (PACKED[:-9], "is damaged, or is not an IDX file"),
    (PACKED[:-8] + bytes(8), "is damaged, or is not an IDX file"),
    (gzip.compress(b"hello", mtime=0), "is not an IDX file"),
]


@pytest.mark.parametrize(("data", "sentence"), DAMAGED)
def test_a_damaged_file_is_named_and_refused(tmp_path, data, sentence):
    path = tmp_path / "some-file"
    path.write_bytes(data)
    with pytest.raises(FileFormatError) as caught:
        read_idx(path)
    assert sentence in str(caught.value)
    assert "some-file" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(FileFormatError):
        read_idx(tmp_path)
    with pytest.raises(DataNotFoundError, match="there is no file"):
        read_idx(tmp_path / "nothing")
