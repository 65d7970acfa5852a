"""Gradients of a score with respect to the input, at x and along the way to it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, fields

import numpy as np

from tidu.arrays import Array, promoted
from tidu.attribution.explained import Explained
from tidu.attribution.result import Attribution, summed
from tidu.errors import (
    InaccurateDerivativeWarning,
    InputError,
    ShapeError,
    check_number,
)
from tidu.network import Network

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)
_SMALL = 2.0**-10
"""A part of the path, however short, may miss what one of this length may."""
_SHORTEST = 2.0**-40


def input_gradient(network: Network, x: Array, target: Array | None = None) -> Attribution:
    """Return the gradient of a score with respect to the input, ∂s/∂x.

    Parameters
    ----------
    network : Network
    x : (N, *input_shape)
    target : int or (N,) of int, optional
        Which score; by default the largest, which is that of the predicted class.

    Returns
    -------
    Attribution
        Its ``values`` are the gradients, ``(N, *input_shape)``, float64.

    Raises
    ------
    ShapeError, InputError
        If ``x`` or ``target`` does not fit the network.
    NonFiniteError
        If a score or a gradient is not finite.

    References
    ----------
    Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks", 2013.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(1)], 2, td.MeanSquaredError())
    >>> net["W1"] = [[3.0], [-1.0]]
    >>> net.input_gradient([[1.0, 1.0]]).values
    array([[ 3., -1.]])
    """
    explained = Explained(network, x, target)
    scores = explained.scores(explained.x, explained.targets)
    values = explained.gradients(explained.x, explained.targets)
    return Attribution(values, explained.x, explained.targets, scores, None, explained.evaluations)


def integrated_gradients(
    network: Network,
    x: Array,
    target: Array | None = None,
    *,
    baseline: Array = 0.0,
    tolerance: float = 1e-6,
) -> Attribution:
    """Return the contribution of each input to the change of a score from a baseline to x.

    ::

        cᵢ = (xᵢ − x⁰ᵢ) ∫₀¹ ∂s/∂xᵢ(x⁰ + α(x − x⁰)) dα,      Σᵢ cᵢ = s(x) − s(x⁰)

    The sum on the right is known, so each part of the path says how well it was integrated (by
    four Gauss-Legendre points); a part that misses the tolerance is halved. Kinks, as those of
    ReLU, are found in this way.

    Parameters
    ----------
    network : Network
    x : (N, *input_shape)
    target : int or (N,) of int, optional
        Which score; by default the largest at ``x``.
    baseline : number or array
        x⁰, which ``x`` is compared with; as ``x``, one sample, or a number for all inputs.
    tolerance : float
        How far Σᵢ cᵢ may be from s(x) − s(x⁰), as a part of max(1, |s(x) − s(x⁰)|).

    Returns
    -------
    Attribution

    Raises
    ------
    ShapeError, InputError
        If an argument does not fit the network.
    NonFiniteError
        If a score or a gradient is not finite.

    Warns
    -----
    InaccurateDerivativeWarning
        If the tolerance was not reached; `Attribution.completeness_error` says how far it is.

    References
    ----------
    Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks", 2017.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(3), td.ReLU(), td.Affine(1)], 2, td.MeanSquaredError())
    >>> found = td.integrated_gradients(net, [[2.0, -1.0]])
    >>> bool(found.completeness_error < 1e-6)
    True
    """
    check_number("tolerance", tolerance, above=0)
    explained = Explained(network, x, target)
    start = _checked_baseline(baseline, explained.x)
    n = len(explained.x)
    first = explained.scores(start, explained.targets)
    last = explained.scores(explained.x, explained.targets)
    allowed = tolerance * np.maximum(1.0, np.abs(last - first))
    values = np.zeros_like(explained.x)
    parts = _Parts(np.arange(n), np.zeros(n), np.ones(n), first, last)
    while len(parts.sample):
        share = _integral(explained, start, parts)
        error = np.abs(summed(share) - (parts.score_at_upper - parts.score_at_lower))
        length = parts.upper - parts.lower
        good = error <= allowed[parts.sample] * np.maximum(length, _SMALL) / 4
        good |= length <= _SHORTEST
        np.add.at(values, parts.sample[good], share[good])
        parts = _halved(explained, start, parts.where(~good))
    found = Attribution(values, explained.x, explained.targets, last, first, explained.evaluations)
    missed = int((found.completeness_error > allowed).sum())
    if missed:
        warnings.warn(
            f"the contributions of {missed} of {n} samples miss their sum by up to "
            f"{found.completeness_error.max():.2g}: the score jumps between the baseline and x, or "
            f"`tolerance` {tolerance:g} is below its rounding errors",
            InaccurateDerivativeWarning,
            stacklevel=2,
        )
    return found


@dataclass(frozen=True)
class _Parts:
    """Parts of the paths from baselines to samples; ``lower`` and ``upper`` are their α."""

    sample: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    score_at_lower: np.ndarray
    score_at_upper: np.ndarray

    def where(self, chosen: np.ndarray) -> _Parts:
        return _Parts(*(getattr(self, field.name)[chosen] for field in fields(self)))


def _integral(explained: Explained, start: np.ndarray, parts: _Parts) -> np.ndarray:
    """Return the integral over each part of (x − x⁰) ∂s/∂x, ``(parts, *input_shape)``."""
    total = np.zeros((len(parts.sample), *explained.x.shape[1:]))
    half = (parts.upper - parts.lower) / 2
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        x = _on_path(explained.x, start, parts.sample, parts.lower + half * (1 + node))
        slopes = explained.gradients(x, explained.targets[parts.sample])
        total += weight * _beside(half, slopes) * slopes
    return total * (explained.x - start)[parts.sample]


def _halved(explained: Explained, start: np.ndarray, parts: _Parts) -> _Parts:
    """Return both halves of each part."""
    middle = (parts.lower + parts.upper) / 2
    x = _on_path(explained.x, start, parts.sample, middle)
    score = explained.scores(x, explained.targets[parts.sample])
    return _Parts(
        np.concatenate([parts.sample, parts.sample]),
        np.concatenate([parts.lower, middle]),
        np.concatenate([middle, parts.upper]),
        np.concatenate([parts.score_at_lower, score]),
        np.concatenate([score, parts.score_at_upper]),
    )


def _on_path(x: np.ndarray, start: np.ndarray, sample: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return points on the way from baselines to samples, α of each given."""
    first, last = start[sample], x[sample]
    return first + _beside(share, first) * (last - first)


def _beside(numbers: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Return one number a sample in a shape that multiplies samples."""
    return numbers.reshape(-1, *(1,) * (samples.ndim - 1))


def _checked_baseline(baseline: Array, x: np.ndarray) -> np.ndarray:
    start = promoted(baseline, "baseline")
    if start.shape not in ((), x.shape, x.shape[1:]):
        raise ShapeError(
            f"`baseline` has shape {start.shape}; it must be a number, one sample of shape "
            f"{x.shape[1:]}, or as `x`, {x.shape}"
        )
    if not np.isfinite(start).all():
        raise InputError("`baseline` must be finite")
    return np.broadcast_to(start, x.shape).astype(float)
