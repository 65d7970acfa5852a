"""Pictures in PNG files, made alike: grey, dark background, one size.

Networks learn digits and clothes as light shapes on black; people draw dark on white paper. So a
picture with a light rim is inverted, whether it is read to learn from or to predict. Finding the
object in a photograph is left out.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import numpy as np

from tidu.arrays import Array
from tidu.datasets.reading import existing, reading
from tidu.errors import FileFormatError, need


def read_png(path: str | PathLike[str], image_shape: tuple[int, int] | None = None) -> Array:
    """Read one picture as light on dark.

    Transparent parts count as white paper; colours become grey; if more than half of the rim is
    lighter than middle grey, the picture is inverted; and if a shape is given, the picture is
    scaled to fit in it, and the rest is filled with the colour of the rim.

    Parameters
    ----------
    path
        The file.
    image_shape
        (height, width) to bring it to; None leaves its size.

    Returns
    -------
    uint8 array (height, width), 0 to 255

    Raises
    ------
    DataNotFoundError, FileFormatError
        If the file is not there, or is no PNG picture.
    MissingExtraError
        If Pillow (the extra ``plots``) is not installed.
    """
    image_of, fit = need("PIL.Image", extra="plots"), need("PIL.ImageOps", extra="plots").pad
    file = existing(path)
    with reading(file, "a PNG picture"), image_of.open(file, formats=["PNG"]) as picture:
        if picture.mode.startswith("I"):  # 16 bits
            picture = image_of.fromarray((np.asarray(picture) // 257).astype(np.uint8))
        picture = picture.convert("RGBA")
        paper = image_of.new("RGBA", picture.size, "white")
        grey = np.array(image_of.alpha_composite(paper, picture).convert("L"))
    if _rim(grey) > 127:
        grey = 255 - grey
    if image_shape is None or grey.shape == tuple(image_shape):
        return grey
    h, w = image_shape
    return np.array(fit(image_of.fromarray(grey), (w, h), color=int(_rim(grey))))


def _rim(grey: Array) -> float:
    """Return the middle value of the outermost pixels."""
    return float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))


def png_files(folder: Path) -> list[Path]:
    """Return the PNG files of a folder, in the order of their names."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".png")


def read_png_classes(folder: Path) -> tuple[Array, Array, tuple[str, ...]]:
    """Read a folder that has one sub-folder of pictures for each class, named like the class.

    Returns
    -------
    images : uint8 array (N, height, width)
    t : int64 array (N,)
    class_names : tuple of str, in alphabetical order

    Raises
    ------
    FileFormatError
        If there are no such sub-folders, or the pictures differ in size.
    """
    homes = {home.name: png_files(home) for home in sorted(folder.iterdir()) if home.is_dir()}
    class_names = tuple(name for name, files in homes.items() if files)
    if not class_names:
        raise FileFormatError(
            f"{folder} has no PNG pictures in sub-folders: to learn from it, it needs one for each "
            "class, as in cat/1.png, cat/2.png, dog/1.png"
        )
    files = [(file, k) for k, name in enumerate(class_names) for file in homes[name]]
    images = [read_png(file) for file, _ in files]
    for image, (file, _) in zip(images, files, strict=True):
        if image.shape != images[0].shape:
            raise FileFormatError(
                f"{file} is {image.shape[1]} pixels wide and {image.shape[0]} high, and "
                f"{files[0][0]} is {images[0].shape[1]} by {images[0].shape[0]}: to learn from "
                "pictures they must all be of one size"
            )
    return np.stack(images), np.array([k for _, k in files], np.int64), class_names
