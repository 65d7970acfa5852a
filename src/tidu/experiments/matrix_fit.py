"""Solving W x = y and A x = y by gradient descent."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu.descent import descend
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.functions import squared_error
from tidu.language import translator
from tidu.optimizers import SGD
from tidu.plots.style import Theme, new_figure
from tidu.recipes.signature import Setting

_ = translator("experiments")

MATRIX = np.array([[4.0, 5.0], [7.0, 2.0]])
VECTOR, TARGET = np.array([2.0, 6.0]), np.array([14.0, 11.0])


@experiment("matrix-fit", title="A matrix, or a vector, fitted by its gradient")
def matrix_fit(
    *,
    matrix_lr: Annotated[float, Setting("learning rate for the matrix", 0, 1)] = 0.01,
    matrix_steps: Annotated[int, Setting("steps for the matrix", 1, 100_000)] = 100,
    vector_lr: Annotated[float, Setting("learning rate for the vector", 0, 1)] = 0.001,
    vector_steps: Annotated[int, Setting("steps for the vector", 1, 100_000)] = 1000,
) -> Result:
    """Fit W in W x = y by the gradient of ½ Σ(W x − y)², and x in A x = y by that of Σ(A x − y)².

    Examples
    --------
    >>> matrix_fit().numbers["W"].round(6)
    array([[ 2.8 ,  1.4 ],
           [ 6.25, -0.25]])
    """
    matrix = descend(
        lambda W: squared_error(W @ VECTOR, TARGET),
        MATRIX,
        grad=lambda W: np.outer(W @ VECTOR - TARGET, VECTOR),
        optimizer=SGD(matrix_lr),
        steps=matrix_steps,
    )
    vector = descend(
        lambda x: np.sum((MATRIX @ x - TARGET) ** 2),
        VECTOR,
        grad=lambda x: 2 * MATRIX.T @ (MATRIX @ x - TARGET),
        optimizer=SGD(vector_lr),
        steps=vector_steps,
    )

    last = float(vector.values[-2]) if vector.steps else float(vector.value)
    return Result(
        numbers={
            "W": matrix.x, "W_loss": matrix.value, "W_status": matrix.status,
            "x": vector.x, "x_loss_before_last_step": last, "x_status": vector.status,
            "W_losses": matrix.values, "x_losses": vector.values,
        },
        tables=[
            Table(
                _("the ends"),
                (_("what"), _("loss"), _("value")),
                [
                    (_("W, after {steps} steps").format(steps=matrix.steps), f"{matrix.value:.3e}",
                     "\n".join(str(row) for row in matrix.x.round(8))),
                    (_("x, before the last step"), f"{last:.6g}", str(vector.path[-2].round(8))),
                    (_("x, after {steps} steps").format(steps=vector.steps), f"{vector.value:.3e}",
                     str(vector.x.round(8))),
                ],
            )
        ],
        see=_("The gradient finds a matrix that maps x to y: one of many, the one nearest to where "
            "it started. The vector has one solution only, (1, 2): the descent comes close "
            "fast along the steep direction, and then slowly along the flat one."),
    )  # fmt: skip


@matrix_fit.draws
def draw_matrix_fit(record: Record, look: Theme) -> Any:
    """Draw the loss of both descents."""
    numbers, settings = record["numbers"], record["settings"]
    figure = new_figure(height=3.4)
    panels = figure.subplots(1, 2)
    for ax, losses, title in zip(
        panels,
        (numbers["W_losses"], numbers["x_losses"]),
        (
            _("W in W x = y, learning rate {matrix_lr:g}").format(matrix_lr=settings["matrix_lr"]),
            _("x in A x = y, learning rate {vector_lr:g}").format(vector_lr=settings["vector_lr"]),
        ),
        strict=True,
    ):
        ax.semilogy(np.maximum(losses, 1e-32), color=look.blue)
        ax.set(xlabel=_("step"), ylabel=_("loss"), title=title)
    return figure
