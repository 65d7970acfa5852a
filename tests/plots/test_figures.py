"""Every figure, one table: it can be drawn in both themes, and leaves nothing behind."""

import subprocess
import sys

import numpy as np
import pytest

from tests.plots.samples import (
    ATTRIBUTION,
    CHECK,
    CLASSES,
    DISTRIBUTIONS,
    GRAPH,
    HISTORY,
    LANDSCAPE,
    NET,
    PATH,
    PREDICTED,
    PROBABILITIES,
    SIDE,
    T,
    X,
    valley,
)
from tidu import plots
from tidu.errors import MissingExtraError

matplotlib = pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")

IMAGES = (X, T, PROBABILITIES, (SIDE, SIDE))
NAMES = [f"class {k}" for k in range(CLASSES)]
SWEEP = [
    {"hidden": hidden, "lr": lr, "loss": loss, "spread": 0.1}
    for hidden in ("8", "8x8")
    for lr, loss in ((0.01, 0.5), (0.1, 0.3), (1.0, float("inf")))
]
FIGURES = {
    "history": lambda **theme: plots.history(HISTORY, **theme),
    "confusion_matrix": lambda **theme: plots.confusion_matrix(T, PREDICTED, **theme),
    "confusion_matrix named": lambda **theme: plots.confusion_matrix(T, PREDICTED, NAMES, **theme),
    "mistakes": lambda **theme: plots.mistakes(*IMAGES, **theme),
    "mistakes named": lambda **theme: plots.mistakes(*IMAGES, NAMES, count=3, **theme),
    "training_report": lambda **theme: plots.training_report(
        HISTORY, T, PROBABILITIES, X, (SIDE, SIDE), NAMES, **theme
    ),
    "descent": lambda **theme: plots.descent(valley, PATH, **theme),
    "graph": lambda **theme: plots.graph(GRAPH, **theme),
    "gradient_report": lambda **theme: plots.gradient_report(CHECK, **theme),
    "sweep": lambda **theme: plots.sweep(SWEEP, **theme),
    "network": lambda **theme: plots.network(NET, **theme),
    "weights": lambda **theme: plots.weights(NET, (SIDE, SIDE), **theme),
    "loss_landscape": lambda **theme: plots.loss_landscape(LANDSCAPE, **theme),
    "distributions": lambda **theme: plots.distributions(DISTRIBUTIONS, "gradients", **theme),
    "attribution": lambda **theme: plots.attribution(ATTRIBUTION, (SIDE, SIDE), **theme),
    "attribution bars": lambda **theme: plots.attribution(ATTRIBUTION, **theme),
}
every_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())


@every_figure
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_is_drawn_without_a_warning_and_on_the_paper_of_its_theme(draw, theme):
    figure = draw(theme=theme)
    figure.draw_without_rendering()
    brightness = np.mean(figure.get_facecolor()[:3])
    assert brightness == 1 if theme == "light" else brightness < 0.15


@every_figure
def test_leaves_settings_and_arguments_as_they_were(draw):
    before = dict(matplotlib.rcParams)
    arrays = (X, T, PROBABILITIES, PATH.path)
    copies = [array.copy() for array in arrays]
    draw()
    assert dict(matplotlib.rcParams) == before
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@every_figure
def test_what_is_missing_is_named_with_the_line_that_installs_it(draw, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tidu\[plots\]'"):
        draw()


def test_needs_neither_pyplot_nor_a_display():
    program = (
        "import sys; from tests.plots.test_figures import FIGURES; "
        "FIGURES['history']().savefig('/dev/null', format='png'); FIGURES['descent'](); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-W", "error", "-c", program], env={}, check=False)
    assert run.returncode == 0
