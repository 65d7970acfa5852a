"""Figures: of training, of what a classifier gets wrong, of a descent, of checks.

Each function returns a Matplotlib figure and shows nothing; a notebook shows it, and `save`
writes it to a file. All work without a display. Matplotlib comes with ``pip install
'tidu[plots]'`` and is loaded when the first figure is drawn.
"""

from tidu.plots.architecture import network
from tidu.plots.attributions import attribution
from tidu.plots.confusion import confusion_matrix
from tidu.plots.curves import history
from tidu.plots.distributions import distributions
from tidu.plots.doctor import diagnosis
from tidu.plots.files import save
from tidu.plots.gradients import gradient_report
from tidu.plots.graphs import graph, graph_svg
from tidu.plots.images import mistakes
from tidu.plots.landscape import descent
from tidu.plots.loss_landscape import loss_landscape
from tidu.plots.range_test import range_test
from tidu.plots.report import training_report, values_report
from tidu.plots.sweep import sweep
from tidu.plots.weights import weights

__all__ = [
    "attribution",
    "confusion_matrix",
    "descent",
    "diagnosis",
    "distributions",
    "gradient_report",
    "graph",
    "graph_svg",
    "history",
    "loss_landscape",
    "mistakes",
    "network",
    "range_test",
    "save",
    "sweep",
    "training_report",
    "values_report",
    "weights",
]
