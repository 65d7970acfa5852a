"""Causes that show in the error as a whole: its shape along an axis tells which term is missing.

The error is the numeric gradient minus the one under test. Each function fits a pattern to it, and
speaks if the pattern explains all of the error, with numbers to spare. `PATTERNS` lists them. What
overflows or divides by 0 on the way comes out as NaN, which explains nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tidu.checking.report import CheckedPart
from tidu.language import translator

_ = translator("checking")

SPARE = 2
"""How many numbers a pattern must explain beyond those that were fitted."""


def _error(part: CheckedPart) -> np.ndarray:
    return (part.numeric - part.analytic).reshape(part.x.shape)


def _explains(part: CheckedPart, pattern: np.ndarray, fitted: int) -> bool:
    """Say whether a pattern of so many fitted numbers is all of the error."""
    return part.x.size - fitted >= SPARE and part.matches(part.analytic + pattern.reshape(-1))


def _axes(part: CheckedPart) -> range:
    return range(part.x.ndim if part.is_whole and part.x.size > 1 else 0)


def _fit(error: np.ndarray, shape: np.ndarray, axis: int) -> np.ndarray:
    """Return the multiple of a shape, one for each line along an axis, that is nearest."""
    weight = (shape * shape).sum(axis=axis, keepdims=True)
    return shape * (error * shape).sum(axis=axis, keepdims=True) / np.where(weight, weight, 1.0)


def _standardized(x: np.ndarray, axis: int) -> np.ndarray:
    x = x - x.mean(axis=axis, keepdims=True)
    size = np.abs(x).max() or 1.0
    return x / size


def _softmax(x: np.ndarray, axis: int) -> np.ndarray:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def right_to_some_digits(part: CheckedPart) -> str | None:
    """Find small errors throughout."""
    numeric, wrong = part.numeric, part.wrong
    size = np.maximum(np.abs(numeric), 1e-3 * np.abs(numeric).max(initial=0.0))
    if wrong.sum() < 2 or wrong.mean() < 0.5 or not size.all():
        return None
    off = float((np.abs(part.analytic - numeric) / size).max())
    if off > 1e-3:
        return None
    return _(
        "your gradient of {name} is right to {digits} digits: "
        "has it another eps than f, or float32 inside?"
    ).format(name=part.name, digits=int(-np.log10(off)))


def through_the_mean(part: CheckedPart) -> str | None:
    """Find an error that is the same along an axis."""
    for axis in _axes(part):
        error = _error(part)
        pattern = np.broadcast_to(error.mean(axis=axis, keepdims=True), error.shape)
        if _explains(part, pattern, part.x.size // part.x.shape[axis]):
            return _(
                "the error of your gradient of {name} is the same along axis {axis}: is the "
                "term missing that flows back through a mean or a sum over that axis, or divided "
                "by n - 1 in place of n?"
            ).format(name=part.name, axis=axis)
    return None


def through_the_variance(part: CheckedPart) -> str | None:
    """Find an error that is a multiple of x̂ along an axis, with or without a constant."""
    for axis in _axes(part):
        error, lines = _error(part), part.x.size // part.x.shape[axis]
        x_hat = _standardized(part.x, axis)
        if _explains(part, _fit(error, x_hat, axis), lines):
            return _(
                "the error of your gradient of {name} is a multiple of x̂ = (x - mean) / std "
                "along axis {axis}: is the term missing that flows back through the variance, or "
                "divided by n - 1 in place of n?"
            ).format(name=part.name, axis=axis)
        mean = error.mean(axis=axis, keepdims=True)
        if _explains(part, mean + _fit(error - mean, x_hat, axis), 2 * lines):
            return _(
                "the error of your gradient of {name} is a constant and a multiple of "
                "x̂ = (x - mean) / std along axis {axis}: are mean and variance taken for "
                "constants, or divided by n - 1 in place of n?"
            ).format(name=part.name, axis=axis)
    return None


def scale_of_each_line(part: CheckedPart) -> str | None:
    """Find a factor that is the same along an axis and differs across it."""
    for axis in _axes(part):
        if part.x.ndim < 2:
            break
        numeric, analytic = (a.reshape(part.x.shape) for a in (part.numeric, part.analytic))
        lines = part.x.size // part.x.shape[axis]
        if _explains(part, _fit(numeric, analytic, axis) - analytic, lines):
            return _(
                "your gradient of {name} is off by a factor that is the same along axis "
                "{axis} and differs across it: is a scale (γ, 1 / std) missing, or taken twice?"
            ).format(name=part.name, axis=axis)
    return None


def softmax_jacobian(part: CheckedPart) -> str | None:
    """Find what softmax's Jacobian lacks where x goes into a softmax."""
    for axis in _axes(part):
        y, lines = _softmax(part.x.astype(float), axis), part.x.size // part.x.shape[axis]
        if _explains(part, _fit(_error(part), y, axis), lines):
            return _(
                "the error of your gradient of {name} is a multiple of y = softmax(x) along "
                "axis {axis}: is the term -y Σ dy y of its Jacobian missing, or summed over "
                "another axis?"
            ).format(name=part.name, axis=axis)
        dy = part.analytic.reshape(y.shape) / (y * (1 - y))
        whole = y * (dy - (dy * y).sum(axis=axis, keepdims=True))
        if part.matches(whole.reshape(-1)):
            return _(
                "your gradient of {name} has the diagonal of softmax's Jacobian alone, "
                "dy y (1 - y), along axis {axis}: it is y (dy - Σ dy y)"
            ).format(name=part.name, axis=axis)
    return None


def wrong_axis(part: CheckedPart) -> str | None:
    """Find an error that is one term for each row and one for each column."""
    if part.x.ndim != 2 or min(part.x.shape) < 2 or not part.is_whole:
        return None
    error, fitted = _error(part), sum(part.x.shape) - 1
    weights = {"": np.ones(part.x.shape)}
    weights |= {
        _(" of softmax's Jacobian along axis {axis}").format(axis=k): _softmax(part.x, k)
        for k in (0, 1)
    }
    for where, weight in weights.items():
        scaled = error / weight
        pattern = weight * (
            scaled.mean(axis=0, keepdims=True) + scaled.mean(axis=1, keepdims=True) - scaled.mean()
        )
        if _explains(part, pattern, fitted):
            return _(
                "the error of your gradient of {name} is one term for each row and one for "
                "each column: does a sum or a mean{where} run over the wrong axis?"
            ).format(name=part.name, where=where)
    return None


def lacking_term(part: CheckedPart) -> str | None:
    """Find an error that is one of the terms that the gradient may be made of."""
    error = part.numeric - part.analytic
    for name, term in part.terms.items():
        if not part.is_whole or np.shape(term) != part.x.shape:
            continue
        for sign, has in ((1, _("lacks")), (-1, _("has a surplus of"))):
            pattern = sign * np.reshape(term, -1)
            if np.abs(error).max(initial=0.0) and _explains(part, pattern, 0):
                return _(
                    "your gradient of {part} {has} {term}: is a path by which "
                    "{part} reaches f left out, or counted twice?"
                ).format(part=part.name, has=has, term=name)
    return None


PATTERNS: list[Callable[[CheckedPart], str | None]] = [
    right_to_some_digits,
    lacking_term,
    through_the_mean,
    through_the_variance,
    scale_of_each_line,
    softmax_jacobian,
    wrong_axis,
]
