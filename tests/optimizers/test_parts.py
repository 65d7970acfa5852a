"""An update part by part is that of the whole, to the bit."""

import numpy as np
import pytest

import tidu as td
from tidu.optimizers.parts import ENTRY_BY_ENTRY, PART, update_in_parts

N = 2 * PART + 5
RULES = [*(kind(0.01) for kind in ENTRY_BY_ENTRY), td.ClipByNorm(0.5, td.Adam(0.01))]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_parts_are_the_whole(rule):
    rng = np.random.default_rng(0)
    theta, mask = rng.normal(size=N), rng.random(N) > 0.5
    whole = parts = theta, rule.init(theta)
    for step in range(3):
        g = rng.normal(size=N)
        whole = rule.update(whole[0], g, whole[1], step, mask)
        parts = update_in_parts(rule, parts[0], g, parts[1], step, mask)
        np.testing.assert_array_equal(parts[0], whole[0])
        for name, vector in whole[1].items():
            np.testing.assert_array_equal(parts[1][name], vector)
