"""Health: what every layer does while a network learns, five diseases, and what the doctor says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np

from tidu.arrays import Array
from tidu.datasets import load_digits
from tidu.doctor import Case, Diagnosis
from tidu.doctor.diagnosis import examination
from tidu.doctor.observe import SATURATED, observe, rms
from tidu.doctor.trials import InPieces
from tidu.errors import InputError
from tidu.lab import takeaway
from tidu.lab.measured import MeasuredRun, go
from tidu.lab.part import Answer, Part, action
from tidu.lab.rewind import Rewindable
from tidu.layers import Affine, Layer, ReLU, Rescale, Sigmoid
from tidu.losses import SoftmaxCrossEntropy
from tidu.network import Network
from tidu.optimizers import SGD
from tidu.recipes.signature import Seed, Setting, arguments_of

BATCH = 50
MOMENT = 0.05
"""How many seconds the doctor takes at a time, so that nobody waits for it who wants to go on."""
LOOKED_AT = 300
"""How many samples pass through the network at each look."""
BINS = 24
NUMBERS = ("spread", "dead", "gradient", "ratio")
"""What the curve has of each layer, one block of columns after another."""


@dataclass(frozen=True)
class Conditions:
    """Under which a network learns; the defaults are healthy."""

    scale: bool = True
    hidden: tuple[int, ...] = (50, 30, 20)
    activation: type[Layer] = ReLU
    initializer: str = "auto"
    lr: float = 0.1
    shift: int = 0

    def network(self, seed: int) -> Network:
        """Return the network at its start."""
        layers: list[Layer] = [Rescale(1 / 16)] if self.scale else []
        for units in self.hidden:
            layers += [Affine(units, initializer=self.initializer), self.activation()]
        layers.append(Affine(10, initializer=self.initializer))
        return Network(layers, 64, SoftmaxCrossEntropy(), seed=seed)

    def run(self, seed: int) -> ObservedRun:
        """Return the run at its first step, on the built-in digits."""
        learn, test = load_digits("train"), load_digits("test")
        parts = [(learn.x, np.roll(learn.t, self.shift)), (test.x, test.t)]
        return ObservedRun(Rewindable(self.network(seed), SGD(self.lr), *parts[0], BATCH), parts)

    def code(self) -> str:
        """Return the lines of Python that make inputs and targets of both parts."""
        labels = f"np.roll(learn.t, {self.shift})" if self.shift else "learn.t"
        return (
            'learn, test = load_digits("train"), load_digits("test")\n'
            f"x, t = learn.x, {labels}\n"
            "x_test, t_test = test.x, test.t"
        )


DEEP = Conditions(hidden=(30,) * 10)
DISEASES: dict[str, tuple[Conditions, Conditions, tuple[str, str]]] = {
    "none": (Conditions(), Conditions(), ("", "")),
    "rate-too-high": (Conditions(lr=20.0), Conditions(), ("SGD(lr=20)", "SGD(lr=0.1)")),
    "zero-weights": (
        Conditions(initializer="zeros"),
        Conditions(),
        ('Affine(50, initializer="zeros")', 'Affine(50, initializer="auto")'),
    ),
    "ten-sigmoids": (
        replace(DEEP, activation=Sigmoid),
        DEEP,
        ("10 × [Affine(30), Sigmoid()]", "10 × [Affine(30), ReLU()]"),
    ),
    "unscaled-inputs": (
        Conditions(scale=False),
        Conditions(),
        ("[Affine(50), ...]", "[Rescale(1/16), Affine(50), ...]"),
    ),
    "shifted-labels": (
        Conditions(shift=1),
        Conditions(),
        ("fit(x, np.roll(t, 1))", "fit(x, t)"),
    ),
}
"""Each disease: the conditions with it and without it, and the code of both."""


class ObservedRun(MeasuredRun):
    """A run whose curve has, beside loss and accuracy, what each layer did.

    The columns of each of `NUMBERS` follow, one a block: a layer with weights and its activation.
    """

    def _row(self) -> list[float]:
        looks = list(self.blocks())
        return [*super()._row(), *(getattr(look, name) for name in NUMBERS for look in looks)]

    @property
    def drawable(self) -> np.ndarray:
        """The curve with logarithms of gradients and ratios, which lie powers of ten apart."""
        curve = self.curve
        first = 1 + 2 * len(self.parts)
        middle = first + (curve.shape[1] - first) // 2
        with np.errstate(all="ignore"):
            curve[:, middle:] = np.log10(curve[:, middle:])
        return np.where(np.isfinite(curve), curve, np.nan)

    def blocks(self) -> Iterator[Block]:
        """Yield what each block does with the first samples at this step."""
        network = self.run.network
        x, t = (part[:LOOKED_AT] for part in self.parts[0])
        seen = observe(network, network.batch(x), network.targets(t, len(t)))
        layers = {layer.name: layer for layer in seen.layers}
        with np.errstate(all="ignore"):
            outputs = {name: np.asarray(y) for name, y in network.trace(x).items()}
            _, update = self.run.coming()
        names = [name for name in outputs if name != "input"]
        for i, name in enumerate(names):
            if not name.startswith("Affine"):
                continue
            last = names[i + 1] if i + 1 < len(names) else name
            weight = network.layout[f"W{name.removeprefix('Affine')}"].slice
            affine = layers.get(name)
            yield Block(
                name if last == name else f"{name}, {last}",
                outputs[last],
                working(last, outputs[last]),
                np.nan if affine is None else affine.gradient,
                ratio(update[weight], network.theta[weight]),
            )


@dataclass(frozen=True)
class Block:
    """What a layer with weights and its activation do.

    Attributes
    ----------
    name
        Of both layers.
    output
        Of the activation, shape (N, units).
    working
        For each unit, the share of samples for which its slope is not nearly 0.
    gradient
        The norm of the gradient with respect to the output of the layer with weights.
    ratio
        How large the next update of the weights is, as a share of them.
    """

    name: str
    output: np.ndarray
    working: np.ndarray
    gradient: float
    ratio: float

    @property
    def spread(self) -> float:
        """The standard deviation of the output."""
        return float(self.output.std())

    @property
    def dead(self) -> float:
        """The share of units that work for no sample."""
        return float((self.working == 0).mean())


def working(name: str, output: np.ndarray) -> np.ndarray:
    """Return for each unit the share of samples for which its slope is not nearly 0.

    Examples
    --------
    >>> working("ReLU1", np.array([[0.0, 1.0], [0.0, 0.0]]))
    array([0. , 0.5])
    """
    if name.startswith("ReLU"):
        return (output > 0).mean(axis=0)
    if name.startswith("Sigmoid"):
        return (output * (1 - output) >= SATURATED / 4).mean(axis=0)
    return np.ones(output.shape[1])


def ratio(update: np.ndarray, weights: np.ndarray) -> float:
    """Return the size of an update as a share of the weights; NaN where these are 0.

    Examples
    --------
    >>> ratio(np.array([0.001, 0.001]), np.array([1.0, -1.0]))
    0.001
    """
    size = rms(weights)
    return rms(update) / size if size else np.nan


def health_settings(
    *,
    disease: Annotated[str, Setting("what is wrong", choices=tuple(DISEASES))] = "none",
    mended: Annotated[bool, Setting("beside it, the same network mended")] = False,
    seed: Seed = 0,
) -> None:
    """Have a signature."""


class Health(Part):
    """A network with a disease, or two: one with it, one mended."""

    arguments = arguments_of(health_settings)

    def __init__(self) -> None:
        self.conditions: list[Conditions] = []
        self.runs: list[ObservedRun] = []
        self._examination: InPieces[Diagnosis] | None = None

    @action
    def build(self, settings: dict[str, Any], step: int = 0) -> Answer:
        """Begin anew with these settings, and go towards a step."""
        chosen = self.settings(settings)
        ill, well, code = DISEASES[chosen["disease"]]
        self.conditions = [ill, well] if chosen["mended"] and ill != well else [ill]
        self.runs = [each.run(chosen["seed"]) for each in self.conditions]
        head, arrays = self.go(step)
        return head | {"settings": chosen, "code": code}, arrays

    @action
    def go(self, step: int) -> Answer:
        """Go towards a step, forward or back, as far as there is time; ``reached`` says whether."""
        self._examination = None
        reached = go(self._begun, step)
        head, arrays = self.look()
        return head | {"reached": reached}, arrays

    @action
    def look(self) -> Answer:
        """Show the learning curves, and each layer of the last run at this step."""
        blocks = list(self._begun[-1].blocks())
        arrays: dict[str, Array] = {f"curve{i}": run.drawable for i, run in enumerate(self.runs)}
        shown = []
        for i, block in enumerate(blocks):
            arrays[f"working{i}"] = block.working
            arrays[f"histogram{i}"], low, high = histogram(block.output)
            numbers = {name: getattr(block, name) for name in NUMBERS}
            shown.append({"name": block.name, "low": low, "high": high, **numbers})
        head = {"runs": [run.head() for run in self.runs], "blocks": shown}
        return head, arrays

    @action
    def examine(self) -> Answer:
        """Examine the last run at this step for a moment; say what was found when it is done."""
        run, late = self._begun[-1], time.monotonic() + MOMENT
        work, self._examination = self._examination or _examination(run), None
        try:
            next(work)
            while time.monotonic() < late:
                next(work)
        except StopIteration as end:
            found: Diagnosis = end.value
        else:
            self._examination = work
            return {"done": False}, {}
        return {
            "done": True,
            "step": run.step,
            "healthy": found.healthy,
            "findings": [[one.name, one.sentence] for one in found.findings],
            "text": repr(found),
        }, {}

    @action
    def script(self) -> Answer:
        """Return a Python program that makes the last run again, to the bit."""
        last, imports = self._begun[-1:], "from tidu.datasets import load_digits\n"
        return takeaway.script("the built-in digits", imports, self.conditions[-1].code(), last), {}

    @action
    def model(self) -> Answer:
        """Return the file of the last network as it is at this step; `tidu.load` reads it."""
        return takeaway.model(self._begun[-1:], 0), {}

    @property
    def _begun(self) -> list[ObservedRun]:
        if not self.runs:
            raise InputError("there is no network yet: ask for `build` first")
        return self.runs


def _examination(run: ObservedRun) -> InPieces[Diagnosis]:
    x, t = run.parts[0]
    optimizer = run.run.run.optimizer
    return examination(Case.of(run.run.network, x, t, optimizer=optimizer, batch_size=BATCH))


def histogram(output: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return how the finite outputs are distributed, as shares of the fullest bin, and the range.

    Examples
    --------
    >>> counts, low, high = histogram(np.array([0.0, 0.0, 1.0]))
    >>> counts[[0, -1]], low, high
    (array([1. , 0.5]), 0.0, 1.0)
    """
    finite = output[np.isfinite(output)].astype(float)
    if not finite.size:
        return np.zeros(BINS), 0.0, 0.0
    counts, edges = np.histogram(finite, BINS)
    return counts / counts.max(), float(edges[0]), float(edges[-1])
