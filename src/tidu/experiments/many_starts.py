"""The results of training one small network from many starts, and the starts that stay stuck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.experiments.worked_example import BIASES, Rate, T, X
from tidu.functions import sigmoid
from tidu.language import later, translator
from tidu.plots.style import Theme, new_figure
from tidu.randomness import stream
from tidu.recipes.signature import Seed, Setting

_ = translator("experiments")

SATURATED = 1e-3
"""A hidden unit whose output is below this passes no signal, and hardly any gradient."""


@experiment(
    "many-starts",
    title="Does a network end at the same place from different weights?",
    quick={"starts": 60, "steps": 200, "longer": 10},
)
def many_starts(
    *,
    starts: Annotated[int, Setting("how many starts of each kind", 1, 100_000)] = 1000,
    steps: Annotated[int, Setting("how many steps", 1, 1_000_000)] = 1000,
    longer: Annotated[int, Setting("times as many steps for the stuck ones", 1, 10_000)] = 100,
    lr: Rate = 0.5,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train the 2-3-2 network from many random weights, uniform on 0 to 1 and from N(0, 1).

    All starts learn at the same time, as a stack of networks. A start is stuck if all three
    hidden units are saturated in the end; those are trained on, many times as long.

    Examples
    --------
    >>> sorted(many_starts(starts=5, steps=10).numbers["outputs"])
    ['N(0, 1)', 'uniform']
    """
    draws = {
        later("uniform"): stream(seed, "sample", 0).random((starts, 12)),
        "N(0, 1)": stream(seed, "sample", 1).standard_normal((starts, 12)),
    }
    initial = {kind: _Stack.of(weights) for kind, weights in draws.items()}
    final = {kind: stack.trained(steps, lr, progress) for kind, stack in initial.items()}
    stuck = {kind: stack.hidden.max(axis=1) < SATURATED for kind, stack in final.items()}
    outputs = {kind: stack.outputs for kind, stack in final.items()}
    weights = {kind: stack.weights for kind, stack in final.items()}
    stuck_stack = final["N(0, 1)"].only(stuck["N(0, 1)"])
    long = stuck_stack.trained((longer - 1) * steps, lr, progress)
    still = long.hidden.max(axis=1) < SATURATED
    resting = float(sigmoid(BIASES[1]))

    return Result(
        numbers={
            "outputs": outputs,
            "weights": weights,
            "stuck": {kind: int(s.sum()) for kind, s in stuck.items()},
            "still_stuck": int(still.sum()),
            "outputs_of_stuck": long.outputs[still],
            "resting_output": resting,
            "highest_sums": {kind: stack.highest for kind, stack in initial.items()},
            "errors": {kind: stack.errors for kind, stack in final.items()},
            "stuck_ones": {
                "highest_sums": initial["N(0, 1)"].only(stuck["N(0, 1)"]).highest,
                "errors": long.errors,
            },
        },
        tables=[
            Table(
                _("after {steps:,} steps from {starts:,} starts of each kind").format(
                    steps=steps, starts=starts
                ),
                (
                    _("start"),
                    _("stuck"),
                    _("median of o1"),
                    _("of o2"),
                    _("90 % of o1 (not stuck) in"),
                    _("mean std of a weight"),
                ),
                [_row(_(kind), outputs[kind], weights[kind], stuck[kind]) for kind in draws],
            ),
            Table(
                _("the stuck ones of N(0, 1)"),
                (
                    _("steps"),
                    _("stuck"),
                    _("highest hidden sum of any"),
                    _("farthest output from σ(0.65)"),
                ),
                [
                    (f"{n:,}", len(stack.w1), *stack.brief(resting))
                    for n, stack in ((steps, stuck_stack), (longer * steps, long.only(still)))
                ],
            ),
        ],
        see=_(
            "The outputs agree from start to start, the weights do not: "
            "many sets of weights give the same function. A few starts "
            "from N(0, 1) saturate all hidden units, at once or in the "
            "first steps: with inputs of 5 and 10 their sums s are far "
            "below 0, where σ(s) and its derivative are about eˢ. No "
            "signal passes, the outputs stay at σ({bias}) = "
            "{resting:.3f}, and no gradient comes back. The time to "
            "recover grows like e⁻ˢ: thousands of steps from −8, "
            "millions and more from −20."
        ).format(bias=BIASES[1], resting=resting),
    )


@many_starts.draws
def draw_many_starts(record: Record, look: Theme) -> Any:
    """Draw outputs, two of the weights, and the errors over the hidden sums at the start."""
    numbers, settings = record["numbers"], record["settings"]
    figure = new_figure(height=3.6)
    left, middle, right = figure.subplots(1, 3)
    colours = {"N(0, 1)": look.orange, "uniform": look.blue}
    for kind, colour in colours.items():
        o, w = (np.array(numbers[what][kind]) for what in ("outputs", "weights"))
        left.plot(*o.T, "o", color=colour, markersize=3.5, alpha=0.4)
        middle.plot(w[:, 6], w[:, 7], "o", color=colour, markersize=2, alpha=0.4)
        right.semilogy(
            numbers["highest_sums"][kind],
            numbers["errors"][kind],
            "o",
            color=colour,
            markersize=2,
            alpha=0.4,
        )
    left.text(0.1, 0.93, "N(0, 1)", color=look.orange)
    left.text(0.1, 0.96, _("uniform on 0 to 1"), color=look.blue)
    resting, longer = numbers["resting_output"], settings["longer"] * settings["steps"]
    held = numbers["stuck_ones"]
    if held["errors"]:
        left.text(
            resting,
            resting + 0.015,
            _("stuck at σ({bias}) = {resting:.3f}").format(bias=BIASES[1], resting=resting),
            ha="right",
            color=look.orange,
        )
        right.semilogy(
            held["highest_sums"], held["errors"], "o",
            color=look.ink, markersize=4, markerfacecolor="none",
        )  # fmt: skip
        right.text(
            0.98,
            0.72,
            _("circles: the stuck\nafter {longer:,} steps").format(longer=longer),
            ha="right",
            transform=right.transAxes,
        )
    left.axvline(T[0, 0], color=look.faint, linewidth=0.8)
    left.axhline(T[0, 1], color=look.faint, linewidth=0.8)
    left.set(
        xlabel=_("first output (target 0.01)"),
        ylabel=_("second output (target 0.99)"),
        title=_("outputs after {steps:,} steps").format(steps=settings["steps"]),
        xlim=(-0.03, 0.75),
        ylim=(0.6, 1.02),
    )
    middle.set(
        xlabel=_("weight from hidden unit 1 to output 1"),
        ylabel=_("weight from hidden unit 1 to output 2"),
        title=_("two of the weights"),
    )
    right.set(
        xlabel=_("highest hidden sum at the start"),
        ylabel=_("error Σ(o − t)²"),
        title=_("which starts are stuck"),
        xlim=(-40, 40),
    )
    return figure  # fmt: skip


@dataclass(frozen=True)
class _Stack:
    """Many networks of 2-3-2 units: their weights, (n, 2, 3) and (n, 3, 2)."""

    w1: np.ndarray
    w2: np.ndarray

    @classmethod
    def of(cls, weights: np.ndarray) -> _Stack:
        return cls(weights[:, :6].reshape(-1, 2, 3), weights[:, 6:].reshape(-1, 3, 2))

    def only(self, chosen: np.ndarray) -> _Stack:
        return _Stack(self.w1[chosen], self.w2[chosen])

    @property
    def weights(self) -> np.ndarray:
        return np.concatenate([w.reshape(len(w), 6) for w in (self.w1, self.w2)], axis=1)

    @property
    def highest(self) -> np.ndarray:
        """The highest of the three hidden sums of each."""
        return (X @ self.w1 + BIASES[0])[:, 0].max(axis=1)

    @property
    def hidden(self) -> np.ndarray:
        return sigmoid(X @ self.w1 + BIASES[0])[:, 0]

    @property
    def outputs(self) -> np.ndarray:
        return sigmoid(self.hidden[:, None] @ self.w2 + BIASES[1])[:, 0]

    @property
    def errors(self) -> np.ndarray:
        return ((self.outputs - T) ** 2).sum(axis=1)

    def brief(self, resting: float) -> tuple[str, str]:
        """Return the highest hidden sum, and how far the outputs are from where they rest."""
        if not len(self.w1):
            return "–", "–"
        return f"{self.highest.max():.1f}", f"{np.abs(self.outputs - resting).max():.1e}"

    def trained(self, steps: int, lr: float, progress: Progress) -> _Stack:
        """Return them after so many steps of gradient descent."""
        w1, w2 = self.w1, self.w2
        for _step in progress(range(steps if len(w1) else 0), _("steps")):
            h = sigmoid(X @ w1 + BIASES[0])
            o = sigmoid(h @ w2 + BIASES[1])
            d2 = (o - T) * o * (1 - o)
            d1 = (d2 @ w2.transpose(0, 2, 1)) * h * (1 - h)
            w2 = w2 - lr * h.transpose(0, 2, 1) @ d2
            w1 = w1 - lr * X.T @ d1
        return _Stack(w1, w2)


def _row(kind: str, o: np.ndarray, w: np.ndarray, stuck: np.ndarray) -> tuple[Any, ...]:
    free = o[~stuck, 0]
    low, high = np.quantile(free, (0.05, 0.95)) if len(free) else (np.nan, np.nan)
    return (
        kind, int(stuck.sum()), *(f"{m:.4f}" for m in np.median(o, axis=0)),
        _("{low:.4f} to {high:.4f}").format(low=low, high=high), f"{w.std(axis=0).mean():.3f}",
    )  # fmt: skip
