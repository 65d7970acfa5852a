"""The parts of the page, by name: one row each."""

from __future__ import annotations

from tidu.lab.descent import Race
from tidu.lab.digits import Digits
from tidu.lab.graphs import ExpressionGraph
from tidu.lab.health import Health
from tidu.lab.part import Part
from tidu.lab.playground import Playground
from tidu.lab.stepping import StepThrough

PARTS: dict[str, type[Part]] = {
    "playground": Playground,
    "step": StepThrough,
    "graph": ExpressionGraph,
    "descent": Race,
    "digits": Digits,
    "health": Health,
}
