"""Products in tiles: the textbook's sums, and not a number beyond the matrices."""

from __future__ import annotations

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from tidu.engines.compiled.kernels.errands import note, run  # noqa: E402
from tidu.engines.compiled.kernels.jit import INSIDE  # noqa: E402
from tidu.engines.compiled.kernels.operations import SINGLES  # noqa: E402
from tidu.engines.compiled.kernels.tiles import tiled_product  # noqa: E402


@numba.njit(**INSIDE | {"no_cpython_wrapper": False})
def multiply(A, turned, B, C, n, errand):
    size = A.itemsize
    m, k = (A.shape[1], A.shape[0]) if turned else A.shape
    row, column = (size, A.shape[1] * size) if turned else (A.shape[1] * size, size)
    tiled_product(
        A.ctypes.data, row, column, B.ctypes.data, B.shape[1] * size, C.ctypes.data,
        C.shape[1] * size, m, n, k, size, errand, A.dtype.type(1),
    )  # fmt: skip


def nothing_to_fetch():
    return np.zeros(16, np.int64)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("turned", [False, True])
def test_is_the_product_and_touches_nothing_else(dtype, turned):
    rng = np.random.default_rng(0)
    lanes = 32 // np.dtype(dtype).itemsize
    for _ in range(300):
        m, k, extra = (int(rng.integers(low, high)) for low, high in ((1, 30), (1, 260), (0, 5)))
        n = int(rng.integers(lanes, 8 * lanes))
        A = rng.normal(size=(k, m) if turned else (m, k)).astype(dtype)
        B = rng.normal(size=(k, n + extra)).astype(dtype)
        C = np.full((m, n + extra), np.nan, dtype)
        multiply(A, turned, B, C, n, nothing_to_fetch())
        wanted = (A.T if turned else A).astype(float) @ B[:, :n]
        room = 4 * k**0.5 * np.finfo(dtype).eps * (1 + np.abs(wanted).max())
        np.testing.assert_allclose(C[:, :n], wanted, rtol=0, atol=room)
        assert np.isnan(C[:, n:]).all()


def test_what_lies_beyond_a_matrix_is_not_read_into_the_sums():
    B = np.full((6, 20), np.nan, np.float32)
    B[:5, :11] = 1
    C = np.empty((3, 11), np.float32)
    multiply(np.ones((3, 5), np.float32), False, B, C, 11, nothing_to_fetch())
    assert (C == 5).all()


@numba.njit(**INSIDE | {"no_cpython_wrapper": False})
def fetch(errand, inputs, rows, low, high, width, first, last):
    note(errand, inputs, rows, low, high, width, first, last)
    calls = 0
    while errand[5] < errand[4]:
        run(errand)
        calls += 1
    run(errand)
    return calls


def test_an_errand_comes_to_its_end():
    x = np.zeros((50, 784), np.float32)
    told = np.array([SINGLES, x.ctypes.data, x.size, 0, 0, 0], np.int64)
    rows = np.array([3, 49, 0], np.int64)
    # 392 floats are 1,568 bytes: two times ten lines of 64 bytes and a rest, for each row
    assert fetch(nothing_to_fetch(), told, rows, 0, 3, 784, 392, 784) == 3 * 3
    assert fetch(nothing_to_fetch(), told, rows, 1, 9, 784, 392, 784) == 2 * 3
    assert fetch(nothing_to_fetch(), told, rows, 5, 9, 784, 0, 784) == 0
