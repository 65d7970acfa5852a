"""Writing figures to files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tidu.arrays import described
from tidu.errors import InputError, check_integer, need
from tidu.plots.style import without_glyph_warnings

_KINDS = (".png", ".svg", ".pdf")


def save(figure: Any, path: str | os.PathLike[str], *, dpi: int = 150) -> Path:
    """Write a figure to a PNG, SVG or PDF file, whole or not at all.

    Parameters
    ----------
    figure
        A Matplotlib figure.
    path
        The file; missing folders are made, and an existing file is replaced.
    dpi
        Dots per inch of a PNG; 100 makes the figures of this room 900 pixels wide.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    InputError
        If the name ends in something else than ``.png``, ``.svg`` or ``.pdf``.

    Examples
    --------
    >>> save(history.plot(), "learning.png")  # doctest: +SKIP
    PosixPath('learning.png')
    """
    target = Path(path)
    if not hasattr(figure, "savefig"):
        raise TypeError(f"`figure` must be a Matplotlib figure, got {described(figure)}")
    if target.suffix.lower() not in _KINDS:
        raise InputError(f"`path` must end in {', '.join(_KINDS)}, got {str(target)!r}")
    check_integer("dpi", dpi)
    kind = target.suffix.lower()[1:]
    settings = {"svg.hashsalt": "tidu"}  # with no date, the same figure gives the same bytes
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}[kind]
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with need("matplotlib", extra="plots").rc_context(settings), without_glyph_warnings():
            figure.savefig(beside, format=kind, dpi=dpi, metadata=metadata)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target
