"""Products in tiles: the textbook's sums, and not a number beyond the matrices."""

from __future__ import annotations

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from tidu.engines.compiled.kernels.tiles import (  # noqa: E402
    lanewise_product,
    pack,
    packed_product,
    tiled_product,
)
from tidu.native.jit import INSIDE  # noqa: E402


@numba.njit(**INSIDE | {"no_cpython_wrapper": False})
def multiply(A, turned, B, C, n):
    size = A.itemsize
    m, k = (A.shape[1], A.shape[0]) if turned else A.shape
    row, column = (size, A.shape[1] * size) if turned else (A.shape[1] * size, size)
    tiled_product(
        A.ctypes.data, row, column, B.ctypes.data, B.shape[1] * size, C.ctypes.data,
        C.shape[1] * size, m, n, k, size, A.dtype.type(1),
    )  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("turned", [False, True])
def test_is_the_product_and_touches_nothing_else(dtype, turned):
    rng = np.random.default_rng(0)
    lanes = 32 // np.dtype(dtype).itemsize
    for _ in range(300):
        m, k, extra = (int(rng.integers(low, high)) for low, high in ((1, 30), (1, 500), (0, 5)))
        n = int(rng.integers(lanes, 8 * lanes))
        A = rng.normal(size=(k, m) if turned else (m, k)).astype(dtype)
        B = rng.normal(size=(k, n + extra)).astype(dtype)
        C = np.full((m, n + extra), np.nan, dtype)
        multiply(A, turned, B, C, n)
        wanted = (A.T if turned else A).astype(float) @ B[:, :n]
        rounding = 4 * k**0.5 * np.finfo(dtype).eps * (1 + np.abs(wanted).max())
        np.testing.assert_allclose(C[:, :n], wanted, rtol=0, atol=rounding)
        assert np.isnan(C[:, n:]).all()


@numba.njit(**INSIDE | {"no_cpython_wrapper": False})
def multiply_packed(A, B, C, room):
    (m, k), n = A.shape, B.shape[1]
    pack(B.ravel(), room, k, n)
    packed_product(A.ravel(), room, C.ravel(), m, k, n, A.dtype.type(1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_packed_product_is_the_same_and_touches_nothing_else(dtype):
    rng = np.random.default_rng(0)
    lanes = 32 // np.dtype(dtype).itemsize
    for i in range(400):
        m, k, n = int(rng.integers(1, 30)), int(rng.integers(1, 900)), lanes + i % (6 * lanes)
        A, B = rng.normal(size=(m, k)).astype(dtype), rng.normal(size=(k, n)).astype(dtype)
        C, room = (np.full(size + 8, np.nan, dtype) for size in (m * n, k * -(-n // lanes) * lanes))
        multiply_packed(A, B, C[:-8].reshape(m, n), room)
        wanted = A.astype(float) @ B
        rounding = 4 * k**0.5 * np.finfo(dtype).eps * (1 + np.abs(wanted).max())
        np.testing.assert_allclose(C[:-8].reshape(m, n), wanted, rtol=0, atol=rounding)
        assert np.isnan(C[-8:]).all()
        assert np.isnan(room[-8:]).all()


def test_what_lies_beyond_a_matrix_is_not_read_into_the_sums():
    B = np.full((6, 20), np.nan, np.float32)
    B[:5, :11] = 1
    C = np.empty((3, 11), np.float32)
    multiply(np.ones((3, 5), np.float32), False, B, C, 11)
    assert (C == 5).all()


@numba.njit(**INSIDE | {"no_cpython_wrapper": False})
def multiply_by_lanes(A, B, C, m, n, k, adds):
    lanewise_product(A, B, C, m, n, k, 1, m, adds, A.dtype.type(1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("adds", [0, 1])
def test_a_lanewise_product_sums_each_lane_and_touches_nothing_else(dtype, adds):
    rng = np.random.default_rng(0)
    lanes = 32 // np.dtype(dtype).itemsize
    for _ in range(200):
        m, n, k = (int(rng.integers(1, high)) for high in (20, 20, 15))
        k *= lanes
        A, B = (rng.normal(size=(rows, k)).astype(dtype) for rows in (m, n))
        before = rng.normal(size=(n, m, lanes)).astype(dtype)
        C = np.append(before, np.full(lanes, np.nan, dtype))
        multiply_by_lanes(A.ravel(), B.ravel(), C, m, n, k, adds)
        a, b = (M.astype(float).reshape(len(M), -1, lanes) for M in (A, B))
        wanted = adds * before + np.einsum("ivl,jvl->jil", a, b)
        np.testing.assert_allclose(
            C[:-lanes].reshape(wanted.shape), wanted, rtol=0, atol=100 * np.finfo(dtype).eps
        )
        assert np.isnan(C[-lanes:]).all()
