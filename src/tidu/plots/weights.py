"""The weights into each unit, seen as an image."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.errors import InputError, ShapeError, check_integer
from tidu.language import translator
from tidu.network import Network
from tidu.plots.style import diverging, new_figure, styled

_ = translator("library")

_ACROSS = 10


def weights(
    net: Network,
    image_shape: tuple[int, int] | None = None,
    name: str = "W1",
    count: int = 50,
    *,
    theme: str = "light",
) -> Any:
    """Draw the weights into each unit as an image of the shape of the input.

    Blue weights are positive and orange ones negative, all on one scale.

    Parameters
    ----------
    net
        The network.
    image_shape
        ``(height, width)`` of what the weights are multiplied with; that of the network's input
        where it has two axes.
    name
        Which weights, ``(height·width, units)``.
    count
        How many units at most.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ShapeError, InputError
        If the weights are not those of images.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(3)], 6, "mean-squared-error")
    >>> len(weights(net, (2, 3)).axes)
    3
    """
    if not isinstance(net, Network):
        raise TypeError(f"`net` must be a Network, got {described(net)}")
    W = net[name]
    if W.ndim != 2:
        raise InputError(f"`name` must be that of a matrix; {name!r} has shape {W.shape}")
    form = net.input_shape if image_shape is None else tuple(np.atleast_1d(image_shape).tolist())
    if len(form) != 2 or math.prod(form) != len(W):
        raise ShapeError(
            f"`image_shape` must be the (height, width) of the {len(W)} inputs of {name}, "
            f"got {image_shape!r}"
        )
    shown = min(check_integer("count", count), W.shape[1])
    columns = min(shown, _ACROSS)
    rows = math.ceil(shown / columns)
    with styled(theme) as look:
        figure = new_figure(height=0.4 + rows * 9.0 / columns * form[0] / form[1])
        largest = float(np.abs(W).max()) or 1.0
        cells = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, row in zip(cells, W.T[:shown], strict=False):
            axes.imshow(diverging(look, row.reshape(form) / largest))
        for axes in cells:
            axes.set_axis_off()
        if shown < W.shape[1]:
            title = _("{name}, the first {shown} of {n} units; the largest weight is {largest:.3g}")
        else:
            title = _("{name}, all {n} units; the largest weight is {largest:.3g}")
        title = title.format(name=name, shown=shown, n=W.shape[1], largest=largest)
        figure.suptitle(title, x=0.01, ha="left", fontsize=9.5)
    return figure
