"""Your own files: labelled ones to learn from, and inputs alone to predict.

The kind of a file is seen from its name: ``.npz``, ``.npy``, ``.csv``, ``.png``, a folder of
pictures, or IDX (``train-images-idx3-ubyte``, ``digits.idx``, each with or without ``.gz``). No
file can run code: pickled objects are refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from tidu.arrays import Array, described
from tidu.datasets.dataset import SPLITS, Dataset
from tidu.datasets.idx import read_idx
from tidu.datasets.images import png_files, read_png, read_png_classes
from tidu.datasets.reading import existing, reading
from tidu.datasets.tables import numbered, read_csv
from tidu.errors import (
    FileFormatError,
    InputError,
    ShapeError,
    check_choice,
    check_integer,
    check_number,
)

_KINDS = ".npz, .npy, .csv, .png, a folder of .png, IDX such as images-idx3-ubyte or images.idx.gz"
_IDX_NAME = re.compile(r"[-.]idx\d?(-ubyte)?(\.gz)?$")


def load_file(
    path: str | PathLike[str], *, split: str = "all", label: str | int | None = None
) -> Dataset:
    r"""Load a labelled file.

    ======================  ====================================================================
    ``.npz``                inputs ``x`` and targets ``t`` (or ``y``); or both parts: ``x_train``,
                            ``t_train``, ``x_test``, ``t_test``
    ``.csv``                a row a sample, one column the label (see `label`)
    IDX                     the images; the labels in the file beside it whose name says
                            ``labels-idx1`` where this one says ``images-idx3``
    folder of pictures      a sub-folder of PNG for each class, all pictures of one size; turned
                            to grey, and inverted where the rim is light
    ======================  ====================================================================

    Parameters
    ----------
    path
        The file or folder.
    split
        ``"train"``, ``"test"`` or ``"all"``. A file that does not state its parts is cut: four
        fifths to learn from, with every class in proportion, always the same rows.
    label
        The label column of a CSV file, by name or by number (0 is the first). By default the one
        named label, class or target, else the last. In it, whole numbers are class labels, other
        numbers are values to predict, and anything else is the name of a class.

    Returns
    -------
    Dataset
        ``x`` is (N, d) in the dtype stored (of a CSV file float64). In arrays, integer targets of
        shape (N,) are class labels and others are values to predict.

    Raises
    ------
    DataNotFoundError
        If the file is not there.
    FileFormatError
        If it is damaged, or lacks something; the message says what.
    InputError
        If the kind of file is unknown, or an argument does not go with it.

    Examples
    --------
    >>> from pathlib import Path
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "flowers.csv")
    ...     _ = path.write_text("width,height,kind\n1.0,2.5,rose\n3.0,0.5,lily\n")
    ...     load_file(path)
    <Dataset flowers: 2 rows of 2 numbers (float64), 2 classes: lily, rose>
    """
    check_choice("split", split, SPLITS)
    file = existing(path)
    kind = _kind(file)
    if label is not None and kind != ".csv":
        raise InputError(f"`label` names a column of a CSV file, and {file} is none")
    if kind in (".npy", ".png"):
        raise InputError(
            f"{file} holds inputs alone, and labels are needed: save arrays with "
            "np.savez('data.npz', x=x, t=t), and put pictures into one sub-folder for each class"
        )
    if kind == ".npz":
        return _load_npz(file, split)
    if kind == ".csv":
        x, labels = read_csv(file, label)
        t, class_names = numbered(labels, str(file))
        return _dataset(file, x, t, class_names).part(split)
    if kind == "folder":
        return _dataset(file, *read_png_classes(file)).part(split)
    return _dataset(file, read_idx(file), read_idx(_labels_beside(file)), None).part(split)


def read_inputs(
    path: str | PathLike[str],
    input_shape: int | Sequence[int],
    *,
    image_shape: tuple[int, int] | None = None,
    scale: float = 255,
) -> Array:
    """Read inputs without labels, in the shape that a network takes.

    Arrays and tables keep their values. Pictures become what the network has learnt from: grey,
    light on dark (one with a light rim, such as pen on paper, is inverted), fitted into
    `image_shape` with the rest filled in the colour of the rim, and scaled to 0 ... `scale`.

    Parameters
    ----------
    path
        IDX, ``.npy``, ``.npz`` (the array ``x``, or the only one), ``.csv`` (no label column),
        ``.png``, or a folder of ``.png`` (in the order of their names).
    input_shape
        The shape of one input: 784, (784,) or (1, 28, 28).
    image_shape
        (height, width) of the picture that an input is. By default the last two axes of
        `input_shape`, or the square with as many pixels.
    scale
        The largest value of a pixel in the data that the network learnt from, `Dataset.scale`.

    Returns
    -------
    array (N, *input_shape)
        float32 from pictures, else in the dtype stored (of a CSV file float64).

    Raises
    ------
    DataNotFoundError, FileFormatError
        If the file is not there or damaged.
    ShapeError
        If an input in the file has another size than the network takes.
    InputError
        If the kind of file is unknown, or values are not finite.

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
    file = existing(path)
    kind = _kind(file)
    if kind in (".png", "folder"):
        files = [file] if kind == ".png" else png_files(file)
        if not files:
            raise FileFormatError(f"{file} has no .png files")
        size = image_shape or _assumed_picture(shape)
        images = np.stack([read_png(picture, size) for picture in files])
        return (images.astype(np.float32) * (scale / 255)).reshape(-1, *shape)
    readers: dict[str, Callable[[Path], Array]] = {
        ".npy": _read_npy,
        ".npz": _read_npz_inputs,
        ".csv": lambda path: read_csv(path, labelled=False)[0],
        "idx": read_idx,
    }
    return _fitted(file, readers[kind](file), shape)


def _kind(file: Path) -> str:
    if file.is_dir():
        return "folder"
    if _IDX_NAME.search(file.name):
        return "idx"
    kind = file.suffix.lower()
    if kind not in (".npz", ".npy", ".csv", ".png"):
        raise InputError(f"{file} is of a kind that cannot be read; known are {_KINDS}")
    return kind


def _dataset(file: Path, x: Array, t: Array, class_names: tuple[str, ...] | None) -> Dataset:
    """Return the data set of the arrays in a file, with what their form says about them."""
    if x.ndim == 0 or len(x) == 0:
        raise FileFormatError(f"{file} holds no rows of inputs, but {described(x)}")
    if t.dtype.kind == "U":
        t, class_names = numbered(t.tolist(), str(file))
    if t.ndim == 1 and t.dtype.kind == "f":
        t = t[:, np.newaxis]
    try:
        return Dataset(
            x=x.reshape(len(x), -1),
            t=t,
            name=file.stem,
            class_names=class_names,
            image_shape=x.shape[1:] if x.ndim == 3 else None,
            scale=255 if x.dtype == np.uint8 else None,
            source=f"the file {file.name}",
        )
    except (InputError, TypeError) as error:
        raise FileFormatError(f"{file}: {error}") from error


def _load_npz(file: Path, split: str) -> Dataset:
    arrays = _read_npz(file)
    if "x_train" not in arrays:
        return _dataset(file, *_pair(file, arrays, ""), None).part(split)
    train, test = (_pair(file, arrays, f"_{part}") for part in ("train", "test"))
    with reading(file, "a file of two parts that fit together"):
        x, t = (np.concatenate(both) for both in zip(train, test, strict=True))
    whole, n = _dataset(file, x, t, None), len(train[0])
    return {"train": whole[:n], "test": whole[n:], "all": whole}[split]


def _pair(file: Path, arrays: Mapping[str, Array], suffix: str) -> tuple[Array, Array]:
    x_name, t_name, y_name = f"x{suffix}", f"t{suffix}", f"y{suffix}"
    if x_name not in arrays or not {t_name, y_name} & set(arrays):
        raise FileFormatError(
            f"{file} needs the arrays {x_name} and {t_name} (or {y_name}), and has "
            f"{', '.join(arrays) or 'none'}: np.savez('data.npz', {x_name}=x, {t_name}=t)"
        )
    x, t = arrays[x_name], arrays[t_name if t_name in arrays else y_name]
    if x.ndim == 0 or x.shape[:1] != t.shape[:1]:
        raise FileFormatError(
            f"{file}: {x_name} and its targets must have one row for each sample, got "
            f"{described(x)} and {described(t)}"
        )
    return x, t


def _labels_beside(file: Path) -> Path:
    stem = file.name.removesuffix(".gz").replace("images", "labels").replace("idx3", "idx1")
    for name in (stem, f"{stem}.gz"):
        if name != file.name and (labels := file.with_name(name)).exists():
            return labels
    raise FileFormatError(
        f"{file} has no labels beside it: looked for {stem}, plain or .gz (the images of an IDX "
        "pair are the file to name, as in train-images-idx3-ubyte)"
    )


def _read_npy(file: Path) -> Array:
    with reading(file, "a NumPy .npy file"), file.open("rb") as opened:
        return np.lib.format.read_array(opened, allow_pickle=False)


def _read_npz(file: Path) -> dict[str, Array]:
    with reading(file, "a NumPy .npz file"), file.open("rb") as opened:
        return dict(np.lib.npyio.NpzFile(opened, allow_pickle=False))


def _read_npz_inputs(file: Path) -> Array:
    arrays = _read_npz(file)
    if "x" not in arrays and len(arrays) != 1:
        raise FileFormatError(
            f"{file} needs an array x of inputs, and has {', '.join(arrays) or 'none'}"
        )
    return arrays.get("x", next(iter(arrays.values())))


def _assumed_picture(shape: tuple[int, ...]) -> tuple[int, int]:
    side = math.isqrt(math.prod(shape))
    height, width = shape[-2:] if len(shape) > 1 else (side, side)
    _check_pixels((height, width), shape)
    return height, width


def _check_pixels(image_shape: tuple[int, int], shape: tuple[int, ...]) -> None:
    if np.shape(image_shape) != (2,) or math.prod(image_shape) != math.prod(shape):
        raise ShapeError(
            f"`image_shape` must be (height, width) with as many pixels as the network takes "
            f"numbers, {math.prod(shape)} (inputs of shape {shape}); it is {image_shape}"
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
            hint = "; one column too many: leave out the labels"
        raise ShapeError(
            f"{file} holds {described(x)}, and the network takes inputs of shape {shape}, "
            f"{size} numbers each{hint}"
        )
    return batch.reshape(-1, *shape)
