"""The playground: a small network learns points in the plane, and every number of it is seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np

from tidu.arrays import Array
from tidu.datasets import Dataset
from tidu.errors import InputError, check_choice
from tidu.experiments.formula import formula
from tidu.initializers import INITIALIZERS
from tidu.lab import planes, takeaway
from tidu.lab.measured import MeasuredRun, go
from tidu.lab.part import Answer, Part, action, bounded
from tidu.lab.rewind import Rewindable
from tidu.lab.seen import blocks
from tidu.layers import Affine
from tidu.losses import by_name
from tidu.network import Network
from tidu.optimizers import OPTIMIZERS, Cosine, Exponential, OneCycle, Optimizer, StepDecay
from tidu.penalties import by_strengths
from tidu.recipes import plan
from tidu.recipes.building import hidden_layers
from tidu.recipes.planning import default_optimizer
from tidu.recipes.signature import Setting, arguments_of

GRID = 48
"""Points of the grid in each direction on which the network is shown."""
MOST_LAYERS, MOST_UNITS, MOST_OWN = 6, 12, 500

INPUTS = ("x", "y", "x**2", "y**2", "x*y", "sin(2*x)", "sin(2*y)")

SCHEDULES = {
    "constant": lambda lr, n: lr,
    "cosine": Cosine,
    "one-cycle": OneCycle,
    "exponential": lambda lr, n: Exponential(lr, 0.01 ** (1 / n)),
    "step-decay": lambda lr, n: StepDecay(lr, max(n // 3, 1)),
}

LOSS_NAMES = ("softmax-cross-entropy", "sigmoid-cross-entropy", "mean-squared-error")


def data_settings(
    *,
    data: Annotated[str, Setting("data set", choices=(*planes.SETS, planes.OWN))] = "circle",
    samples: Annotated[int, Setting("how many points", 10, 1000)] = 300,
    noise: Annotated[float, Setting("spread of the noise", 0, 1)] = 0.1,
    classes: Annotated[int, Setting("how many classes", 2, planes.MOST_CLASSES)] = 2,
    test: Annotated[float, Setting("share of the points kept for the test", 0.1, 0.9)] = 0.3,
    inputs: Annotated[tuple[str, ...], Setting("what the network sees", choices=INPUTS)] = (
        "x",
        "y",
    ),
    own: Annotated[tuple[float, ...], Setting("own points: x, y, class", -10, 10, fewest=0)] = (),
    loss: Annotated[str, Setting("loss, where there are classes", choices=LOSS_NAMES)] = (
        "softmax-cross-entropy"
    ),
    initializer: Annotated[
        str, Setting("where weights start", choices=("auto", *INITIALIZERS))
    ] = "auto",
    schedule: Annotated[
        str, Setting("how the learning rate changes", choices=tuple(SCHEDULES))
    ] = "constant",
    horizon: Annotated[int, Setting("steps that the schedule takes", 10, 100_000)] = 2000,
    versus: Annotated[
        str, Setting("a second optimizer, side by side", choices=("none", *OPTIMIZERS))
    ] = "none",
    versus_lr: Annotated[float, Setting("learning rate of the second", 0, 10)] = 0.03,
) -> None:
    """Have a signature, in which the settings stand that no recipe has."""


_OWN = arguments_of(data_settings)
_PLAN = arguments_of(plan, ("data",))
_ORDER = (
    "data", "samples", "noise", "classes", "test", "inputs", "own", "hidden", "activation",
    "initializer", "batch_norm", "dropout", "loss", "l1", "l2", "optimizer", "lr", "schedule",
    "horizon", "batch_size", "seed", "versus", "versus_lr",
)  # fmt: skip
_BOUNDS: dict[str, dict[str, Any]] = {
    "hidden": {"default": (6, 4), "high": MOST_UNITS},
    "activation": {"default": "tanh"},
    "dropout": {"default": 0.0, "high": 0.9},
    "lr": {"default": 0.03, "high": 10, "optional": False},
    "batch_size": {"default": 20, "high": 1000, "optional": False},
    "l1": {"high": 1},
    "l2": {"default": 0.0, "high": 1, "optional": False},
    "seed": {"high": 1_000_000},
}
ARGUMENTS = {
    name: _OWN[name] if name in _OWN else bounded(_PLAN[name], **_BOUNDS.get(name, {}))
    for name in _ORDER
}
"""The settings: those of `tidu.recipes.plan` within the page's bounds, and the page's own."""


@dataclass(frozen=True)
class PlaygroundSetup:
    """The settings of a playground, and what is made of them."""

    settings: dict[str, Any]

    def __post_init__(self) -> None:
        s = self.settings
        if len(s["hidden"]) > MOST_LAYERS:
            raise InputError(f"`hidden` may have {MOST_LAYERS} layers, got {len(s['hidden'])}")
        if len(s["own"]) > 3 * MOST_OWN:
            raise InputError(f"`own` may hold {MOST_OWN} points, got {len(s['own']) // 3}")

    @cached_property
    def points(self) -> tuple[Dataset, Dataset]:
        """The points to learn from, and those of the test."""
        s = self.settings
        data = planes.load(s["data"], s["samples"], s["classes"], s["noise"], s["seed"], s["own"])
        return data.split(1 - s["test"], seed=s["seed"])  # type: ignore[return-value]

    def inputs(self, points: Array) -> np.ndarray:
        """Return what the network sees of points (N, 2): (N, how many inputs)."""
        columns = [formula(text)(points.T) for text in self.settings["inputs"]]
        return np.stack(columns, axis=1).astype(np.float32)

    def targets(self, data: Dataset) -> np.ndarray:
        """Return the targets as the loss takes them."""
        if self.loss_name == "softmax-cross-entropy" or not data.has_labels:
            return data.t
        return np.eye(self.outputs, dtype=np.float32)[data.t]

    @property
    def outputs(self) -> int:
        """How many units the last layer has."""
        data = self.points[0]
        return self.settings["classes"] if data.has_labels else 1

    @property
    def loss_name(self) -> str:
        """The loss; values to predict have but one."""
        return self.settings["loss"] if self.points[0].has_labels else "mean-squared-error"

    def network(self) -> Network:
        """Return the network at its start."""
        s = self.settings
        layers = hidden_layers(
            s["hidden"], s["activation"], s["initializer"], s["dropout"], s["batch_norm"]
        )
        last = Affine(self.outputs, initializer=s["initializer"])
        return Network(
            [*layers, last], len(s["inputs"]), by_name(self.loss_name),
            penalty=by_strengths(s["l1"], s["l2"]), seed=s["seed"],
        )  # fmt: skip

    def optimizer(self, name: str, lr: float) -> Optimizer:
        """Return an update rule under the schedule."""
        s = self.settings
        rate = SCHEDULES[s["schedule"]](lr, s["horizon"])
        return default_optimizer(name, lr).with_rate(rate)

    def runs(self) -> list[MeasuredRun]:
        """Return the runs at their first step: one, or two with an optimizer each."""
        s = self.settings
        parts = [(self.inputs(part.x), self.targets(part)) for part in self.points]
        chosen = [(s["optimizer"], s["lr"])]
        if s["versus"] != "none":
            chosen.append((s["versus"], s["versus_lr"]))
        return [
            MeasuredRun(
                Rewindable(self.network(), self.optimizer(*rule), *parts[0], s["batch_size"]), parts
            )
            for rule in chosen
        ]

    def code(self) -> str:
        """Return the lines of Python that make inputs and targets of both parts."""
        s = self.settings
        chosen = {
            "n": s["samples"],
            "classes": s["classes"],
            "noise": s["noise"],
            "seed": s["seed"],
        }
        if s["data"] == planes.OWN:
            chosen["own"] = s["own"]
        load = takeaway.call("planes.load", s["data"], **chosen)
        x = "{part}.x"
        lines = [
            f"data = {load}",
            f"learn, test = data.split({1 - s['test']}, seed={s['seed']})",
        ]
        if s["inputs"] != ("x", "y"):
            columns = ", ".join(s["inputs"]).replace("sin", "np.sin")
            lines += [
                "",
                "",
                "def inputs(points):",
                "    x, y = points.T.astype(float)",
                f"    return np.stack([{columns}], axis=1).astype(np.float32)",
                "",
                "",
            ]
            x = "inputs({part}.x)"
        t = "{part}.t"
        if self.targets(self.points[0]) is not self.points[0].t:
            t = f"np.eye({self.outputs}, dtype=np.float32)[{{part}}.t]"
        for names, part in (("x, t", "learn"), ("x_test, t_test", "test")):
            lines.append(f"{names} = {x.format(part=part)}, {t.format(part=part)}")
        return "\n".join(lines)


class Playground(Part):
    """Build, train, stop and rewind; one optimizer, or two side by side."""

    arguments = ARGUMENTS

    def __init__(self) -> None:
        self.setup: PlaygroundSetup | None = None
        self.runs: list[MeasuredRun] = []

    @action
    def build(self, settings: dict[str, Any], step: int = 0) -> Answer:
        """Begin anew with these settings, and go towards a step."""
        setup = PlaygroundSetup(self.settings(settings))
        self.setup, self.runs = setup, setup.runs()
        learn, test = setup.points
        head, arrays = self.go(step)
        about = {
            "settings": setup.settings,
            "labels": learn.has_labels,
            "samples": [len(learn), len(test)],
            "network": str(self.runs[0].run.network),
        }
        points = {"train": np.column_stack([learn.x, learn.t]),
                  "test": np.column_stack([test.x, test.t])}  # fmt: skip
        return head | about, arrays | points

    @action
    def go(self, step: int) -> Answer:
        """Go towards a step, forward or back, as far as there is time; ``reached`` says whether."""
        reached = go(self._begun, step)
        head, arrays = self.look()
        return head | {"reached": reached}, arrays

    @action
    def look(self) -> Answer:
        """Show everything as it is at this step."""
        heads: list[dict[str, Any]] = []
        arrays: dict[str, Array] = {}
        for i, run in enumerate(self._begun):
            head, found = self._seen(run.run)
            found["curve"] = run.curve
            heads.append(run.head() | head)
            arrays |= {f"{name}{i}": array for name, array in found.items()}
        return {"runs": heads, "side": planes.SIDE}, arrays

    @action
    def script(self) -> Answer:
        """Return a Python program that makes this run again, to the bit."""
        runs = self._begun
        assert self.setup is not None
        imports = "from tidu.lab import planes\n"
        return takeaway.script(f"the playground's {self.setup.settings['data']}", imports,
                               self.setup.code(), runs), {}  # fmt: skip

    @action
    def model(self, run: int = 0) -> Answer:
        """Return the file of a network as it is at this step; `tidu.load` reads it."""
        return takeaway.model(self._begun, run), {}

    @action
    def thumbnail(self, data: str, classes: int) -> Answer:
        """Return some points of a data set, for the button that chooses it."""
        check_choice("data", data, planes.SETS)
        classes = ARGUMENTS["classes"].checked(classes)
        found = planes.load(data, 150, classes, 0.05, 0)
        return {"labels": found.has_labels}, {"points": np.column_stack([found.x, found.t])}

    @action
    def read_table(self, text: str) -> Answer:
        """Return the points of a table: two columns of numbers, and a class."""
        points, classes = planes.from_table(text, MOST_OWN)
        return {"points": points, "classes": classes}, {}

    @property
    def _begun(self) -> list[MeasuredRun]:
        if not self.runs:
            raise InputError("there is no network yet: ask for `build` first")
        return self.runs

    def _seen(self, run: Rewindable) -> Answer:
        """Return the network at this step: surface, units, weights, the coming update."""
        assert self.setup is not None
        network = run.network
        side = np.linspace(-planes.SIDE, planes.SIDE, GRID)
        grid = np.stack([*np.meshgrid(side, -side)], axis=-1).reshape(-1, 2)
        inputs = self.setup.inputs(grid)
        with np.errstate(all="ignore"):
            traced = network.trace(inputs)
            scores = list(traced.values())[-1]
            surface = network.loss_function.predict_proba(scores)
        hidden = blocks(list(traced))
        units = [inputs, *(traced[name] for name in hidden), scores]
        gradient, update = run.coming()
        arrays = {
            "surface": surface.T.reshape(-1, GRID, GRID),
            "units": np.concatenate(units, axis=1).T.reshape(-1, GRID, GRID)[:, ::2, ::2],
            "theta": network.theta.copy(),
            "gradient": gradient,
            "update": update,
        }
        head = {
            "sizes": [part.shape[1] for part in units],
            "layout": [
                {"name": e.name, "start": e.slice.start, "shape": list(e.shape)}
                for e in network.layout.entries
            ],
        }
        return head, arrays
