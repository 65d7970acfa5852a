"""A small network unit by unit: every value and every gradient, of the units and of the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.plots.style import Theme, halo


@dataclass(frozen=True)
class UnitColumn:
    """The units of one layer.

    Attributes
    ----------
    values, gradients : (n,)
        Of the units; there may be no gradients.
    weights, weight_gradients : (m, n), optional
        From the m units of the column before.
    note
        What is written under the column.
    """

    values: Sequence[float]
    gradients: Sequence[float] | None = None
    weights: Any = None
    weight_gradients: Any = None
    note: str = ""


def draw_units(axes: Any, columns: Sequence[UnitColumn], look: Theme) -> None:
    """Draw a network on axes: weights and values in blue, gradients in orange below them."""
    most = max(len(column.values) for column in columns)
    places = [
        [(float(c), (len(column.values) - 1) / 2 - i) for i in range(len(column.values))]
        for c, column in enumerate(columns)
    ]
    axes.axis("off")
    axes.set(xlim=(-0.3, len(columns) - 0.7), ylim=(-(most - 1) / 2 - 0.85, (most - 1) / 2 + 0.35))
    for c, column in enumerate(columns):
        if c and column.weights is not None:
            before = places[c - 1]
            weights, gradients = np.asarray(column.weights), np.asarray(column.weight_gradients)
            for i, start in enumerate(before):
                # each source has its own distance, so that no two labels meet where edges cross
                part = 0.5 if len(before) == 1 else 0.36 + 0.36 * i / (len(before) - 1)
                for j, end in enumerate(places[c]):
                    _draw_weight(axes, start, end, part, weights[i, j], gradients[i, j], look)
        for k, place in enumerate(places[c]):
            slope = None if column.gradients is None else column.gradients[k]
            _draw_unit(axes, place, column.values[k], slope, look)
        axes.text(c, -(most - 1) / 2 - 0.8, column.note, ha="center", va="bottom", color=look.faint)


def _draw_weight(
    axes: Any,
    start: tuple[float, float],
    end: tuple[float, float],
    part: float,
    weight: float,
    gradient: float,
    look: Theme,
) -> None:
    a, b = np.array(start), np.array(end)
    axes.plot(*np.array([a, b]).T, color=look.faint, linewidth=0.7, zorder=1)
    angle = np.degrees(np.arctan2(*(b - a)[::-1]))
    for text, colour, side in (
        (_short(weight), look.blue, "bottom"),
        (_short(gradient, 3), look.orange, "top"),
    ):
        axes.text(
            *(a + part * (b - a)), text, color=colour, fontsize=8, ha="center", va=side,
            rotation=angle, rotation_mode="anchor", transform_rotates_text=True, zorder=2,
            path_effects=halo(look),
        )  # fmt: skip


def _draw_unit(
    axes: Any, place: tuple[float, float], value: float, gradient: float | None, look: Theme
) -> None:
    axes.text(
        *place, _short(value), ha="center", va="center", color=look.blue, zorder=3,
        bbox={"boxstyle": "round,pad=0.5,rounding_size=0.9", "fc": look.paper, "ec": look.ink},
    )  # fmt: skip
    if gradient is not None:
        axes.annotate(
            _short(gradient, 3), place, xytext=(0, -18), textcoords="offset points", ha="center",
            va="center", color=look.orange, fontsize=8,
        )  # fmt: skip


def _short(x: float, digits: int = 4) -> str:
    return f"{x:.{digits}g}".replace("-", "−")
