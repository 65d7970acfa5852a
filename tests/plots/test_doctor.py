"""The figure of a diagnosis."""

import numpy as np
import pytest

import tidu as td
from tidu import plots

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")

X = np.random.default_rng(0).normal(size=(200, 2))
LAYERS = [td.Affine(8), td.ReLU(), td.Affine(8), td.Sigmoid(), td.Affine(1)]


def diagnose(**settings):
    net = td.Network(LAYERS, 2, td.MeanSquaredError())
    return net.diagnose(X, X[:, :1], **settings)


@pytest.fixture(name="figure", scope="module")
def drawn():
    return diagnose().plot()


def test_every_layer_and_weight_is_named(figure):
    activations, gradients, updates, _ = figure.axes
    labels = [label.get_text().split(" ")[0] for label in activations.get_yticklabels()]
    assert labels == ["Affine1", "ReLU1", "Affine2", "Sigmoid1", "Affine3"]
    assert [label.get_text() for label in updates.get_yticklabels()] == ["W1", "W2", "W3"]
    assert len(gradients.lines) == 5


def test_what_is_drawn_is_what_was_seen():
    diagnosis = diagnose()
    activations, gradients, _, rates = plots.diagnosis(diagnosis).axes
    seen, trials = diagnosis.case.seen.layers, diagnosis.case.rate_trials
    drawn = [line.get_xdata()[0] for line in gradients.lines]
    assert drawn == [layer.gradient for layer in seen]
    np.testing.assert_array_equal(
        activations.containers[0].lines[0].get_xdata(), [layer.mean for layer in seen]
    )
    curve = dict(zip(*rates.lines[0].get_data(), strict=True))
    assert curve == {t.rate: t.after for t in trials if np.isfinite(t.after)}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("rate", [0.1, 1e3])
def test_is_drawn_without_a_warning_even_where_rates_overflow(theme, rate):
    figure = plots.diagnosis(diagnose(optimizer=td.SGD(rate)), theme=theme)
    figure.draw_without_rendering()
    assert (np.mean(figure.get_facecolor()[:3]) == 1) == (theme == "light")
