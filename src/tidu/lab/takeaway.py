"""What a person takes away from the lab: a program that makes a run again, and a model file."""

from __future__ import annotations

import base64
import hashlib
import re
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidu.errors import InputError, check_integer
from tidu.formats.model_file import content
from tidu.lab.measured import MeasuredRun
from tidu.network import Network

WIDTH = 88
NAMES = ("net", "other")
"""What the program calls the networks of two runs side by side."""

_STOP = """
class StopAt(td.Callback):
    def __init__(self, step):
        self.every_steps = step

    def on_steps(self, network, run, steps):
        return "as far as the page" if run.step >= self.every_steps else None
"""

_SHOW = """
def show(net):
    for name, inputs, targets in (("train", x, t), ("test", x_test, t_test)):
        loss, accuracy = net.measure(inputs, targets, engine="numpy")
        print(f"{name}: loss {loss!r}, accuracy {accuracy!r}")
    print("theta:", hashlib.sha256(net.theta.tobytes()).hexdigest()[:16])

"""


def script(title: str, imports: str, data: str, runs: Sequence[MeasuredRun]) -> dict[str, str]:
    """Return a Python program that makes runs again, to the bit, and what it prints.

    Parameters
    ----------
    title
        What the network learns from, in a few words.
    imports
        Lines that import what ``data`` needs beside ``numpy`` and ``tidu``.
    data
        Lines that make ``x, t, x_test, t_test``.
    runs
        One, or two that began with the same network.
    """
    networks = [run.run.network for run in runs]
    halfway = any(run.run.run.position for run in runs)
    lines = [
        f'"""A run of the Tidu lab, to the bit: {title}."""\n',
        f"import hashlib\n\nimport numpy as np\n\nimport tidu as td\n{imports}",
        *([_STOP] if halfway else []),
        _SHOW,
        data,
        "",
        f"net = {network_code(networks[0])}",
        *(["other = net.copy()  # for the second optimizer"] if len(runs) > 1 else []),
    ]
    for name, run in zip(NAMES, runs, strict=False):
        lines += ["", *([_fit(name, run)] if run.run.step else []), f"show({name})"]
    return {"code": "\n".join(lines) + "\n", "prints": "".join(map(printed, runs))}


def printed(run: MeasuredRun) -> str:
    """Return what the program prints of a run."""
    loss, accuracy, test_loss, test_accuracy = (
        None if np.isnan(value) else value for value in run.measured()
    )
    theta = hashlib.sha256(run.run.network.theta.tobytes()).hexdigest()[:16]
    return (
        f"train: loss {loss!r}, accuracy {accuracy!r}\n"
        f"test: loss {test_loss!r}, accuracy {test_accuracy!r}\n"
        f"theta: {theta}\n"
    )


def model(runs: Sequence[MeasuredRun], number: int) -> dict[str, str]:
    """Return the file of the network of a run, in base 64, for a page to save.

    Raises
    ------
    InputError
        If there is no run of that number.
    """
    if check_integer("run", number, minimum=0) >= len(runs):
        raise InputError(f"`run` must be less than {len(runs)}, got {number}")
    found = content(runs[number].run.network)
    return {"file": base64.b64encode(found).decode(), "name": "network.safetensors"}


def network_code(network: Network) -> str:
    """Return the call that makes a network at its initial parameters.

    Examples
    --------
    >>> import tidu as td
    >>> print(network_code(td.Network([td.Affine(3)], 2, td.SoftmaxCrossEntropy(), seed=1)))
    td.Network(
        [td.Affine(3)],
        2, td.SoftmaxCrossEntropy(), seed=1,
    )
    """
    layers = named(", ".join(map(repr, network.layers)))
    (size,) = network.input_shape
    settings: dict[str, Any] = {"penalty": network.penalty, "seed": network.seed}
    if network.dtype != "float32":
        settings["dtype"] = str(network.dtype)
    more = [f"{key}={named(repr(value))}" for key, value in settings.items() if value is not None]
    if network.classes and all(len(name) == 1 for name in network.classes):
        more.append(f'classes=list("{"".join(network.classes)}")')
    rest = ", ".join([str(size), named(repr(network.loss_function)), *more])
    body = f"{_wrapped(f'[{layers}],')}\n{rest},"
    return f"td.Network(\n{textwrap.indent(body, '    ')}\n)"


def named(code: str) -> str:
    """Return code with the names of Tidu's classes as they are after ``import tidu as td``.

    Examples
    --------
    >>> named("Adam(lr=Cosine(lr=0.1, steps=9))")
    'td.Adam(lr=td.Cosine(lr=0.1, steps=9))'
    """
    return re.sub(r"\b([A-Z]\w*)\(", r"td.\1(", code)


def call(function: str, name: str, **settings: object) -> str:
    """Return the call of a function, in lines that are not too long.

    Examples
    --------
    >>> call("planes.load", "xor", n=300)
    'planes.load("xor", n=300)'
    """
    given = "".join(f", {key}={value!r}" for key, value in settings.items())
    text = f'{function}("{name}"{given})'
    return text if len(text) < WIDTH else _wrapped(text).replace("\n", "\n    ")


def _fit(name: str, run: MeasuredRun) -> str:
    now, halfway = run.run.run, bool(run.run.run.position)
    settings = {
        "optimizer": named(repr(now.optimizer)),
        "epochs": now.epoch + halfway,
        "batch_size": run.run.batch_size,
        "engine": f'"{run.run.engine_name}"',
        "threads": 1,
    }
    if halfway:
        settings["callbacks"] = f"[StopAt({now.step})]"
    given = ", ".join(["x, t", *(f"{key}={value}" for key, value in settings.items())])
    return f"{name}.fit(\n{textwrap.indent(_wrapped(given + ','), '    ')}\n)"


def _wrapped(text: str) -> str:
    """Return text broken at spaces; no text within quotation marks has any."""
    return "\n".join(textwrap.wrap(text, WIDTH - 4, break_long_words=False, break_on_hyphens=False))
