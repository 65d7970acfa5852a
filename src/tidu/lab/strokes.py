"""What a person draws with the mouse, as a picture: strokes of a round pen on a square sheet.

Strokes travel as numbers and are drawn here, so that a link shows the same picture in any browser.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidu.errors import InputError

SIDE = 112
"""Pixels of a side of the picture."""
PEN = 0.13
"""The pen's width, as a share of the side."""
GRID = 100
"""Numbers of a stroke go from 0 to this, left to right and top to bottom."""
UP = -1
"""The number that parts one stroke from the next."""
MOST = 3000
"""How many numbers a drawing may have."""


def drawn(numbers: Sequence[float]) -> np.ndarray:
    """Return a drawing as a picture of dark ink on white paper.

    Parameters
    ----------
    numbers
        x and y of the points of a stroke, one after another, 0 to 100; −1 between two strokes.

    Returns
    -------
    float64 array (112, 112), whole numbers from 0 to 255

    Raises
    ------
    InputError
        If there are too many numbers, or these are no strokes.

    Examples
    --------
    >>> picture = drawn([50, 10, 50, 90])
    >>> float(picture[56, 56]), float(picture[56, 10])
    (0.0, 255.0)
    """
    ink = np.zeros((SIDE, SIDE))
    for stroke in _strokes(numbers):
        points = stroke * (SIDE / GRID)
        for a, b in zip(points, [*points[1:], points[-1]], strict=True):
            _draw(ink, a, b)
    return np.round(255 * (1 - ink))


def _strokes(numbers: Sequence[float]) -> list[np.ndarray]:
    if len(numbers) > MOST:
        raise InputError(f"a drawing may have {MOST} numbers, got {len(numbers)}")
    values = np.asarray(numbers, float)
    ends = np.flatnonzero(values == UP)
    strokes = [part[part != UP] for part in np.split(values, ends)]
    for stroke in strokes:
        if len(stroke) % 2 or not ((stroke >= 0) & (stroke <= GRID)).all():
            raise InputError(
                f"a stroke must be x and y of each of its points, 0 to {GRID}, got "
                f"{stroke[:6].tolist()}"
            )
    return [stroke.reshape(-1, 2) for stroke in strokes if len(stroke)]


def _draw(ink: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """Put ink where the pen goes in a straight line from a to b; both are (x, y) in pixels."""
    radius = PEN * SIDE / 2
    low = np.floor(np.minimum(a, b) - radius - 1).clip(0).astype(int)
    high = np.ceil(np.maximum(a, b) + radius + 2).clip(0, SIDE).astype(int)
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]] + 0.5
    way = b - a
    along = ((x - a[0]) * way[0] + (y - a[1]) * way[1]) / max(way @ way, 1e-9)
    along = along.clip(0, 1)
    distance = np.hypot(x - a[0] - along * way[0], y - a[1] - along * way[1])
    part = ink[low[1] : high[1], low[0] : high[0]]
    np.maximum(part, (radius + 0.5 - distance).clip(0, 1), out=part)
