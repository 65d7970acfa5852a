"""Pictures in files, made alike: grey, dark background, one size; or in colour, on request.

Networks learn digits and clothes as light shapes on black; people draw dark on white paper. So a
picture with a light rim is inverted; of a folder to learn from, all or none, by the network's first
layer, so that classes which differ in brightness do not become alike. A drawing of a digit or
letter is brought to the form of MNIST or of the built-in digits in `drawings`. Finding objects in
photographs is left out.
"""

from __future__ import annotations

from collections import Counter
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.datasets.reading import existing, reading
from tidu.errors import FileFormatError, clause, need

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")


def read_color(path: str | PathLike[str]) -> Array:
    """Read one picture in colour, as it is seen: `read_grey` without turning colours to grey.

    Returns
    -------
    uint8 array (height, width, 3), 0 to 255: red, green, blue
    """
    return np.array(_as_seen(path).convert("RGB"))


def read_grey(path: str | PathLike[str]) -> Array:
    """Read one picture as grey, as it is seen: turned upright, on a sheet that shows what is drawn.

    Colours become grey. What is drawn on a transparent ground is laid on white if it is dark, and
    on black if it is light. 16 bits are brought to 8.

    Parameters
    ----------
    path
        The file: PNG, JPEG, WebP, BMP or GIF.

    Returns
    -------
    uint8 array (height, width), 0 to 255

    Raises
    ------
    DataNotFoundError, FileFormatError
        If the file is not there, or is no picture.
    MissingExtraError
        If Pillow (the extra ``plots``) is not installed.
    """
    return np.array(_as_seen(path).convert("L"))


def _as_seen(path: str | PathLike[str]) -> Any:
    """Return a picture of Pillow's, upright, in 8 bits, on a sheet of paper."""
    image_of, upright = need("PIL.Image", extra="plots"), need("PIL.ImageOps", extra="plots")
    file = existing(path)
    known = ["PNG"] if file.suffix.lower() == ".png" else ["PNG", "JPEG", "WEBP", "BMP", "GIF"]
    kind = clause("a PNG picture") if len(known) == 1 else clause("a picture")
    with reading(file, kind), image_of.open(file, formats=known) as opened:
        picture = upright.exif_transpose(opened)
        if picture.mode.startswith("I"):  # 16 bits
            picture = image_of.fromarray((np.asarray(picture) // 257).astype(np.uint8))
        picture = picture.convert("RGBA")
        values = np.asarray(picture, np.float64)
        grey, alpha = np.asarray(picture.convert("L"), np.float64), values[..., 3] / 255
        drawn = (grey * alpha).sum() / max(alpha.sum(), 1e-9)
        sheet = "white" if drawn <= 127 or alpha.min() == 1 else "black"
        paper = image_of.new("RGBA", picture.size, sheet)
        return image_of.alpha_composite(paper, picture)


def read_picture(path: str | PathLike[str], image_shape: tuple[int, int] | None = None) -> Array:
    """Read one picture as light on dark.

    If more than half of the rim is lighter than middle grey, the picture is inverted; and if a
    shape is given, the picture is scaled to fit in it, and the rest is filled with the colour of
    the rim.

    Parameters
    ----------
    path
        As for `read_grey`.
    image_shape
        (height, width) to bring it to; None leaves its size.

    Returns
    -------
    uint8 array (height, width), 0 to 255

    Raises
    ------
    DataNotFoundError, FileFormatError, MissingExtraError
        As for `read_grey`.
    """
    grey = read_grey(path)
    if _rim(grey) > 127:
        grey = 255 - grey
    return grey if image_shape is None else fit_into(grey, image_shape)


def fit_into(image: Array, image_shape: tuple[int, int]) -> Array:
    """Return a picture scaled to fit in a shape, the rest filled with the colour of its rim."""
    if image.shape[:2] == tuple(image_shape):
        return image
    image_of: Any = need("PIL.Image", extra="plots")
    pad = need("PIL.ImageOps", extra="plots").pad
    h, w = image_shape
    color = _rim(image).astype(int).tolist()
    rim = tuple(color) if image.ndim == 3 else color
    return np.array(pad(image_of.fromarray(image), (w, h), color=rim))


def _rim(image: Array) -> Array:
    """Return the middle value of the outermost pixels, of each colour."""
    return np.median(np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]), axis=0)


def mostly_light(images: Array) -> bool:
    """Say whether most pictures, ``(N, height, width)`` from 0 to 255, have a light rim."""
    sides = images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]
    light = (np.concatenate(sides, axis=1) > 127).mean(axis=1) > 0.5
    return bool(light.mean() > 0.5)


def picture_files(folder: Path) -> list[Path]:
    """Return the pictures in a folder, in the order of their names; hidden files are skipped."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in PICTURES and not path.name.startswith(".")
    )


def read_classes(folder: Path, *, color: bool = False) -> tuple[Array, Array, tuple[str, ...]]:
    """Read a folder that has one sub-folder of pictures for each class, named like the class.

    Pictures of other sizes are fitted into the size that is there most often. None is inverted: a
    network for pictures that mostly have a light rim does that itself (`mostly_light`).

    Returns
    -------
    images : uint8 array (N, height, width), in colour (N, height, width, 3)
    t : int64 array (N,)
    class_names : tuple of str, in alphabetical order

    Raises
    ------
    FileFormatError
        If there are no such sub-folders.
    """
    homes = {
        home.name: picture_files(home)
        for home in sorted(folder.iterdir())
        if home.is_dir() and not home.name.startswith(".")
    }
    class_names = tuple(name for name, files in homes.items() if files)
    if not class_names:
        raise FileFormatError(
            f"{folder} has no pictures in sub-folders: to learn from it, it needs one for each "
            "class, as in cat/1.png, cat/2.png, dog/1.png"
        )
    files = [(file, k) for k, name in enumerate(class_names) for file in homes[name]]
    images = [read_color(file) if color else read_grey(file) for file, _ in files]
    shape, _ = Counter(image.shape[:2] for image in images).most_common(1)[0]
    x = np.stack([fit_into(image, shape) for image in images])
    return x, np.array([k for _, k in files], np.int64), class_names
