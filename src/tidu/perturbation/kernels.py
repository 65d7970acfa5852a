"""The innermost loop, compiled: affine scores of moved columns, softmax and cross-entropy.

A second form of the last stage of `tidu.perturbation.perturbed_forward`, held to it by tests.
Imported only where Numba is installed.
"""

from __future__ import annotations

import numba
import numpy as np

REACH = 2.0**-7
"""How far a score may move: the series of eᵘ − 1 used here is exact to rounding up to there."""


@numba.njit(nogil=True, cache=True, fastmath={"contract", "nsz", "reassoc", "arcp"})
def softmax_differences(
    rows: np.ndarray,
    above: np.ndarray,
    below: np.ndarray,
    W: np.ndarray,
    p: np.ndarray,
    mass: np.ndarray,
    pull: np.ndarray,
    out: np.ndarray,
) -> float:
    """Write ℓ(s + a⁺Wⱼ) − ℓ(s + a⁻Wⱼ) for each sample and column into ``out``.

    With u = aWⱼ and p = softmax(s), log Σ e^(s + u) = log Σ eˢ + log(1 + E), E = Σ p (eᵘ − 1); so
    the difference is mass·log((1 + E⁺) / (1 + E⁻)) − (a⁺ − a⁻)·pull, mass = Σ t and pull = t·Wⱼ.

    Parameters
    ----------
    rows : (M,)
        Samples.
    above, below : (M, J)
        a⁺ and a⁻: by how much column j moves before the affine layer.
    W : (C, J)
        Transposed weights of the affine layer.
    p, mass, pull : (N, C), (N,), (N, J)
        Of each sample.
    out : (M, J)

    Returns
    -------
    float
        The largest |a|; what was written holds if this times the largest |W| is within REACH.
    """
    m, columns = above.shape
    e_above, e_below = np.empty(columns), np.empty(columns)
    farthest = 0.0
    for i in range(m):
        n = rows[i]
        e_above[:] = 0.0
        e_below[:] = 0.0
        for c in range(len(W)):
            q = p[n, c]
            for j in range(columns):
                e_above[j] += q * _expm1(above[i, j] * W[c, j])
                e_below[j] += q * _expm1(below[i, j] * W[c, j])
        for j in range(columns):
            a, b = above[i, j], below[i, j]
            farthest = max(farthest, abs(a), abs(b))
            change = np.log1p((e_above[j] - e_below[j]) / (1.0 + e_below[j]))
            out[i, j] = mass[n] * change - (a - b) * pull[n, j]
    return farthest


@numba.njit(inline="always")
def _expm1(u: float) -> float:
    """Return eᵘ − 1 for |u| ≤ REACH, by its series."""
    return u * (1 + u * (1 / 2 + u * (1 / 6 + u * (1 / 24 + u * (1 / 120 + u * (1 / 720))))))
