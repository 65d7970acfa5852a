import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu.plots import confusion_matrix
from tidu.plots.confusion import tally

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")


def test_counts_and_shares_of_the_row_are_written_and_zeros_are_not():
    ax = confusion_matrix([0, 0, 0, 1], [0, 0, 1, 1]).axes[0]
    cells = {(*text.xy, text.get_text()) for text in ax.texts}
    assert cells == {
        (0, 0, "2"),
        (0, 0, "67 %"),
        (1, 0, "1"),  # predicted 1, true 0: across, then down
        (1, 0, "33 %"),
        (1, 1, "1"),
        (1, 1, "100 %"),
    }
    assert ax.get_title(loc="left") == "3 of 4 correct (75.0 %)"


def test_names_stand_on_both_axes_and_a_class_may_be_empty():
    ax = confusion_matrix([0, 1], [0, 0], ["cat", "dog", "axolotl"]).axes[0]
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["cat", "dog", "axolotl"]


def test_many_classes_are_shades_alone():
    t = np.arange(30)
    ax = confusion_matrix(t, t).axes[0]
    assert len(ax.texts) == 0
    assert ax.images[0].get_array().shape == (30, 30, 3)


def test_a_rare_mistake_is_seen_beside_common_successes():
    t = np.repeat([0, 1], 1000)
    predicted = t.copy()
    predicted[0] = 1
    cells = confusion_matrix(t, predicted).axes[0].images[0].get_array()
    assert np.abs(cells[0, 1] - 1).max() > 0.4  # far from the white paper
    np.testing.assert_allclose(cells[1, 0], 1)


@given(seed=st.integers(0, 1000), classes=st.integers(1, 6), n=st.integers(1, 40))
def test_counts_are_those_of_the_definition(seed, classes, n):
    t, predicted = np.random.default_rng(seed).integers(0, classes, (2, n))
    counts, names = tally(t, predicted, None, classes)
    assert len(names) == classes
    for true in range(classes):
        for guess in range(classes):
            assert counts[true, guess] == np.sum((t == true) & (predicted == guess))
