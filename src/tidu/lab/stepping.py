"""Step through: one sample forward and backward, number by number, and each weight's chain rule."""

from __future__ import annotations

import re
from typing import Annotated, Any

import numpy as np

from tidu.errors import InputError, check_choice, check_integer
from tidu.experiments.worked_example import T, X, example
from tidu.lab.part import Answer, Part, action
from tidu.lab.worked import LOSSES, Worked
from tidu.layers import Affine, Layer
from tidu.layers.blocks import ACTIVATIONS
from tidu.losses import by_name
from tidu.network import Network
from tidu.recipes.signature import Setting, arguments_of

MOST_LAYERS, MOST_UNITS, MOST_ENDS = 2, 5, 4
"""How many hidden layers there may be, units in each, and inputs or outputs."""
SMALLEST, LARGEST = 1, 12
"""h of a difference quotient is ten to the minus these at most and at least."""
SQUARED = ("sum-squared-error", "mean-squared-error")
"""The losses whose outputs may have an activation."""


def settings(
    *,
    x: Annotated[tuple[float, ...], Setting("the sample's inputs", -100, 100)] = tuple(X[0]),
    t: Annotated[tuple[float, ...], Setting("its targets", -100, 100)] = tuple(T[0]),
    hidden: Annotated[tuple[int, ...], Setting("hidden units", 1, MOST_UNITS, fewest=0)] = (3,),
    activation: Annotated[
        str, Setting("activation of hidden units", choices=tuple(ACTIVATIONS))
    ] = "sigmoid",
    output: Annotated[
        str, Setting("activation of outputs, for squared errors", choices=tuple(ACTIVATIONS))
    ] = "sigmoid",
    loss: Annotated[str, Setting("loss", choices=tuple(LOSSES))] = "sum-squared-error",
    seed: Annotated[int, Setting("seed of the initial weights", 0, 1000)] = 0,
    weights: Annotated[
        tuple[float, ...],
        Setting("weights of one's own, in the layout's order", -100, 100, fewest=0),
    ] = (),
) -> None:
    """Have a signature, in which the settings stand."""


def network_of(given: dict[str, Any]) -> Network:
    """Return the network of the settings; that of the course, where its sizes are 2-3-2."""
    s = given
    for name, most in (("x", MOST_ENDS), ("t", MOST_ENDS), ("hidden", MOST_LAYERS)):
        if len(s[name]) > most:
            raise InputError(f"`{name}` may have {most} entries, got {len(s[name])}")
    layers: list[Layer] = []
    for units in s["hidden"]:
        layers += [Affine(units), ACTIVATIONS[s["activation"]]()]
    layers.append(Affine(len(s["t"])))
    if s["loss"] in SQUARED and s["output"] != "identity":
        layers.append(ACTIVATIONS[s["output"]]())
    net = Network(layers, len(s["x"]), by_name(s["loss"]), seed=s["seed"], dtype="float64")
    if s["weights"]:
        if len(s["weights"]) != net.layout.size:
            raise InputError(
                f"`weights` must hold {net.layout.size} numbers for this network, got "
                f"{len(s['weights'])}"
            )
        net.theta = np.array(s["weights"])
    elif (len(s["x"]), *s["hidden"], len(s["t"])) == (2, 3, 2):
        net.theta = example().theta
    else:
        net.theta = net.theta.round(2)
    return net


class StepThrough(Part):
    """A small network and one sample; each operation has a sentence with its numbers."""

    arguments = arguments_of(settings)

    def __init__(self) -> None:
        self.worked: Worked | None = None

    @action
    def build(self, settings: dict[str, Any]) -> Answer:
        """Compute everything, forward and backward; the page shows it step by step."""
        s = self.settings(settings)
        net = network_of(s)
        worked = self.worked = Worked(net, np.array([s["x"]]), np.array([s["t"]]))
        return {
            "settings": s,
            "units": worked.units(),
            "edges": worked.edges(),
            "steps": worked.steps(),
            "theta": net.theta.tolist(),
            "places": worked.places(),
            "network": str(net),
        }, {}

    @action
    def edge(self, edge: str, power: int = 5) -> Answer:
        """Return the chain rule of a weight such as ``W1[0,1]``, and its difference quotient.

        The quotient is (L(w + h) − L(w − h)) / 2h with h = 10^−power, measured now.
        """
        if self.worked is None:
            raise InputError("there is no network yet: ask for `build` first")
        worked, net = self.worked, self.worked.net
        check_choice("edge", edge, [e["name"] for e in worked.edges()])
        if not SMALLEST <= check_integer("power", power, minimum=SMALLEST) <= LARGEST:
            raise InputError(f"`power` must be at most {LARGEST}, got {power}")
        name, *index = re.findall(r"\w+", edge)
        at = (name, tuple(map(int, index)))
        h = 10.0**-power
        moved = []
        for change in (h, -h):
            other = net.copy()
            other[name][at[1]] += change
            moved.append(other.loss(worked.x, worked.t))
        return {
            "edge": edge,
            "weight": float(net[name][at[1]]),
            **worked.chain_rule(*at),
            "h": h,
            "above": moved[0],
            "below": moved[1],
            "quotient": (moved[0] - moved[1]) / (2 * h),
        }, {}
