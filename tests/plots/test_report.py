import numpy as np
import pytest

from tests.plots.samples import HISTORY, PREDICTED, PROBABILITIES, SIDE, T, X
from tidu.errors import ShapeError
from tidu.plots import training_report, values_report

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")


def test_holds_curves_matrix_and_mistakes():
    figure = training_report(HISTORY, T, PROBABILITIES, X, (SIDE, SIDE))
    labels = [ax.get_ylabel() for ax in figure.axes]
    assert {"loss", "accuracy", "true class"} <= set(labels)
    hits = int((T == PREDICTED).sum())
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert f"{hits} of {len(T)} correct ({100 * hits / len(T):.1f} %)" in titles
    shown = sum(len(ax.images) for ax in figure.axes) - 1
    assert shown == min(16, len(T) - hits)


def test_is_as_wide_as_a_page_shows_it():
    figure = training_report(HISTORY, T, PROBABILITIES, X, (SIDE, SIDE))
    assert figure.get_figwidth() * 100 == 900


def test_values_are_drawn_against_predictions():
    t = np.linspace(-3, 5, 40)[:, None]
    figure = values_report(HISTORY, t, t + 0.1)
    (ax,) = [ax for ax in figure.axes if ax.get_ylabel() == "predicted value"]
    points = np.asarray(ax.collections[0].get_offsets())
    np.testing.assert_allclose(points, np.c_[t, t + 0.1])
    with pytest.raises(ShapeError, match="values of the same samples"):
        values_report(HISTORY, t, t[:3])
