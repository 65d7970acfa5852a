import numpy as np
import pytest

from tidu.plots import mistakes
from tidu.plots.images import find_mistakes

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")

X = np.arange(4 * 6.0).reshape(4, 6)
T = np.array([0, 0, 1, 2])
P = np.array([[0.1, 0.9, 0.0], [0.8, 0.1, 0.1], [0.35, 0.25, 0.4], [0.5, 0.5, 0.0]])
# right at 1; wrong at 3 (true class given 0), 0 (0.1) and 2 (0.25)


def test_the_worst_come_first_with_what_they_were_taken_for():
    found = find_mistakes(X, T, P, (2, 3), None)
    assert found.captions == ["2 → 0 (50 %)", "0 → 1 (90 %)", "1 → 2 (40 %)"]
    np.testing.assert_allclose(found.images, X[[3, 0, 2]].reshape(3, 2, 3) / 23)
    assert found.counts.trace() == 1


def test_long_names_take_a_line_each():
    found = find_mistakes(X, T, P, (2, 3), ["T-shirt", "coat", "bag"])
    assert found.captions[0] == "bag →\nT-shirt (50 %)"


@pytest.mark.parametrize(
    ("count", "title"),
    [(2, "the worst 2 of 3 mistakes"), (3, "all 3 mistakes"), (50, "all 3 mistakes")],
)
def test_as_many_as_asked_for(count, title):
    figure = mistakes(X.reshape(4, 2, 3), T, P, (2, 3), count=count)
    assert sum(len(ax.images) for ax in figure.axes) == min(count, 3)
    assert figure.get_suptitle().startswith(title)


def test_no_mistakes_is_said_and_no_error():
    figure = mistakes(X, P.argmax(axis=1), P, (2, 3))
    assert figure.get_suptitle() == "no mistakes to show"
    assert sum(len(ax.images) for ax in figure.axes) == 0


def test_blank_images_are_drawn():
    assert np.isfinite(find_mistakes(np.zeros((4, 6)), T, P, (2, 3), None).images).all()
