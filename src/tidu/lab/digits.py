"""Digits: draw one, see what the network sees, what each layer makes of it, and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np

from tidu.arrays import Array
from tidu.datasets import Dataset, load_parts
from tidu.datasets.drawings import normalize
from tidu.datasets.mnist import MNIST, is_here
from tidu.errors import InputError, check_integer, need
from tidu.lab import takeaway
from tidu.lab.measured import MeasuredRun, go
from tidu.lab.part import Answer, Part, action, bounded
from tidu.lab.rewind import Rewindable
from tidu.lab.seen import blocks
from tidu.lab.strokes import drawn
from tidu.network import Network
from tidu.penalties import by_strengths
from tidu.recipes import plan
from tidu.recipes.building import hidden_layers
from tidu.recipes.networks import network_for
from tidu.recipes.planning import default_optimizer
from tidu.recipes.signature import Setting, arguments_of

LEARNED, TESTED = 6000, 1000
"""How many of MNIST's pictures each session takes, to learn from and for the test."""
MOST_LAYERS, MOST_UNITS = 3, 100
PICTURES = 40
"""How many units of the first layer are shown by their weights."""
MISTAKES = 12
"""How many pictures are shown that the network reads wrongly."""
BEST = 3


def data_settings(
    *,
    data: Annotated[str, Setting("data set", choices=("digits", "mnist"))] = "digits",
) -> None:
    """Have a signature, in which the settings stand that the playground has otherwise."""


_PLAN = arguments_of(plan, ("data",))
_BOUNDS: dict[str, dict[str, Any]] = {
    "hidden": {"default": (32,), "high": MOST_UNITS},
    "activation": {},
    "dropout": {"default": 0.0, "high": 0.9},
    "batch_norm": {},
    "optimizer": {},
    "lr": {"default": 0.003, "high": 10, "optional": False},
    "batch_size": {"default": 32, "high": 1000, "optional": False},
    "l2": {"default": 0.0, "high": 1, "optional": False},
    "seed": {"high": 1_000_000},
}
ARGUMENTS = arguments_of(data_settings) | {
    name: bounded(_PLAN[name], **bounds) for name, bounds in _BOUNDS.items()
}
"""The settings: those of `tidu.recipes.plan` within the page's bounds, and the data."""


@dataclass(frozen=True)
class DigitsSetup:
    """The settings, and what is made of them."""

    settings: dict[str, Any]

    def __post_init__(self) -> None:
        s = self.settings
        if len(s["hidden"]) > MOST_LAYERS:
            raise InputError(f"`hidden` may have {MOST_LAYERS} layers, got {len(s['hidden'])}")
        if s["data"] == "mnist" and not is_here(MNIST):
            raise InputError(
                "MNIST is not on this machine: `tidu train mnist` downloads it once, or name the "
                "folder of its files in the environment variable TIDU_DATA"
            )

    @cached_property
    def parts(self) -> tuple[Dataset, Dataset]:
        """The pictures to learn from, and those of the test."""
        learn, test = load_parts(self.settings["data"])
        if self.settings["data"] == "mnist":
            return learn[np.arange(LEARNED)], test[np.arange(TESTED)]  # copies: the rest goes
        return learn, test

    def run(self) -> MeasuredRun:
        """Return the run at its first step."""
        s = self.settings
        layers = hidden_layers(s["hidden"], s["activation"], "auto", s["dropout"], s["batch_norm"])
        network = network_for(self.parts[0], layers, by_strengths(0.0, s["l2"]), s["seed"])
        parts = [(part.x, part.t) for part in self.parts]
        optimizer = default_optimizer(s["optimizer"], s["lr"]).with_rate(s["lr"])
        return MeasuredRun(Rewindable(network, optimizer, *parts[0], s["batch_size"]), parts)

    def code(self) -> str:
        """Return the lines of Python that make inputs and targets of both parts."""
        cut = [f"[:{n}]" if self.settings["data"] == "mnist" else "" for n in (LEARNED, TESTED)]
        return (
            f'learn, test = load_parts("{self.settings["data"]}")\n'
            f"x, t = learn.x{cut[0]}, learn.t{cut[0]}\n"
            f"x_test, t_test = test.x{cut[1]}, test.t{cut[1]}"
        )


class Digits(Part):
    """A network that learns digits; a drawing, or a picture of the test, goes through it."""

    arguments = ARGUMENTS

    def __init__(self) -> None:
        self.setup: DigitsSetup | None = None
        self.runs: list[MeasuredRun] = []
        self.input: np.ndarray | None = None
        self.label: int | None = None

    @action
    def build(
        self,
        settings: dict[str, Any],
        step: int = 0,
        drawing: Sequence[float] = (),
        sample: int | None = None,
    ) -> Answer:
        """Begin anew with these settings, go towards a step, and show a drawing or a picture."""
        setup = DigitsSetup(self.settings(settings))
        self.setup, self.runs = setup, [setup.run()]
        self._show(drawing, sample)
        head, arrays = self.go(step)
        about = {
            "settings": setup.settings,
            "shape": setup.parts[0].image_shape,
            "network": str(self.runs[0].run.network),
        }
        return head | about, arrays

    @action
    def go(self, step: int) -> Answer:
        """Go towards a step, forward or back, as far as there is time; ``reached`` says whether."""
        reached = go(self._begun, step)
        assert self.setup is not None
        (run,) = self.runs
        mistakes, arrays = self._mistakes(run.run.network)
        read, seen = self._read(run.run.network)
        arrays |= seen | {"weights": self._weights(run.run.network), "curve0": run.curve}
        head = {"runs": [run.head()], "reached": reached, "tests": len(self.setup.parts[1])}
        return head | mistakes | read, arrays

    @action
    def show(self, drawing: Sequence[float] = (), sample: int | None = None) -> Answer:
        """Show a drawing, or a picture of the test, to the network as it is at this step."""
        (run,) = self._begun
        self._show(drawing, sample)
        return self._read(run.run.network)

    @action
    def script(self) -> Answer:
        """Return a Python program that makes this run again, to the bit."""
        runs = self._begun
        assert self.setup is not None
        imports = "from tidu.datasets import load_parts\n"
        return takeaway.script(self.setup.parts[0].name, imports, self.setup.code(), runs), {}

    @action
    def model(self) -> Answer:
        """Return the file of the network as it is at this step; `tidu.load` reads it."""
        return takeaway.model(self._begun, 0), {}

    @property
    def _begun(self) -> list[MeasuredRun]:
        if not self.runs:
            raise InputError("there is no network yet: ask for `build` first")
        return self.runs

    def _show(self, drawing: Sequence[float], sample: int | None) -> None:
        """Take the input that is shown: a picture of the test, a drawing, or none."""
        assert self.setup is not None
        learn, test = self.setup.parts
        self.label = None
        if sample is not None:
            if check_integer("sample", sample, minimum=0) >= len(test):
                raise InputError(f"`sample` must be less than {len(test)}, got {sample}")
            self.input, self.label = test.x[sample], int(test.t[sample])
        elif len(drawing):
            need("PIL.Image", extra="lab")
            height, width = learn.image_shape  # type: ignore[misc]
            picture = normalize(drawn(drawing), (height, width))
            self.input = picture.ravel() * np.float32(learn.scale / 255)  # type: ignore[operator]
        else:
            self.input = None

    def _read(self, network: Network) -> Answer:
        """Return what the network makes of the input: each block's output, and the answers."""
        if self.input is None:
            return {"best": [], "label": None}, {}
        assert self.setup is not None
        with np.errstate(all="ignore"):
            traced = network.trace(self.input[np.newaxis])
            (scores,) = list(traced.values())[-1]
            shares = network.loss_function.predict_proba(scores[np.newaxis])[0]
        best = np.argsort(-shares, kind="stable")[:BEST]
        arrays = {"seen": self._pictures(self.input[np.newaxis])[0], "shares": shares}
        for i, name in enumerate(blocks(list(traced)), 1):
            arrays[f"layer{i}"] = traced[name][0]
        answers = [[int(k), float(shares[k])] for k in best]
        return {"best": answers, "label": self.label}, arrays

    def _weights(self, network: Network) -> np.ndarray:
        """Return the weights of the first units as pictures (units, height, width)."""
        assert self.setup is not None
        height, width = self.setup.parts[0].image_shape  # type: ignore[misc]
        return network["W1"][:, :PICTURES].T.reshape(-1, height, width)

    def _mistakes(self, network: Network) -> Answer:
        """Return the first pictures of the test that the network reads wrongly."""
        assert self.setup is not None
        test = self.setup.parts[1]
        with np.errstate(all="ignore"):
            found = network.predict(test.x)
        wrong = np.flatnonzero(found != test.t)[:MISTAKES]
        rows = [[int(i), int(test.t[i]), int(found[i])] for i in wrong]
        return {"mistakes": rows}, {"wrong": self._pictures(test.x[wrong])}

    def _pictures(self, x: Array) -> np.ndarray:
        """Return inputs as pictures from 0 to 1."""
        assert self.setup is not None
        learn = self.setup.parts[0]
        return x.reshape(-1, *learn.image_shape) / learn.scale  # type: ignore[misc]
