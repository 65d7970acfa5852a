import json
from types import MappingProxyType

import numpy as np
import pytest

from tidu.plain import plain, to_json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        ((1, [np.int8(2), "x"]), [1, [2, "x"]]),
        (MappingProxyType({3: None, "猫": np.array(1.5)}), {"3": None, "猫": 1.5}),
        ([float("nan"), np.inf, -np.inf, np.float32("nan"), 0.0], [None, None, None, None, 0.0]),
    ],
)
def test_becomes_what_json_holds(value, expected):
    assert plain(value) == expected
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == expected


def test_numbers_that_are_not_finite_stay_where_they_may():
    kept = plain({"a": (np.float32(np.inf), [np.nan])}, finite=False)
    assert kept["a"][0] == np.inf
    assert np.isnan(kept["a"][1][0])


def test_text_is_strict_json_in_any_language():
    assert to_json({"猫": [np.float32(0.5), np.nan]}) == '{"猫": [0.5, null]}'
    assert to_json([1], indent=1) == "[\n 1\n]"
