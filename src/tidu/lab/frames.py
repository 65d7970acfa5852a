"""Answers as the page reads them: a JSON head, then arrays of float32 as they lie in memory."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.plain import to_json

ALIGNMENT = 4
"""Arrays begin at a multiple of so many bytes, so that the page can look at them in place."""


def pack(head: Mapping[str, Any], arrays: Mapping[str, Array] | None = None) -> bytes:
    """Return one answer: the length of the head (uint32, little-endian), the head, the arrays.

    The head's ``arrays`` says for each name where it begins, counted in numbers from the end of the
    head, and its shape.

    Examples
    --------
    >>> head, arrays = unpack(pack({"step": 3}, {"loss": np.array([0.5, 0.25])}))
    >>> head["step"], arrays["loss"]
    (3, array([0.5 , 0.25], dtype=float32))
    """
    places, parts, at = {}, [], 0
    for name, array in (arrays or {}).items():
        numbers = np.ascontiguousarray(array, "<f4")
        places[name] = [at, list(np.shape(array))]
        parts.append(numbers.tobytes())
        at += numbers.size
    text = to_json({**head, "arrays": places}).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return b"".join([struct.pack("<I", len(text)), text, *parts])


def unpack(frame: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the head and the arrays of an answer, for clients that are no page."""
    (length,) = struct.unpack_from("<I", frame)
    head = json.loads(frame[ALIGNMENT : ALIGNMENT + length])
    numbers = np.frombuffer(frame, "<f4", offset=ALIGNMENT + length)
    arrays = {}
    for name, (at, shape) in head.pop("arrays").items():
        arrays[name] = numbers[at : at + int(np.prod(shape))].reshape(shape)
    return head, arrays
