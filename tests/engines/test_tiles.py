"""Products in tiles: the textbook's sums, and not a number beyond the matrices."""

from __future__ import annotations

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from tidu.engines.compiled.kernels.jit import INSIDE  # noqa: E402
from tidu.engines.compiled.kernels.tiles import pack, tiled_product  # noqa: E402


@numba.njit(**INSIDE | {"no_cpython_wrapper": False})
def multiply(A, turned, B, C, n, room):
    size = A.itemsize
    b = B.ctypes.data
    if len(room):
        pack(B.ravel(), room, B.shape[0], n)
        b = room.ctypes.data
    m, k = (A.shape[1], A.shape[0]) if turned else A.shape
    row, column = (size, A.shape[1] * size) if turned else (A.shape[1] * size, size)
    tiled_product(
        A.ctypes.data, row, column, b, B.shape[1] * size, C.ctypes.data,
        C.shape[1] * size, m, n, k, len(room) > 0, size, A.dtype.type(1),
    )  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_is_the_product_and_touches_nothing_else(dtype, turned, packed):
    rng = np.random.default_rng(0)
    lanes = 32 // np.dtype(dtype).itemsize
    for _ in range(300):
        m, k, extra = (int(rng.integers(low, high)) for low, high in ((1, 30), (1, 500), (0, 5)))
        extra = 0 if packed else extra
        n = int(rng.integers(lanes, 8 * lanes))
        room = np.full(k * -(-n // lanes) * lanes + 8 if packed else 0, np.nan, dtype)
        A = rng.normal(size=(k, m) if turned else (m, k)).astype(dtype)
        B = rng.normal(size=(k, n + extra)).astype(dtype)
        C = np.full((m, n + extra), np.nan, dtype)
        multiply(A, turned, B, C, n, room)
        wanted = (A.T if turned else A).astype(float) @ B[:, :n]
        rounding = 4 * k**0.5 * np.finfo(dtype).eps * (1 + np.abs(wanted).max())
        np.testing.assert_allclose(C[:, :n], wanted, rtol=0, atol=rounding)
        assert np.isnan(C[:, n:]).all()
        assert np.isnan(room[-8:]).all()


def test_what_lies_beyond_a_matrix_is_not_read_into_the_sums():
    B = np.full((6, 20), np.nan, np.float32)
    B[:5, :11] = 1
    C = np.empty((3, 11), np.float32)
    multiply(np.ones((3, 5), np.float32), False, B, C, 11, C[0, :0])
    assert (C == 5).all()
