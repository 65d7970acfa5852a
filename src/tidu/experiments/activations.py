"""Activation functions and their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

from tidu import functions
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.language import translator
from tidu.layers import ELU, GELU, Layer, LeakyReLU, ReLU, Sigmoid, SiLU, Softplus, Tanh
from tidu.numeric import gradient
from tidu.plots.style import Theme, new_figure
from tidu.recipes.signature import Setting

_ = translator("experiments")

ACTIVATIONS: dict[str, Layer | None] = {
    "step": None,  # flat wherever it has a slope, so no layer learns through it
    "sigmoid": Sigmoid(),
    "tanh": Tanh(),
    "relu": ReLU(),
    "leaky_relu": LeakyReLU(),
    "elu": ELU(),
    "gelu": GELU(),
    "silu": SiLU(),
    "softplus": Softplus(),
}


@experiment("activations", title="Activations and their derivatives")
def activations(
    *,
    names: Annotated[
        tuple[str, ...], Setting("which curves to draw", choices=tuple(ACTIVATIONS))
    ] = tuple(ACTIVATIONS),
    extent: Annotated[float, Setting("how far x goes to each side of 0", 1, 100)] = 4.0,
) -> Result:
    """Draw activations with their derivatives, as the layers have them, beside measured ones.

    Examples
    --------
    >>> activations(names=["sigmoid"]).numbers["sigmoid"]["largest slope"]
    0.25
    """
    x = _axis(extent)
    at = np.array([-1.0, 0.0, 1.0])
    numbers = {}
    for name in names:
        f = getattr(functions, name)
        slopes = _slope(name, np.append(x, 0.0))
        measured = _measured_slope(f, x)
        numbers[name] = {
            "values": f(at),
            "slopes": _slope(name, at),
            "largest slope": float(slopes.max()),
            "difference from the measured slope": float(np.abs(slopes[:-1] - measured).max()),
            "curve": f(x),
            "derivative": slopes[:-1],
        }

    return Result(
        numbers=numbers,
        tables=[
            Table(
                _("values, derivatives, and how far the layers' derivatives are from numeric ones"),
                (
                    "",
                    "f(−1)",
                    "f(0)",
                    "f(1)",
                    "f′(−1)",
                    "f′(0)",
                    "f′(1)",
                    _("largest f′"),
                    _("differ by"),
                ),
                [
                    (
                        name,
                        *(f"{v:.4f}" for v in (*found["values"], *found["slopes"])),
                        f"{found['largest slope']:.4f}",
                        f"{found['difference from the measured slope']:.0e}",
                    )
                    for name, found in numbers.items()
                ],
            )
        ],
        see=_(
            "Backpropagation multiplies by these derivatives. That of the step is 0, so nothing "
            "is learned through it. That of the sigmoid is at most a quarter, and nearly 0 far "
            "from 0, so little gradient comes through many layers. ReLU has derivative 1 where it "
            "is active and 0 where it is not; its variants keep a small gradient there, too."
        ),
    )


@activations.draws
def draw_activations(record: Record, look: Theme) -> Any:
    """Draw each curve with its derivative."""
    numbers, extent = record["numbers"], record["settings"]["extent"]
    names, x = list(numbers), _axis(extent)
    across = min(len(names), 3)
    down = -(-len(names) // across)
    figure = new_figure(height=0.3 + 2 * down, width=9 if across > 1 else 6)
    panels = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True)
    for ax in panels.flat[len(names) :]:
        ax.axis("off")
    for k, (ax, (name, found)) in enumerate(zip(panels.flat, numbers.items(), strict=False)):
        ax.axhline(0, color=look.faint, linewidth=0.6)
        ax.axvline(0, color=look.faint, linewidth=0.6)
        ax.plot(x, found["curve"], color=look.blue)
        ax.plot(x, found["derivative"], color=look.orange, linewidth=1.4)
        ax.set_title(name)
        ax.set(ylim=(-1.3, 2.3), xlabel="x" if k >= len(names) - across else "")
    for ax in panels[:, 0]:
        ax.set_ylabel("f(x), f′(x)")
    first = panels[0, 0]
    first.text(-0.96 * extent, 1.9, "f(x)", color=look.blue)
    first.text(-0.96 * extent, 1.5, _("its derivative f′(x)"), color=look.orange)
    return figure


def _axis(extent: float) -> np.ndarray:
    """Return an even number of points: 0, where some curves have a kink, is not among them."""
    return np.linspace(-extent, extent, 200)


def _measured_slope(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the derivative at each x by differences."""
    return gradient(lambda x: f(x).sum(), x)


def _slope(name: str, x: np.ndarray) -> np.ndarray:
    """Return the derivative at each x, as the layer gives it."""
    layer = ACTIVATIONS[name]
    if layer is None:
        return np.zeros_like(x)
    _, saved = layer.forward(x)
    return layer.backward(np.ones_like(x), saved)
