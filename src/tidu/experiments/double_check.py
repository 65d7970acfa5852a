"""Three seeded bugs in a backward pass, and the gradient check that finds them."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu.checking import GradientReport, check_gradient
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.functions import cross_entropy, relu, softmax
from tidu.language import fill, later, translator
from tidu.plots.style import Theme, new_figure
from tidu.randomness import stream
from tidu.recipes.signature import Seed, Setting

_ = translator("experiments")

BUGS = {
    later("right"): later("none: the gradient as it should be"),
    later("forgotten mean"): later("dy is not divided by the batch size"),
    later("forgotten mask"): later("ReLU's backward lets all through, not only where x > 0"),
    later("one entry"): later("dW1[0, 0] is 1.001 times what it should be"),
}


@experiment("double-check", title="Three seeded bugs, and the check that finds them")
def double_check(
    *,
    samples: Annotated[int, Setting("samples in the batch", 2, 100)] = 5,
    units: Annotated[int, Setting("hidden units", 1, 50)] = 4,
    seed: Seed = 0,
) -> Result:
    """Check the backward pass of a 3-units-2 ReLU network as it should be, and with three bugs.

    Examples
    --------
    >>> found = double_check().numbers
    >>> [found[bug]["verdict"] for bug in found]
    ['right', 'wrong', 'wrong', 'wrong']
    """
    rng = stream(seed, "sample")
    x, t = rng.standard_normal((samples, 3)), np.arange(samples) % 2
    theta = {"W1": rng.standard_normal((3, units)), "W2": rng.standard_normal((units, 2))}

    def loss(theta: dict[str, np.ndarray]) -> float:
        return cross_entropy(softmax(relu(x @ theta["W1"]) @ theta["W2"]), t, eps=0)

    reports = {bug: check_gradient(loss, theta, _gradients(theta, x, t, bug)) for bug in BUGS}

    verdicts = {"right": _("right"), "wrong": _("wrong"), "cannot tell": _("cannot tell")}
    return Result(
        numbers={
            bug: {
                "verdict": r.verdict,
                "wrong entries": _wrong(r),
                "of": len(r.entries),
                "why": r.why,
                "evaluations": r.evaluations,
                "measured": [e.numeric for e in r.entries],
                "claimed": [e.analytic for e in r.entries],
                "is wrong": [e.verdict == "wrong" for e in r.entries],
            }
            for bug, r in reports.items()
        },
        tables=[
            Table(
                _("the seeded bug, and what the checker reports"),
                (_("bug"), _("verdict"), _("report")),
                [
                    (
                        fill(_(BUGS[bug]), 30),
                        f"{verdicts[r.verdict]}\n({_count(r)})",
                        "\n".join(fill(why, 58) for why in _words(r)),
                    )
                    for bug, r in reports.items()
                ],
            )
        ],
        see=_(
            "Each point is one entry of the gradient: vertically by backpropagation, horizontally "
            "by differences of the loss. A right gradient lies on the diagonal. Each bug leaves it "
            "in its own way: "
            "all entries by one factor, some units only, or a single entry by a thousandth, which "
            "the eye cannot see."
        ),
    )


@double_check.draws
def draw_double_check(record: Record, look: Theme) -> Any:
    """Draw the claimed gradient over the measured one, a panel for each bug."""
    numbers = record["numbers"]
    figure = new_figure(height=3.1)
    panels = figure.subplots(1, len(numbers))
    for ax, (bug, found) in zip(panels, numbers.items(), strict=True):
        _draw_check(ax, found, look)
        ax.set_title(
            _("{bug}\n{wrong} of {n} wrong").format(
                bug=_(bug), wrong=found["wrong entries"], n=found["of"]
            )
        )
    panels[0].set_ylabel(_("gradient under test"))
    return figure


def _gradients(
    theta: dict[str, np.ndarray], x: np.ndarray, t: np.ndarray, bug: str
) -> dict[str, np.ndarray]:
    """Return the gradients of the loss by backpropagation, with a bug."""
    a = x @ theta["W1"]
    h = relu(a)
    dscores = softmax(h @ theta["W2"]) - np.eye(2)[t]
    if bug != "forgotten mean":
        dscores = dscores / len(x)
    dh = dscores @ theta["W2"].T
    da = dh if bug == "forgotten mask" else dh * (a > 0)
    dW1, dW2 = x.T @ da, h.T @ dscores
    if bug == "one entry":
        dW1[0, 0] *= 1.001
    return {"W1": dW1, "W2": dW2}


def _wrong(report: GradientReport) -> int:
    return sum(entry.verdict == "wrong" for entry in report.entries)


def _count(report: GradientReport) -> str:
    return _("{wrong} of {n} wrong").format(wrong=_wrong(report), n=len(report.entries))


def _words(report: GradientReport) -> list[str]:
    """Return the checker's cause, or else the worst entry."""
    worst = report.worst
    if report.ok or report.why or worst is None:
        return report.why or ["–"]
    index = ", ".join(map(str, worst.index))
    return [
        _("{entry} is {given:.4g} and should be {right:.4g}").format(
            entry=f"{worst.part}[{index}]", given=worst.analytic, right=worst.numeric
        )
    ]


def _draw_check(ax: Any, found: Record, look: Theme) -> None:
    """Draw entries over the measured ones; the wrong ones stand out in colour and shape."""
    numeric, analytic = np.array(found["measured"]), np.array(found["claimed"])
    bad = np.array(found["is wrong"])
    ax.axline((0, 0), slope=1, color=look.faint, linewidth=0.8)
    ax.plot(numeric[~bad], analytic[~bad], "o", color=look.blue, markersize=4)
    ax.plot(numeric[bad], analytic[bad], "D", color=look.orange, markersize=5)
    ax.set(xlabel=_("numeric gradient"))
