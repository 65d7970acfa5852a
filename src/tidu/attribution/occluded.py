"""How far a score falls where a part of the input is covered."""

from __future__ import annotations

import math

import numpy as np

from tidu.arrays import Array
from tidu.attribution.explained import Explained
from tidu.attribution.result import Attribution
from tidu.errors import (
    InputError,
    ShapeError,
    check_integer,
    check_number,
)
from tidu.layers.base import Shape
from tidu.network import Network


def occlusion(
    network: Network,
    x: Array,
    target: Array | None = None,
    *,
    patch: int = 1,
    image_shape: Shape | None = None,
    fill: float = 0.0,
) -> Attribution:
    """Return how far a score falls where a patch of the input is covered.

    The patch moves over the input in steps of one. The value of an input is the mean fall over the
    patches that cover it.

    Parameters
    ----------
    network : Network
    x : (N, *input_shape)
    target : int or (N,) of int, optional
        Which score; by default the largest at ``x``.
    patch : int
        The side of the square that is covered, or, without an image, how many inputs in a row.
    image_shape : (height, width) or (height, width, channels), optional
        The form of a sample that is a flat image; by default that of the network's input.
    fill : float
        What is put in place of the covered inputs.

    Returns
    -------
    Attribution

    Raises
    ------
    ShapeError, InputError
        If an argument does not fit the network.
    NonFiniteError
        If a score is not finite.

    References
    ----------
    Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(1)], 3, td.MeanSquaredError())
    >>> net["W1"] = [[3.0], [-1.0], [0.0]]
    >>> td.occlusion(net, [[1.0, 1.0, 1.0]]).values
    array([[ 3., -1.,  0.]])
    """
    explained = Explained(network, x, target)
    fill = check_number("fill", fill)
    masks = _patches(check_integer("patch", patch), image_shape, explained.x.shape[1:])
    scores = explained.scores(explained.x, explained.targets)
    values = np.empty_like(explained.x)
    for i, (sample, of) in enumerate(zip(explained.x, explained.targets, strict=True)):
        covered = explained.scores(np.where(masks, fill, sample), np.full(len(masks), of))
        values[i] = np.tensordot(scores[i] - covered, masks, 1) / masks.sum(axis=0)
    return Attribution(values, explained.x, explained.targets, scores, None, explained.evaluations)


def _patches(patch: int, image_shape: Shape | None, shape: Shape) -> np.ndarray:
    """Return the places of the patch as masks, ``(places, *shape)``."""
    form = shape if image_shape is None else tuple(np.atleast_1d(image_shape).tolist())
    if len(form) > 3 or math.prod(form) != math.prod(shape):
        raise ShapeError(
            f"`image_shape` must be the (height, width) of a sample of shape {shape}, got {form}"
        )
    sides = form[:2]
    if patch > min(sides):
        raise InputError(
            f"`patch` must be at most {min(sides)}, for an input of {'×'.join(map(str, sides))}, "
            f"got {patch}"
        )
    corners = list(np.ndindex(*(side - patch + 1 for side in sides)))
    masks = np.zeros((len(corners), *form), bool)
    for mask, corner in zip(masks, corners, strict=True):
        mask[tuple(slice(i, i + patch) for i in corner)] = True
    return masks.reshape(-1, *shape)
