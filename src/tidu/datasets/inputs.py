"""Inputs without labels, in the shape that a network takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from tidu.arrays import Array, described
from tidu.datasets.drawings import DIGITS_SHAPE, normalize
from tidu.datasets.emnist import read_images
from tidu.datasets.encoding import encode
from tidu.datasets.images import fit_into, picture_files, read_color, read_grey, read_picture
from tidu.datasets.kinds import kind_of, read_npy, read_npz
from tidu.datasets.reading import existing
from tidu.datasets.tables import checked_schema, numbers_of, read_table
from tidu.errors import FileFormatError, InputError, ShapeError, check_integer, check_number, clause
from tidu.schema import Schema


def read_inputs(
    path: str | PathLike[str],
    input_shape: int | Sequence[int],
    *,
    image_shape: tuple[int, int] | None = None,
    scale: float = 255,
    schema: Schema | None = None,
    drawings: bool = False,
) -> Array:
    """Read inputs without labels, in the shape that a network takes.

    Arrays keep their values. Tables become what the schema says; without one, their columns must
    be numbers, as many as the network takes. Pictures become what the network has learnt from:
    grey, light on dark (one with a light rim, such as pen on paper, is inverted), or in colour
    where an input has three numbers a pixel; fitted into `image_shape`, the rest filled in the
    colour of the rim, and scaled to 0 ... `scale`.

    Parameters
    ----------
    path
        IDX, ``.npy``, ``.npz`` (the array ``x``, or the only one), a table, a picture
        (PNG, JPEG, WebP), or a folder of pictures (in the order of their names).
    input_shape
        The shape of one input: 784, (784,), (1, 28, 28) or, in colour, 2352.
    image_shape
        (height, width) of the picture that an input is. By default the last two axes of
        `input_shape`, or the square with as many pixels.
    scale
        The largest value of a pixel in the data that the network learnt from, `Dataset.scale`.
    schema
        That of the network, ``network.schema``: how the columns of a table become inputs.
    drawings
        Whether pictures are of a digit or letter each, to be brought to MNIST's form: the ground
        removed, the contrast stretched, in a box of 20 × 20 of 28 × 28, its centre of mass in the
        middle; or, for 8 × 8 pixels, to that of the built-in digits, as high as the picture, unless
        they are of 8 × 8 pixels already.

    Returns
    -------
    array (N, *input_shape)
        float32 from pictures, else in the dtype stored (of a table float64).

    Raises
    ------
    DataNotFoundError, FileFormatError
        If the file is not there or damaged.
    ShapeError
        If an input in the file has another size than the network takes.
    InputError
        If the kind of file is unknown, values are not finite, or a column is not there.

    Examples
    --------
    >>> from pathlib import Path
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "x.npy")
    ...     np.save(path, np.zeros((3, 8, 8), np.uint8))
    ...     read_inputs(path, 64).shape
    (3, 64)
    """
    axes = input_shape if isinstance(input_shape, Sequence) else (input_shape,)
    shape = tuple(check_integer("input_shape", n) for n in axes)
    check_number("scale", scale, above=0)
    if image_shape is not None:
        _check_pixels(image_shape, shape)
    return inputs_and_notes(path, shape, image_shape, scale, schema, drawings)[0]


def inputs_and_notes(
    path: str | PathLike[str],
    shape: tuple[int, ...],
    image_shape: tuple[int, int] | None = None,
    scale: float = 255,
    schema: Schema | None = None,
    drawings: bool = False,
    invert: bool = True,
) -> tuple[Array, tuple[str, ...]]:
    """Return what `read_inputs` does, and what was odd about the file.

    Without ``invert``, pictures stay as light as they are.
    """
    file = existing(path)
    kind = kind_of(file)
    if kind == "table":
        table = read_table(file)
        if schema is None:
            return _fitted(file, numbers_of(table, str(file)), shape), table.notes
        x, notes = encode(checked_schema(schema), table, str(file))
        return _fitted(file, x, shape), (*table.notes, *notes)
    if kind in ("picture", "folder"):
        files = [file] if kind == "picture" else picture_files(file)
        if not files:
            raise FileFormatError(f"{file} has no pictures such as .png files")
        size = image_shape or _assumed_picture(shape)
        color = math.prod(shape) == 3 * math.prod(size)
        images = np.stack([_picture(one, size, color, drawings, invert) for one in files])
        return (images.astype(np.float32) * (scale / 255)).reshape(-1, *shape), ()
    readers: dict[str, Callable[[Path], Array]] = {
        ".npy": read_npy,
        ".npz": _npz_inputs,
        "idx": read_images,
    }
    return _fitted(file, readers[kind](file), shape), ()


def _picture(file: Path, size: tuple[int, int], color: bool, drawing: bool, invert: bool) -> Array:
    if color:
        return fit_into(read_color(file), size)
    if not invert and not drawing:
        return fit_into(read_grey(file), size)
    grey = read_grey(file)
    if drawing and not (grey.shape == size == DIGITS_SHAPE):
        return normalize(grey, size)
    return read_picture(file, size)


def _npz_inputs(file: Path) -> Array:
    arrays = read_npz(file)
    if "x" not in arrays and len(arrays) != 1:
        raise FileFormatError(
            f"{file} needs an array x of inputs, and has {', '.join(arrays) or clause('none')}"
        )
    return arrays.get("x", next(iter(arrays.values())))


def _assumed_picture(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return height and width; no number is a square and three times one as well."""
    n = math.prod(shape)
    side = math.isqrt(n // 3)
    if 3 * side * side != n:
        side = math.isqrt(n)
    height, width = shape[-2:] if len(shape) > 1 else (side, side)
    _check_pixels((height, width), shape)
    return height, width


def _check_pixels(image_shape: tuple[int, int], shape: tuple[int, ...]) -> None:
    n, pixels = math.prod(shape), math.prod(image_shape)
    if np.shape(image_shape) != (2,) or n not in (pixels, 3 * pixels):
        raise ShapeError(
            f"`image_shape` must be (height, width) with as many pixels as the network takes "
            f"numbers (in colour a third), {n} (inputs of shape {shape}); it is {image_shape}"
        )


def _fitted(file: Path, x: Array, shape: tuple[int, ...]) -> Array:
    """Return ``x`` with one input a row; an array of just one input is a batch of one."""
    size = math.prod(shape)
    if x.dtype.kind not in "iufb":
        raise FileFormatError(f"{file} does not hold numbers, but {described(x)}")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        raise InputError(f"{file} holds a NaN or an infinity")
    batch = x if x.ndim and math.prod(x.shape[1:]) == size else x[np.newaxis]
    if math.prod(batch.shape[1:]) != size:
        hint = ""
        if x.ndim == 2 and x.shape[1] == size + 1:
            hint = clause("; one column too many: leave out the labels")
        raise ShapeError(
            f"{file} holds {described(x)}, and the network takes inputs of shape {shape}, "
            f"{size} numbers each{hint}"
        )
    return batch.reshape(-1, *shape)
