"""The innermost loop as a kernel: affine scores of moved columns, softmax and cross-entropy.

A second form of the last stage of `tidu.perturbation.perturbed_forward`, held to it by tests.
Imported only where Numba compiles it.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import carray, float64, int64

from tidu.native.jit import INSIDE, pointer


@numba.njit(fastmath={"contract", "nsz", "reassoc", "arcp"}, **INSIDE)
def softmax_differences(
    rows, above, below, W, p, mass, pull, scratch, out, m, columns, classes, samples, width, first
):  # fmt: skip
    """Write ℓ(s + a⁺Wⱼ) − ℓ(s + a⁻Wⱼ) for each sample and column into ``out``.

    With u = aWⱼ and p = softmax(s), log Σ e^(s + u) = log Σ eˢ + log(1 + E), E = Σ p (eᵘ − 1); so
    the difference is mass·log((1 + E⁺) / (1 + E⁻)) − (a⁺ − a⁻)·pull, mass = Σ t and pull = t·Wⱼ.

    Parameters
    ----------
    rows : address of (M,)
        Samples, as integers.
    above, below : addresses of (M, J)
        a⁺ and a⁻: by how much column j moves before the affine layer.
    W : address of (C, width)
        Transposed weights of the affine layer, of which the columns from ``first`` are moved.
    p, mass, pull : addresses of (N, C), (N,), (N, width)
        Of each sample.
    scratch : address of (2, J)
    out : address of (M, J)
    m, columns, classes, samples, width, first
        M, J, C, N, and what W is said to have.

    Returns
    -------
    float
        The largest |a|; what was written holds if this times the largest |W| is within REACH.
    """
    rows = carray(pointer(rows), m, np.int64)
    above = carray(pointer(above), (m, columns), np.float64)
    below = carray(pointer(below), (m, columns), np.float64)
    W = carray(pointer(W), (classes, width), np.float64)
    p = carray(pointer(p), (samples, classes), np.float64)
    mass = carray(pointer(mass), samples, np.float64)
    pull = carray(pointer(pull), (samples, width), np.float64)
    sums = carray(pointer(scratch), (2, columns), np.float64)
    out = carray(pointer(out), (m, columns), np.float64)
    farthest = 0.0
    for i in range(m):
        n = rows[i]
        for j in range(columns):
            sums[0, j] = 0.0
            sums[1, j] = 0.0
        for c in range(classes):
            q = p[n, c]
            for j in range(columns):
                sums[0, j] += q * _expm1(above[i, j] * W[c, first + j])
                sums[1, j] += q * _expm1(below[i, j] * W[c, first + j])
        for j in range(columns):
            a, b = above[i, j], below[i, j]
            farthest = max(farthest, abs(a), abs(b))
            change = np.log1p((sums[0, j] - sums[1, j]) / (1.0 + sums[1, j]))
            out[i, j] = mass[n] * change - (a - b) * pull[n, first + j]
    return farthest


@numba.njit(inline="always")
def _expm1(u: float) -> float:
    """Return eᵘ − 1 for |u| ≤ REACH, by its series."""
    return u * (1 + u * (1 / 2 + u * (1 / 6 + u * (1 / 24 + u * (1 / 120 + u * (1 / 720))))))


def exports() -> list[tuple[str, Any, Any]]:
    """Return the kernel, to be exported: its name, function and signature."""
    return [("tidu_softmax_differences", softmax_differences, float64(*[int64] * 15))]
