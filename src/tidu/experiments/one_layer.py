"""The smallest network, one matrix, with every number from the input to the gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.functions import cross_entropy, softmax
from tidu.language import translator
from tidu.numeric import gradient
from tidu.plots.style import Theme, new_figure, shade
from tidu.recipes.signature import Setting

_ = translator("experiments")

WEIGHTS = (
    [[0.96028135, -1.10055385, -1.26426151], [0.4756395, 1.3477234, 0.45475418]],
    [[-0.66110535, -2.3121261, 0.61870626], [-0.43594672, 1.66798289, -1.09922476]],
)
"""Two draws of initial weights, which the course prints."""


@dataclass(frozen=True)
class Pass:
    """All values on the way from x through W to the loss, and back to dW."""

    x: np.ndarray
    W: np.ndarray
    target: int

    @property
    def scores(self) -> np.ndarray:
        """``x W``."""
        return self.x @ self.W

    @property
    def y(self) -> np.ndarray:
        """The softmax of the scores."""
        return softmax(self.scores)

    @property
    def t(self) -> np.ndarray:
        """The target, 1 for its class and 0 for the others."""
        return np.eye(3)[self.target]

    @property
    def loss(self) -> float:
        """``−log(y + 1e-7)`` of the target's class."""
        return float(cross_entropy(self.y, self.target))

    @property
    def dscores(self) -> np.ndarray:
        """``y − t``, as the loss would have it without its 1e-7."""
        return self.y - self.t

    @property
    def dW(self) -> np.ndarray:  # noqa: N802
        """``xᵀ (y − t)``."""
        return np.outer(self.x, self.dscores)

    @property
    def numeric(self) -> np.ndarray:
        """The numeric gradient of the loss with respect to W."""
        return gradient(lambda W: cross_entropy(softmax(self.x @ W), self.target), self.W)


@experiment("one-layer", title="One layer, softmax and cross-entropy: every number on the way")
def one_layer(
    *,
    x: Annotated[tuple[float, float], Setting("the input", -100, 100)] = (0.6, 0.9),
    target: Annotated[int, Setting("the right class", 0, 2)] = 2,
) -> Result:
    """Go from x through two given matrices to the loss and back, and check the gradient.

    Examples
    --------
    >>> [round(found["loss"], 6) for found in one_layer().numbers["passes"]]
    [1.992699, 1.366623]
    """
    passes = [Pass(np.array(x), np.array(W), target) for W in WEIGHTS]

    return Result(
        numbers={
            "passes": [
                {
                    "W": found.W, "scores": found.scores, "softmax": found.y,
                    "predicted": int(found.scores.argmax()), "loss": found.loss,
                    "dscores": found.dscores, "dW": found.dW, "dW measured": found.numeric,
                }
                for found in passes
            ]
        },
        tables=[_table(k, found) for k, found in enumerate(passes, 1)],
        see=_("The scores are x W, the softmax makes probabilities of them, and the loss is minus "
            "the logarithm of that of the right class. Its gradient with respect to the "
            "scores is prediction minus target, y − t. It is negative for the right class alone, "
            "so a step of gradient descent raises the weights of that class. The numeric gradient "
            "agrees, except for the 1e-7 that the textbook's loss adds inside the logarithm."),
    )  # fmt: skip


@one_layer.draws
def draw_one_layer(record: Record, look: Theme) -> Any:
    """Draw the matrices of both passes."""
    numbers, settings = record["numbers"], record["settings"]
    figure = new_figure(height=3.5)
    figure.get_layout_engine().set(wspace=0.12)
    for part, found in zip(figure.subfigures(2, 1), numbers["passes"], strict=True):
        _draw_pass(part, found, settings, look)
    return figure


def _table(k: int, found: Pass) -> Table:
    def row(name: str, values: Any) -> tuple[str, ...]:
        return (name, *(f"{value:.8f}" for value in values))

    rows = [
        *(row(f"W[{i}]", w) for i, w in enumerate(found.W)),
        row(_("scores x W"), found.scores),
        row("y = softmax", found.y),
        row("t", found.t),
        row("y − t", found.dscores),
        *(row(f"dW[{i}] = x[{i}] (y − t)", w) for i, w in enumerate(found.dW)),
        *(row(_("dW[{i}] numeric").format(i=i), w) for i, w in enumerate(found.numeric)),
    ]
    said = int(found.scores.argmax())
    title = _("draw {k}: loss {loss:.12f}, predicts class {said}, should be {target}").format(
        k=k, loss=found.loss, said=said, target=found.target
    )
    return Table(title, ("", _("class 0"), _("class 1"), _("class 2")), rows)


def _draw_pass(part: Any, found: Record, settings: Record, look: Theme) -> None:
    """Draw the matrices of one pass in a row, forward and then backward."""
    blocks = {
        "x": [[entry] for entry in settings["x"]],
        "W": found["W"],
        _("scores x W"): [found["scores"]],
        "y = softmax": [found["softmax"]],
        "y − t": [found["dscores"]],
        "dW = xᵀ(y − t)": found["dW"],
    }
    axes = part.subplots(1, len(blocks), width_ratios=[len(m[0]) for m in blocks.values()])
    for ax, (name, rows) in zip(axes, blocks.items(), strict=True):
        matrix = np.array(rows)
        signs = np.where(matrix[..., None] < 0, 0, 1)
        strength = np.minimum(np.abs(matrix), 2) / 4
        colours = np.where(
            signs, shade(look.paper, look.blue, strength), shade(look.paper, look.orange, strength)
        )
        ax.imshow(colours)
        for (i, j), value in np.ndenumerate(matrix):
            ax.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize=8.5)
        ax.set_title(name, loc="center")
        ax.set(xticks=[], yticks=[])
        ax.grid(visible=False)
        ax.spines[:].set(visible=True, alpha=0.4)
    predicted, target = found["predicted"], settings["target"]
    part.suptitle(
        _("loss {loss:.6f}: predicts class {predicted}, should be {target}").format(
            loss=found["loss"], predicted=predicted, target=target
        ),
        x=0.01,
        ha="left",
        color=look.faint,
        fontsize=9,
    )
