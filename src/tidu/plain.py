"""Values as JSON can hold them; all output for programs goes through here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def plain(value: Any, *, finite: bool = True) -> Any:
    """Return a value as dicts, lists, numbers and words; a number that is not finite as None.

    With ``finite=False`` NaN and the infinities stay, for files that Python alone reads.

    Examples
    --------
    >>> plain({"x": np.arange(2.0), "lowest": np.float32(np.nan)})
    {'x': [0.0, 1.0], 'lowest': None}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item, finite=finite) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, finite=finite) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist(), finite=finite)
    unknown = finite and isinstance(value, float) and not math.isfinite(value)
    return None if unknown else value


def to_json(value: Any, **options: Any) -> str:
    """Return a value as JSON text, by `plain`; ``options`` go to ``json.dumps``.

    Examples
    --------
    >>> print(to_json({"猫": np.float32(0.5), "rest": (1, np.inf)}))
    {"猫": 0.5, "rest": [1, null]}
    """
    return json.dumps(plain(value), **{"ensure_ascii": False, "allow_nan": False, **options})
