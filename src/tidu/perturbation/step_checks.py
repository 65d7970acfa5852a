"""Checks of a step: whether it vanishes beside an entry, or leads to a loss that is not finite."""

from __future__ import annotations

import warnings

import numpy as np

from tidu.errors import NonFiniteError, StepVanishedWarning, check_number
from tidu.layout import Layout


def check_step(step: float | None, layout: Layout, theta: np.ndarray) -> None:
    """Refuse an invalid step, and warn of entries that it does not change."""
    if step is None:
        return
    check_number("step", step, above=0)
    lost = np.flatnonzero((theta + step == theta) | (theta - step == theta))
    if not len(lost):
        return
    more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    warnings.warn(
        StepVanishedWarning(
            f"the step {step:g} vanishes beside {parameter_name(layout, lost[0])} = "
            f"{theta[lost[0]]:g}{more}: the slope there reads 0 whatever the loss is; leave `step` "
            "out to have one chosen for each entry",
            entries=[(int(k),) for k in lost],
        ),
        stacklevel=4,  # the caller of the network's gradient
    )


def refuse_non_finite(dtheta: np.ndarray, layout: Layout) -> None:
    """Refuse a gradient with entries at which the loss one step away was not finite."""
    bad = np.flatnonzero(~np.isfinite(dtheta))
    if len(bad):
        more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        raise NonFiniteError(
            f"the loss is not finite one step away at {parameter_name(layout, bad[0])}{more}: give "
            "a smaller `step`"
        )


def parameter_name(layout: Layout, k: int) -> str:
    """Return an entry of a flat vector as one would type it: W1[2, 3]."""
    entry = next(e for e in layout.entries if e.slice.start <= k < e.slice.stop)
    index = [int(i) for i in np.unravel_index(k - entry.slice.start, entry.shape)]
    return f"{entry.name}{index or ''}"
