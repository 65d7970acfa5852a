"""R² and errors, beside scikit-learn's and by hand."""

import math

import numpy as np
import pytest

from tidu.errors import ShapeError
from tidu.recipes.measures import value_scores


@pytest.mark.parametrize("shape", [(50,), (50, 1), (50, 3)])
def test_they_are_scikit_learns(shape):
    metrics = pytest.importorskip("sklearn.metrics", reason="needs scikit-learn")
    rng = np.random.default_rng(0)
    t = rng.normal(size=shape) * 1e5
    y = t + rng.normal(size=shape) * 1e4
    found = value_scores(y, t)
    assert found.r2 == pytest.approx(metrics.r2_score(t, y))
    assert found.mean_absolute_error == pytest.approx(metrics.mean_absolute_error(t, y))
    squared = metrics.mean_squared_error(t, y)
    assert found.root_mean_squared_error == pytest.approx(math.sqrt(squared))


def test_without_spread_there_is_no_r2():
    assert math.isnan(value_scores([1.0, 2.0], [3.0, 3.0]).r2)
    found = value_scores([[1.0, 2.0], [1.0, 4.0]], [[3.0, 2.0], [3.0, 4.0]])
    assert found.r2 == 1  # of the column that varies


@pytest.mark.parametrize(("y", "t"), [([1.0], [1.0, 2.0]), ([], []), (1.0, 1.0)])
def test_values_of_other_samples_are_refused(y, t):
    with pytest.raises(ShapeError, match="`y` and `t` must be values of the same samples"):
        value_scores(y, t)
