"""A test that a user's layer has the scope that it states, on the given batch.

A layer that states a scope which it does not have would get a wrong numeric gradient, silently. So
all that it must not depend on is changed here, and its outputs are compared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tidu.errors import InputError
from tidu.layers import LAYERS

if TYPE_CHECKING:
    from tidu.perturbation.stages import Stage


def checked_scope(stage: Stage, x: np.ndarray, y: np.ndarray) -> Stage:
    """Return a stage that may be trusted; ``y`` is its output for the batch ``x``.

    Raises
    ------
    InputError
        If its output depends on more than its layer says.
    """
    if all(type(each.layer) in LAYERS.values() for each in stage.at.with_inner()):
        return stage
    if stage.inner:
        return replace(stage, inner=_checked_inner(stage, x))
    if stage.scope == "batch":
        return stage
    other = 0.75 * x + 0.0625
    if stage.is_samplewise and _mixes_samples(stage, x, other, y):
        raise _overstated(stage, "the other samples of the batch")
    if stage.scope == "element" and _mixes_numbers(stage, x, other, y):
        raise _overstated(stage, "the other numbers of its sample")
    return replace(stage, uncut=stage.is_columnwise and _needs_all_columns(stage, x, y))


def _checked_inner(stage: Stage, x: np.ndarray) -> tuple[Stage, ...]:
    inner = []
    for each in stage.inner:
        y = each.forward(x, each.params)
        inner.append(checked_scope(each, x, y))
        x = y
    return tuple(inner)


def _overstated(stage: Stage, on: str) -> InputError:
    trait = "scope" if stage.training else "prediction_scope"
    return InputError(
        f"{stage.at.name}, {stage.at.layer!r}, states {trait} = {stage.scope!r}, but its output "
        f"depends on {on}, too: class {type(stage.at.layer).__name__} must state a wider {trait}"
    )


def _mixes_samples(stage: Stage, x: np.ndarray, other: np.ndarray, y: np.ndarray) -> bool:
    """Say whether samples come out in another way among others."""
    stack = np.stack([other, x], axis=1).reshape(-1, *x.shape[1:])
    rows = np.repeat(np.arange(len(x)), 2)
    return not _same(stage.forward_stack(stack, rows)[1::2], y)


def _mixes_numbers(stage: Stage, x: np.ndarray, other: np.ndarray, y: np.ndarray) -> bool:
    """Say whether numbers come out in another way beside others.

    Any two places differ in a binary digit of their index, so each is changed once while the other
    is kept.
    """
    if y.shape != x.shape:
        return True
    index = np.arange(x[:1].size).reshape(x.shape[1:])
    for digit in range(int(index.size - 1).bit_length() if index.size else 0):
        for kept in ((index >> digit) % 2 == 0, (index >> digit) % 2 == 1):
            mixed = stage.forward(np.where(kept, x, other), stage.params)
            if not _same(mixed[:, kept], y[:, kept]):
                return True
    return False


def _needs_all_columns(stage: Stage, x: np.ndarray, y: np.ndarray) -> bool:
    """Say whether some columns alone come out in another way: it holds numbers of each column."""
    half = x.shape[1] // 2
    for js in (slice(0, 1), slice(half, None)):
        try:
            cut = stage.columns(js).forward_stack(x[:, js], np.arange(len(x)))
        except ValueError:
            return True
        if not _same(cut, y[:, js]):
            return True
    return False


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """Say whether two outputs are the same but for the rounding of sums in another order."""
    size = np.abs(b[np.isfinite(b)]).max(initial=0.0)
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-12 * size, equal_nan=True)
