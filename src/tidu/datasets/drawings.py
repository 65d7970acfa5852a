"""Digits and letters that people draw, brought to the form in which data sets have theirs.

MNIST's makers scaled a digit into a box of 20 × 20 pixels without stretching it, and put its
centre of mass into the middle of 28 × 28, light on black. The built-in digits are as high as their
picture and about two thirds as wide: 32 × 32 dots, of which each of 8 × 8 pixels counts sixteen.
Before that, what is around a digit must go: the ground (grey paper, the shadow on it, a transparent
sheet) is estimated and subtracted, and a frame around the paper is cut off. Handwriting of several
characters is left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.errors import need

BOX = 20 / 28
"""The side of the box, as a share of the picture's."""

DIGITS_SHAPE, DOTS = (8, 8), 4
"""The shape of the built-in digits, and how many dots a pixel has in each direction."""

_NARROWED, _WIDEST, _BLACK = 0.85, 22, 0.3
"""The built-in digits are narrower than MNIST's, and so many dots wide at most; a dot is black from
so much ink. Of the values tried, those by which a network of theirs reads most of MNIST's."""

_GRAIN = 100
"""Pixels of a side from which single ones are grain of paper or camera."""

LARGEST = 280
"""Pixels of a side that are looked at."""

_FAINT = 0.08
"""Ink, as a share of the darkest, that still belongs to what is drawn."""

_CORNER = 0.08
"""The side of the corners that tell ground from ink, as a share of the picture's."""


def normalize(grey: Array, image_shape: tuple[int, int]) -> Array:
    """Return a drawing in the form of a data set: of the built-in digits for 8 × 8, else MNIST's.

    Parameters
    ----------
    grey
        (height, width), 0 to 255, ink darker or lighter than the ground.
    image_shape
        (height, width) of the result.

    Returns
    -------
    uint8 array (height, width)
        Light on black; all black where there is nothing but ground.

    Notes
    -----
    A network of the built-in digits reads two thirds of MNIST's in this form, and one in four of
    them when each is only made smaller: thirteen people wrote what it learned from.

    References
    ----------
    Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits" (1998).
    """
    image = _reduced(np.asarray(grey, np.float64))
    image = _without_frame(image)
    ink = _ink(image)
    rows, columns = (np.flatnonzero((ink > _FAINT).any(axis=axis)) for axis in (1, 0))
    height, width = image_shape
    if not len(rows):
        return np.zeros(image_shape, np.uint8)
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if tuple(image_shape) == DIGITS_SHAPE:
        return _counted(cut)
    box = max(round(BOX * min(image_shape)), 1)
    factor = box / max(cut.shape)
    size = tuple(max(round(side * factor), 1) for side in cut.shape)
    small = _resized(cut, size)
    small = np.clip(small / max(np.quantile(small, 0.97), 0.05), 0, 1)
    return _centred(small, height, width)


def _reduced(image: Array) -> Array:
    """Return an image with no side longer than what is looked at."""
    factor = LARGEST / max(image.shape)
    if factor >= 1:
        return image
    return _resized(image, tuple(max(round(side * factor), 1) for side in image.shape))


def _resized(image: Array, size: tuple[int, ...]) -> Array:
    """Return an image of another size, each new pixel a mean of the old ones that it covers."""
    image_of: Any = need("PIL.Image", extra="plots")
    picture = image_of.fromarray(image.astype(np.float32))
    smooth = (
        image_of.Resampling.BOX if size[0] < image.shape[0] / 2 else image_of.Resampling.BICUBIC
    )
    return np.clip(np.asarray(picture.resize(size[::-1], smooth), np.float64), 0, 255)


def _without_frame(image: Array) -> Array:
    """Return what is within a frame around a sheet of paper, or the image if there is none.

    A frame is what is connected with the rim, of the rim's brightness, and encloses nearly a
    rectangle that holds both brightnesses; a digit on its ground fills no rectangle.
    """
    for _ in range(2):
        dark = image < threshold(image)
        rim = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
        outside = _connected_with_rim(dark == (rim.mean() > 0.5))
        rows, columns = (np.flatnonzero((~outside).any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return image
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        inside = ~outside[part]
        other = (dark[part] == (rim.mean() > 0.5)).mean()  # what is within, and of the rim's kind
        if (
            inside.mean() < 0.9
            or not 0.02 < other < 0.7
            or min(inside.shape) < 8
            or (inside.all() and outside.sum() == 0)
        ):
            return image
        image = _trimmed(image[part])
    return image


def _trimmed(image: Array) -> Array:
    """Return an image without its outermost pixels, in which a frame is blurred."""
    edge = 1 + min(image.shape) // 40
    return image[edge:-edge, edge:-edge]


def _connected_with_rim(mask: Array) -> Array:
    """Return the parts of a mask that are connected with the image's rim."""
    found = np.zeros_like(mask)
    found[[0, -1]], found[:, [0, -1]] = mask[[0, -1]], mask[:, [0, -1]]
    while True:
        grown = found.copy()
        grown[1:] |= found[:-1]
        grown[:-1] |= found[1:]
        grown[:, 1:] |= grown[:, :-1]
        grown[:, :-1] |= grown[:, 1:]
        grown &= mask
        if (grown == found).all():
            return found
        found = grown


def threshold(image: Array) -> float:
    """Return the brightness that parts light from dark best, by Otsu's method (1979)."""
    counts, edges = np.histogram(image, bins=64)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    with np.errstate(all="ignore"):
        apart = sums / below - (sums[-1] - sums) / above
        between = np.nan_to_num(below * above * apart**2)
    best = np.flatnonzero(between >= between.max() * (1 - 1e-12))  # a gap: take its middle
    return float(edges[1:][best].mean())


def _ink(image: Array) -> Array:
    """Return how much ink there is at each pixel, 0 to 1: what stands out from the ground."""
    lightness = image - image.min()
    if lightness.max() < 8:  # nothing stands out
        return np.zeros_like(image)
    ground = np.zeros_like(image)
    for _ in range(3):  # a shadow is darker than thin ink until it is known to be ground
        light = image - ground > threshold(image - ground)
        is_ground = light if _ground_is_light(light) else ~light
        ground = _surface(image, is_ground)
    if min(image.shape) > _GRAIN:
        image = _smoothed(image)
    apart = (ground - image) * (1 if is_ground is light else -1)
    noise = 1.5 * float(np.median(np.abs(apart[is_ground]))) if is_ground.any() else 0.0
    strong = apart[~is_ground]
    top = float(np.quantile(strong, 0.9)) if len(strong) else 0.0
    floor = max(3 * noise, 0.05 * top)
    if top <= floor or top < 8:
        return np.zeros_like(image)
    return np.clip((apart - floor) / (top - floor), 0, 1)


def _smoothed(image: Array) -> Array:
    """Return the mean of each pixel and its eight neighbours."""
    padded = np.pad(image, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9


def _ground_is_light(light: Array) -> bool:
    """Say whether the ground is what is light: in the corners, on the rim, and in the whole."""
    h, w = (max(1, round(side * _CORNER)) for side in light.shape)
    corners = [light[:h, :w], light[:h, -w:], light[-h:, :w], light[-h:, -w:]]
    rim = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    return float(np.mean([corner.mean() for corner in corners]) + rim.mean() + light.mean()) > 1.5


def _surface(image: Array, is_ground: Array) -> Array:
    """Return the brightness of the ground everywhere: a surface of second order through it."""
    y, x = np.mgrid[-1 : 1 : image.shape[0] * 1j, -1 : 1 : image.shape[1] * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    chosen = np.flatnonzero(is_ground.ravel())
    if len(chosen) < 50:
        return np.full_like(image, np.median(image.ravel()[chosen]) if len(chosen) else 0.0)
    flat, values = terms.reshape(-1, 6)[chosen], image.ravel()[chosen]
    middle = np.median(values)
    if values.std() < 1:
        return np.full_like(image, middle)
    factors = np.linalg.lstsq(flat, values, rcond=None)[0]
    return np.clip(terms @ factors, values.min(), values.max())


def _centred(small: Array, height: int, width: int) -> Array:
    """Return an image with the centre of mass of another in its middle."""
    rows, columns = np.arange(small.shape[0]), np.arange(small.shape[1])
    mass = small.sum()
    centre = (small.sum(axis=1) @ rows / mass, small.sum(axis=0) @ columns / mass)
    out = np.zeros((height, width))
    top, left = (
        int(np.clip(round(side / 2 - middle), 0, side - own))
        for side, middle, own in zip((height, width), centre, small.shape, strict=True)
    )
    out[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.round(255 * out).astype(np.uint8)


def _counted(cut: Array) -> Array:
    """Return ink (height, width), 0 to 1, in the form of the built-in digits: 255 is 16 dots."""
    rows, columns = (side * DOTS for side in DIGITS_SHAPE)
    width = round(_NARROWED * rows * cut.shape[1] / cut.shape[0])
    width = min(max(width, DOTS), _WIDEST)
    left = (columns - width) // 2
    dots = np.zeros((rows, columns))
    dots[:, left : left + width] = _resized(cut, (rows, width)) > _BLACK
    counts = dots.reshape(DIGITS_SHAPE[0], DOTS, DIGITS_SHAPE[1], DOTS).sum(axis=(1, 3))
    return np.round(counts * (255 / DOTS**2)).astype(np.uint8)
