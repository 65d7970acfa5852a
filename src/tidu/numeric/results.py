"""The result for the user: a value or an `Estimate`, and warnings where it is unreliable."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from tidu.errors import InaccurateDerivativeWarning, StepVanishedWarning, clause
from tidu.numeric.estimation import Derivatives
from tidu.numeric.evaluator import Evaluator, entry_name
from tidu.numeric.status import Estimate, Status, status_of


def result(
    evaluator: Evaluator,
    found: Derivatives,
    vanished: np.ndarray,
    step: float | None,
    shape: tuple[int, ...] | None,
    full: bool,
) -> Any:
    """Return what is asked for, from arrays whose last axis is the lines.

    Parameters
    ----------
    evaluator, found
        The function and its derivatives.
    vanished
        Where in x a given step vanishes, a mask.
    step
        The step given, if any.
    shape
        What the last axis becomes; None for a plain number.
    full
        Whether an `Estimate` is asked for.
    """
    dtype = evaluator.x.dtype
    lines = () if shape is None else shape
    with np.errstate(over="ignore"):  # a slope may be too large for float32
        value = found.value.astype(dtype)
    if vanished.any():
        _warn_of_vanished(evaluator.x, vanished, step)
        lines_lost = vanished.reshape(-1) if vanished.size == found.value.shape[-1] else True
        found = replace(found, limited=found.limited | lines_lost)
    status = status_of(found, value)

    def shaped(array: np.ndarray) -> Any:
        array = array.reshape(array.shape[:-1] + lines)
        if shape is not None:
            return array
        return array.item() if array.dtype == np.float64 else array[()]

    if not full:
        if step is None:
            _warn_of_inaccurate(found, status, lines)
        return shaped(value)
    codes = shaped(status)
    return Estimate(
        shaped(value),
        shaped(found.error.astype(dtype)),
        shaped(found.step.astype(dtype)),
        evaluator.evaluations,
        Status(codes) if shape is None else codes,
    )


def _warn_of_inaccurate(found: Derivatives, status: np.ndarray, lines: tuple[int, ...]) -> None:
    wrong = np.argwhere(status >= Status.STEP_LIMIT)
    if not len(wrong):
        return
    first = tuple(int(i) for i in wrong[0])
    index = (*first[:-1], *np.unravel_index(first[-1], lines)) if lines else first[:-1]
    at = clause(f" at {entry_name(index)}") if index else ""
    more = clause(f" (and {len(wrong) - 1} more)") if len(wrong) > 1 else ""
    warnings.warn(
        InaccurateDerivativeWarning(
            f"the derivative{at}{more} reads {found.value[first]:.6g}, but may be off by "
            f"{found.error[first]:.2g}: {Status(status[first]).sentence}"
        ),
        stacklevel=4,
    )


def _warn_of_vanished(x: np.ndarray, vanished: np.ndarray, step: float | None) -> None:
    entries = [tuple(int(i) for i in entry) for entry in np.argwhere(vanished)]
    first = entries[0]
    more = clause(f" and {len(entries) - 1} more") if len(entries) > 1 else ""
    warnings.warn(
        StepVanishedWarning(
            f"the step {step:g} vanishes beside x = {x[first]:g} ({entry_name(first)}{more}): "
            "x + h is x in floating point, so the slope reads 0 whatever f is; "
            "leave `step` out to have one chosen for each entry",
            entries=entries,
        ),
        stacklevel=4,
    )
