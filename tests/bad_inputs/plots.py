"""Calls of the figures that cannot work."""

import numpy as np

from tests.bad_inputs import Bad
from tests.plots.samples import (
    CHECK,
    GRAPH,
    HISTORY,
    PATH,
    PROBABILITIES,
    SIDE,
    Curves,
    T,
    X,
    valley,
)
from tidu import plots
from tidu.checking import check_gradient
from tidu.descent import descend
from tidu.errors import InputError, ShapeError

SHAPE = (SIDE, SIDE)


def report(history=HISTORY, t=T, probabilities=PROBABILITIES, x=X, shape=SHAPE, names=None, **more):
    return plots.training_report(history, t, probabilities, x, shape, names, **more)


def shown(x=X, t=T, probabilities=PROBABILITIES, shape=SHAPE, names=None, **more):
    return plots.mistakes(x, t, probabilities, shape, names, **more)


ROWS = [
    Bad(
        "plots.history.history",
        lambda: plots.history([0.3, 0.2]),
        TypeError,
        "`history` must be what fit returns, with columns 'epoch' and 'loss', got list",
    ),
    Bad(
        "plots.history.history",
        lambda: plots.history(Curves({"epoch": [], "loss": []})),
        InputError,
        "no epoch was finished, so there is nothing to draw",
    ),
    Bad(
        "plots.history.theme",
        lambda: plots.history(HISTORY, theme="darc"),
        InputError,
        "`theme` cannot be 'darc'; did you mean 'dark'?",
    ),
    Bad(
        "plots.confusion_matrix.t",
        lambda: plots.confusion_matrix(np.eye(3), [0, 1, 2]),
        ShapeError,
        "`t` must be integers of shape (N,), got a float64 array of shape (3, 3)",
    ),
    Bad(
        "plots.confusion_matrix.t",
        lambda: plots.confusion_matrix([-1, 0], [0, 0]),
        InputError,
        "`t` must hold classes counted from 0, got -1",
    ),
    Bad(
        "plots.confusion_matrix.predicted",
        lambda: plots.confusion_matrix([0, 1], [0.5, 1.0]),
        TypeError,
        "`predicted` must be integers, the numbers of classes",
    ),
    Bad(
        "plots.confusion_matrix.predicted",
        lambda: plots.confusion_matrix([0, 1], [0, 1, 1]),
        ShapeError,
        "`t` has shape (2,) and `predicted` has shape (3,)",
    ),
    Bad(
        "plots.confusion_matrix.class_names",
        lambda: plots.confusion_matrix([0, 2], [0, 1], ["cat", "dog"]),
        InputError,
        "`class_names` has 2 names for 3 classes; give one for each, counted from 0",
    ),
    Bad(
        "plots.confusion_matrix.theme",
        lambda: plots.confusion_matrix([0], [0], theme=None),
        InputError,
        "`theme` cannot be None; it is one of 'light', 'dark'",
    ),
    Bad(
        "plots.mistakes.x",
        lambda: shown(x=X[:-1]),
        ShapeError,
        "got (5, 5) for a float64 array of shape (59, 25)",
    ),
    Bad("plots.mistakes.t", lambda: shown(t=T[:-1]), ShapeError, "the 59 samples of `t`"),
    Bad(
        "plots.mistakes.probabilities",
        lambda: shown(probabilities=PROBABILITIES[:, 0]),
        ShapeError,
        "`probabilities` must have a row for each of the 60 samples of `t` and a column for each",
    ),
    Bad(
        "plots.mistakes.image_shape",
        lambda: shown(shape=(28, 28)),
        ShapeError,
        "`image_shape` must be the (height, width) of each of the 60 images of `x`, got (28, 28)",
    ),
    Bad("plots.mistakes.image_shape", lambda: shown(shape=5), ShapeError, "width) of each"),
    Bad("plots.mistakes.class_names", lambda: shown(names=["a"]), InputError, "for 4 classes"),
    Bad("plots.mistakes.count", lambda: shown(count=0), InputError, "`count` must be a positive"),
    Bad("plots.mistakes.theme", lambda: shown(theme="x"), InputError, "`theme` cannot be 'x'"),
    Bad("plots.training_report.history", lambda: report(None), TypeError, "`history` must be what"),
    Bad("plots.training_report.t", lambda: report(t=T + 0.5), TypeError, "`t` must be integers"),
    Bad(
        "plots.training_report.probabilities",
        lambda: report(probabilities=PROBABILITIES[:1]),
        ShapeError,
        "a row for each of the 60 samples of `t` and a column for each class, got a float64 array",
    ),
    Bad("plots.training_report.x", lambda: report(x=X[:, 1:]), ShapeError, "`image_shape` must be"),
    Bad(
        "plots.training_report.image_shape",
        lambda: report(shape=(25,)),
        ShapeError,
        "`image_shape` must be the (height, width)",
    ),
    Bad("plots.training_report.class_names", lambda: report(names=[]), InputError, "has 0 names"),
    Bad("plots.training_report.theme", lambda: report(theme=""), InputError, "`theme` cannot be"),
    Bad(
        "plots.descent.f",
        lambda: plots.descent(None, PATH),
        TypeError,
        "`f` must be a function of x",
    ),
    Bad(
        "plots.descent.path",
        lambda: plots.descent(valley, PATH.path),
        TypeError,
        "`path` must be what descend returns, got a float64 array of shape (31, 2)",
    ),
    Bad(
        "plots.descent.path",
        lambda: plots.descent(np.sum, descend(np.sum, np.ones(3), steps=1)),
        ShapeError,
        "`path` must be a descent in two dimensions, got x of shape (3,)",
    ),
    Bad("plots.descent.theme", lambda: plots.descent(valley, PATH, theme=1), InputError, "`theme`"),
    Bad(
        "plots.gradient_report.report",
        lambda: plots.gradient_report(True),
        TypeError,
        "`report` must be what check_gradient returns, got True (bool)",
    ),
    Bad(
        "plots.gradient_report.report",
        lambda: plots.gradient_report(check_gradient(np.sum, np.zeros(0), np.zeros(0))),
        InputError,
        "`report` holds no slopes, so there is nothing to draw",
    ),
    Bad(
        "plots.gradient_report.theme",
        lambda: plots.gradient_report(CHECK, theme="dusk"),
        InputError,
        "`theme` cannot be 'dusk'",
    ),
    Bad(
        "plots.save.figure",
        lambda: plots.save("figure", "a.png"),
        TypeError,
        "`figure` must be a Matplotlib figure, got 'figure' (str)",
    ),
    Bad(
        "plots.save.path",
        lambda: plots.save(plots.history(HISTORY), "a.bmp"),
        InputError,
        "`path` must end in .png, .svg, .pdf, got 'a.bmp'",
    ),
    Bad(
        "plots.save.dpi",
        lambda: plots.save(plots.history(HISTORY), "a.png", dpi=0),
        InputError,
        "`dpi` must be a positive integer",
    ),
    *(
        Bad(f"plots.{name}.{argument}", call, error, sentence)
        for name, of in (("graph", plots.graph), ("graph_svg", plots.graph_svg))
        for argument, call, error, sentence in (
            (
                "computation",
                lambda of=of: of(np.sin),
                TypeError,
                "`computation` must be what td.graph returns, got",
            ),
            (
                "theme",
                lambda of=of: of(GRAPH, theme="dim"),
                InputError,
                "`theme` cannot be 'dim'",
            ),
        )
    ),
]
