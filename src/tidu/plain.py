"""Values as JSON can hold them: what all that is written for machines goes through."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Return a value as dicts, lists, numbers and words; a number that is not finite as None.

    Examples
    --------
    >>> plain({"x": np.arange(2.0), "lowest": np.float32(np.nan)})
    {'x': [0.0, 1.0], 'lowest': None}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
