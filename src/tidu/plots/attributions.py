"""What a score rests on, seen: contributions beside the samples that they explain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.attribution import Attribution
from tidu.errors import InputError, ShapeError, check_integer
from tidu.language import translator
from tidu.layers.base import Shape
from tidu.plots.style import Theme, diverging, new_figure, styled

_ = translator("library")

_IMAGES, _BARS = 8, 12


def attribution(
    found: Attribution,
    image_shape: tuple[int, int] | None = None,
    names: Sequence[str] | None = None,
    count: int = _IMAGES,
    *,
    theme: str = "light",
) -> Any:
    """Draw contributions: under each image where it speaks for its class, or as bars by input.

    Blue speaks for the score and orange against it, each picture on its own scale.

    Parameters
    ----------
    found
        What `integrated_gradients`, `occlusion` or `Network.input_gradient` return.
    image_shape
        ``(height, width)`` of samples that are flat images; without, and where the input is no
        image, the largest contributions are drawn as bars.
    names
        Of the inputs, for bars, or of the classes, for images.
    count
        How many samples at most.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ShapeError, InputError
        If an argument cannot be used.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 4, td.SoftmaxCrossEntropy())
    >>> found = td.integrated_gradients(net, np.ones((3, 4)))
    >>> len(attribution(found, image_shape=(2, 2)).axes)
    6
    """
    if not isinstance(found, Attribution):
        raise TypeError(
            f"`found` must be what integrated_gradients returns, got {described(found)}"
        )
    shown = min(check_integer("count", count), len(found.values))
    if not shown:
        raise InputError("`found` explains no samples, so there is nothing to draw")
    form = _image_form(image_shape, found.values.shape[1:])
    with styled(theme) as look:
        if form is None:
            rows = math.ceil(min(shown, 4) / 2)
            figure = new_figure(height=0.4 + 2.6 * rows)
            for i, axes in enumerate(figure.subplots(rows, 2, squeeze=False).ravel()):
                if i < min(shown, 4):
                    _draw_bars(axes, found, i, names, look)
                else:
                    axes.set_axis_off()
        else:
            figure = new_figure(height=2.5)
            for i, pair in enumerate(figure.subplots(2, shown, squeeze=False).T):
                _draw_pair(pair, found, i, form, names, look)
    return figure


def _image_form(image_shape: tuple[int, int] | None, shape: Shape) -> tuple[int, int] | None:
    form = shape if image_shape is None else tuple(np.atleast_1d(image_shape).tolist())
    if image_shape is None and len(shape) != 2:
        return None
    if len(form) != 2 or math.prod(form) != math.prod(shape):
        raise ShapeError(
            f"`image_shape` must be the (height, width) of a sample of shape {shape}, "
            f"got {image_shape!r}"
        )
    return form


def _draw_pair(
    pair: Any, found: Attribution, i: int, form: Shape, names: Sequence[str] | None, look: Theme
) -> None:
    name = names[found.targets[i]] if names is not None else found.targets[i]
    pair[0].imshow(found.x[i].reshape(form), cmap="gray")
    pair[0].set_title(f"{name}: {found.scores[i]:.3g}", loc="center")
    values = found.values[i].reshape(form)
    strength = values / (np.abs(values).max() or 1.0)
    pair[1].imshow(diverging(look, strength))
    for axes in pair:
        axes.grid(visible=False)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(visible=True, alpha=0.4)


def _draw_bars(
    axes: Any, found: Attribution, i: int, names: Sequence[str] | None, look: Theme
) -> None:
    values, x = found.values[i].ravel(), found.x[i].ravel()
    if names is not None and len(names) != len(values):
        raise ShapeError(f"`names` must be {len(values)} names, one an input, got {len(names)}")
    largest = np.argsort(-np.abs(values), kind="stable")[:_BARS][::-1]
    labels = [f"{names[k] if names is not None else f'x[{k}]'} = {x[k]:.3g}" for k in largest]
    colours = [look.blue if values[k] > 0 else look.orange for k in largest]
    axes.barh(range(len(largest)), values[largest], color=colours)
    axes.set_yticks(range(len(largest)), labels)
    axes.axvline(0, color=look.faint, linewidth=0.8)
    axes.grid(visible=False, axis="y")
    axes.set_title(
        _("sample {i}: score {target} is {score:.3g}").format(
            i=i, target=found.targets[i], score=found.scores[i]
        )
    )
