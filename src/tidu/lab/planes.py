"""Points in the plane to learn from: the classic sets, the digits seen from their best side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tidu.datasets import Dataset, load_digits
from tidu.datasets.dialect import recognize
from tidu.errors import InputError
from tidu.randomness import stream

SIDE = 3.0
"""The plane that is seen reaches from −3 to 3, in x and in y."""

MOST_CLASSES = 6

Rng = np.random.Generator
Points = tuple[np.ndarray, np.ndarray]
"""Points (N, 2), and their classes (N,) or values (N, 1)."""


def circle(rng: Rng, n: int, k: int, noise: float) -> Points:
    """Rings around one another."""
    t = np.arange(n) % k
    width = 2.6 / (1.5 * k - 0.5)
    radius = 1.5 * width * t + width * np.sqrt(rng.random(n))
    angle = rng.uniform(0, 2 * np.pi, n)
    return _noisy(rng, _polar(radius, angle), noise), t


def xor(rng: Rng, n: int, k: int, noise: float) -> Points:
    """Sectors, of which those that face one another are of one class; four for two classes."""
    x = rng.uniform(-2.7, 2.7, (n, 2))
    turn = np.arctan2(x[:, 1], x[:, 0]) % (2 * np.pi)
    sector = np.minimum((turn / np.pi * k).astype(int), 2 * k - 1)
    return _noisy(rng, x, noise), sector % k


def gaussians(rng: Rng, n: int, k: int, noise: float) -> Points:
    """One cloud a class."""
    t = np.arange(n) % k
    centre = _polar(np.full(n, 1.7), 2 * np.pi * t / k + np.pi / 4)
    return centre + rng.normal(0, 0.35 + noise, (n, 2)), t


def spiral(rng: Rng, n: int, k: int, noise: float) -> Points:
    """One arm a class."""
    t = np.arange(n) % k
    way = np.sqrt(rng.uniform(0.005, 1, n))
    return _noisy(rng, _polar(2.7 * way, 1.75 * np.pi * way + 2 * np.pi * t / k), noise), t


def moons(rng: Rng, n: int, k: int, noise: float) -> Points:
    """Half circles that reach into one another."""
    t = np.arange(n) % k
    angle = rng.uniform(0, np.pi, n)
    side = np.where(t % 2, -1, 1)
    x = np.stack([1.3 * np.cos(angle), side * 1.3 * np.sin(angle)], axis=1)
    x += np.stack([1.3 * t, np.where(t % 2, 0.45, -0.45)], axis=1)
    x[:, 0] -= 1.3 * (k - 1) / 2
    return _noisy(rng, x / max(1.0, (1.3 * (k - 1) / 2 + 1.3) / 2.7), noise), t


def plane(rng: Rng, n: int, k: int, noise: float) -> Points:
    """Values to predict: a plane that is tilted."""
    x = rng.uniform(-2.7, 2.7, (n, 2))
    return x, _noisy(rng, (x.sum(axis=1, keepdims=True)) / 5.4, noise)


def hills(rng: Rng, n: int, k: int, noise: float) -> Points:
    """Values to predict: hills and hollows."""
    x = rng.uniform(-2.7, 2.7, (n, 2))
    t = np.zeros(n)
    for i in range(6):
        centre = _polar(np.array([1.7]), np.array([np.pi * i / 3]))
        t += (-1) ** i * np.exp(-((x - centre) ** 2).sum(axis=1) / 0.8)
    return x, _noisy(rng, t[:, None], noise)


def digits(rng: Rng, n: int, k: int, noise: float) -> Points:
    """Return scans of the digits 0, 1, ..., by their two principal components."""
    data = load_digits()
    rows = rng.permutation(np.flatnonzero(data.t < k))[:n]
    x = data.x[rows] / 16.0
    x -= x.mean(axis=0)
    _, axes = np.linalg.eigh(x.T @ x)
    axes = axes[:, :-3:-1]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    y = x @ axes
    return _noisy(rng, y / np.abs(y).max() * 2.7, noise), data.t[rows].astype(int)


SETS: dict[str, Callable[[Rng, int, int, float], Points]] = {
    found.__name__: found for found in (circle, xor, gaussians, spiral, moons, digits, plane, hills)
}
"""Sets by name; ``own`` is what a person draws."""

OWN = "own"


def load(
    name: str, n: int, classes: int, noise: float, seed: int, own: Sequence[float] = ()
) -> Dataset:
    """Return the points of a set, or those a person has drawn: x, y and class, one after another.

    Examples
    --------
    >>> load("xor", 200, 2, 0.0, 0)
    <Dataset xor: 200 rows of 2 numbers (float32), 2 classes: 0, 1>
    >>> load("own", 0, 2, 0.0, 0, own=(0, 1, 0, 1, 0, 1, 1, 1, 0)).t
    array([0, 1, 0])
    """
    if name == OWN:
        x, t = _own(own, classes)
    else:
        x, t = SETS[name](stream(seed, "sample"), n, classes, noise)
    names = tuple(map(str, range(classes))) if t.ndim == 1 else None
    return Dataset(x=x.astype(np.float32), t=t, name=name, class_names=names)


def _own(numbers: Sequence[float], classes: int) -> Points:
    if len(numbers) % 3:
        raise InputError(f"`own` must be x, y and class of each point, got {len(numbers)} numbers")
    rows = np.array(numbers, float).reshape(-1, 3)
    t = rows[:, 2].astype(int)
    if len(rows) < 2 or (t != rows[:, 2]).any() or t.min() < 0 or t.max() >= classes:
        raise InputError(
            f"`own` must hold two points or more, of classes 0 to {classes - 1}: draw some with "
            "the mouse"
        )
    return rows[:, :2], t


def from_table(text: str, most: int) -> tuple[list[float], int]:
    r"""Return x, y and class of each row of a table, one after another, and how many classes.

    The numbers are brought into the plane that is seen; classes are numbered in the order of their
    names.

    Raises
    ------
    InputError
        If a row is not two numbers and a class, or there are too many of either.

    Examples
    --------
    >>> from_table("width,height,kind\n0,0,cat\n10,5,dog\n", 500)
    ([-2.7, -1.35, 0, 2.7, 1.35, 1], 2)
    """
    lines = [line for line in text.splitlines() if line.strip()]
    rows = list(recognize(lines[:100]).rows(lines)) if lines else []
    found, names = [], []
    for i, row in enumerate(rows):
        try:
            x, y, name = row
            found.append((float(x.replace(",", ".")), float(y.replace(",", "."))))
            names.append(name.strip())
        except ValueError:
            if i:
                raise InputError(
                    f"row {i + 1} must be two numbers and a class, such as 0.5,1.2,a; it is "
                    f"{' | '.join(row)!r}"
                ) from None
    kinds = sorted(set(names))
    if not 2 <= len(found) <= most or not np.isfinite(found).all():
        raise InputError(f"a table must have 2 to {most} rows of finite numbers, got {len(found)}")
    if not 2 <= len(kinds) <= MOST_CLASSES:
        raise InputError(
            f"a table must have 2 to {MOST_CLASSES} classes, got {len(kinds)}: the class is the "
            "third column"
        )
    points = np.array(found) - (np.min(found, axis=0) + np.max(found, axis=0)) / 2
    points *= 2.7 / (np.abs(points).max() or 1.0)
    rounded = points.round(2).tolist()
    rows_found = zip(rounded, names, strict=True)
    return [v for (x, y), n in rows_found for v in (x, y, kinds.index(n))], len(kinds)


def _polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


def _noisy(rng: Rng, values: np.ndarray, noise: float) -> np.ndarray:
    return values + rng.normal(0, noise, values.shape)
