import pytest

from tests.plots.samples import HISTORY, PREDICTED, PROBABILITIES, SIDE, T, X
from tidu.plots import training_report

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")


def test_holds_curves_matrix_and_mistakes():
    figure = training_report(HISTORY, T, PROBABILITIES, X, (SIDE, SIDE))
    labels = [ax.get_ylabel() for ax in figure.axes]
    assert {"loss", "accuracy", "true class"} <= set(labels)
    hits = int((T == PREDICTED).sum())
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert f"{hits} of {len(T)} right ({100 * hits / len(T):.1f} %)" in titles
    shown = sum(len(ax.images) for ax in figure.axes) - 1
    assert shown == min(16, len(T) - hits)


def test_is_as_wide_as_a_page_shows_it():
    figure = training_report(HISTORY, T, PROBABILITIES, X, (SIDE, SIDE))
    assert figure.get_figwidth() * 100 == 900
