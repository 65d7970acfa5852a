"""A network as a Python file that needs NumPy and nothing else, to be read and to predict.

The computation is at the top of the file, one line a layer; the numbers follow, as base64.
"""

from __future__ import annotations

import base64
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tidu import functions
from tidu.atomic import write_atomically
from tidu.formats.exports import activation_of, link_of, row_of, value_names
from tidu.formats.table_code import table_code, table_constants
from tidu.layers import (
    ELU,
    GELU,
    SELU,
    Affine,
    BatchNorm,
    Clamp,
    Dropout,
    Embedding,
    Flatten,
    HardSwish,
    Identity,
    LeakyReLU,
    Mish,
    Parametric,
    Periodic,
    ReLU,
    Rescale,
    Residual,
    Scale,
    Sigmoid,
    SiLU,
    SmoothClip,
    Softmax,
    Softplus,
    Standardize,
    Tanh,
)
from tidu.layers.base import Shape
from tidu.layers.chain import NamedLayer
from tidu.network import Network

FORM = "a file for NumPy"


def to_numpy(network: Network, path: str | Path) -> None:
    """Write a Python file that predicts as the network does, with NumPy alone.

    It has ``scores(x)``, ``predict_proba(x)`` where the loss has classes or binary targets, and
    ``predict(x)``; started as a program, it predicts what is in an ``.npy`` file. Of a network that
    learned from a table with names of columns, it has ``encode(rows)`` too, which makes x of the
    table's rows, and predicts what is in a ``.csv`` file.

    Raises
    ------
    InputError
        If a layer or the loss has no such form; the message names it.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import runpy, tempfile, numpy as np, tidu as td
    >>> net = td.Network([td.Affine(3)], input_shape=2, loss=td.SoftmaxCrossEntropy())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     net.to_numpy(folder + "/net.py")
    ...     alone = runpy.run_path(folder + "/net.py")
    >>> x = np.ones((1, 2))
    >>> bool((alone["predict"](x) == net.predict(x)).all())
    True
    """
    write_atomically(path, _source(network).encode())


def _source(network: Network) -> str:
    body = "\n".join(_Body(network).lines(network.chain.walk(network.input_shape)))
    predictors = link_of(network.loss_function, PREDICTORS, FORM)
    used = _with_helpers(body + predictors)
    shape = ", ".join(map(str, network.input_shape))
    schema = network.schema
    usage, csv, constants, table, main = _USAGE.format(shape=shape), "", "", [], _MAIN
    if schema is not None and schema.named:
        usage, csv, constants = _TABLE_USAGE, "\nimport csv", "\n" + table_constants(schema)
        table, main = [table_code()], _TABLE_MAIN
    head = f'''"""A neural network as {FORM}: nothing else is needed to run it.

{usage}. The rows of numbers at the end are what it has learned, in
base64; Tidu wrote them.
"""

import base64{csv}
import sys

import numpy as np

INPUT_SHAPE = {network.input_shape!r}
CLASSES = {network.classes!r}{constants}


def scores(x):
    """Return the output of the last layer for samples x, of shape (N, {shape})."""
    x = np.asarray(x, "{network.dtype}")
    if x.shape[1:] != INPUT_SHAPE:
        raise ValueError(f"x has shape {{x.shape}}; it must be (N, {shape})")
{textwrap.indent(body, "    ")}
    return x


'''
    names = (*network.layout, *network.state_layout)
    arrays = [(name, network[name]) for name in names if re.search(rf"\b{name}\b", body)]
    parts = [head.rstrip() + "\n", predictors, *table, *used, _ARRAY, *_arrays(arrays), main]
    return "\n\n".join(parts)


class _Body:
    """The lines that compute the scores of ``x``."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.depth = 0

    def lines(self, layers: Iterable[NamedLayer]) -> Iterator[str]:
        """Yield the lines of layers one after another."""
        for at in layers:
            yield from row_of(at.layer, ROWS, FORM)(self, at)


Row = Callable[[_Body, NamedLayer], Iterator[str]]


def _expression(expression: str | Callable[[Any, Shape, dict[str, str]], str]) -> Row:
    """Return the row of a layer that is one expression of ``x``.

    It is a text, or a function of the layer, the shape of a sample and the names of its values.
    """

    def row(body: _Body, at: NamedLayer) -> Iterator[str]:
        text = expression
        if not isinstance(text, str):
            text = text(at.layer, at.input_shape, value_names(body.network, at))
        yield f"# {at.layer!r}: x stays" if text == "x" else f"x = {text}  # {at.layer!r}"

    return row


def _affine(layer: Affine, shape: Shape, names: dict[str, str]) -> str:
    product = f"x @ {names['W']}"
    return f"{product} + {names['b']}" if layer.bias else product


def _batch_norm(layer: BatchNorm, shape: Shape, names: dict[str, str]) -> str:
    column = "[:, None, None]" if len(shape) == 3 else ""
    g, b, mean, var = (
        names[name] + column for name in ("gamma", "beta", "running_mean", "running_var")
    )
    return f"{g} * ((x - {mean}) * (1 / np.sqrt({var} + {layer.eps}))) + {b}"


def _residual(body: _Body, at: NamedLayer) -> Iterator[str]:
    """Yield the lines of the block, between a note of x and the sum."""
    body.depth += 1
    kept = f"x{body.depth}"
    yield f"{kept} = x  # Residual: around the lines that follow"
    yield from body.lines(at.inner)
    yield f"x = {kept} + x"
    body.depth -= 1


def _parametric(body: _Body, at: NamedLayer) -> Iterator[str]:
    """Yield the line of the activation, between a note of x and the mean of the two."""
    body.depth += 1
    kept = f"x{body.depth}"
    yield f"{kept} = x  # Parametric: a share of the way to what follows"
    yield from body.lines([activation_of(at)])
    yield f"x = {kept} + {value_names(body.network, at)['alpha']} * (x - {kept})"
    body.depth -= 1


def _periodic(layer: Periodic, shape: Shape, names: dict[str, str]) -> str:
    values = ", ".join(names[name] for name in ("frequency", "phase", "amplitude", "offset"))
    return f"periodic(x, {list(layer.chosen(shape[0]))}, {values})"


def _embedding(layer: Embedding, shape: Shape, names: dict[str, str]) -> str:
    parts = [
        f"x[:, {columns.start}:{columns.stop}] @ {names['vectors']}[{rows.start}:{rows.stop}]"
        for columns, rows in layer.slices()
    ]
    others = layer.others(shape[0])
    kept = [f"x[:, {others}]"] if others else []
    return f"np.concatenate([{', '.join([*kept, *parts])}], axis=1)"


def _clamp(layer: Clamp, shape: Shape, names: dict[str, str]) -> str:
    low, high = (f"np.array({list(bound)}, x.dtype)" for bound in (layer.low, layer.high))
    return f"np.clip(x, {low}, {high})"


def _standardize(layer: Standardize, shape: Shape, names: dict[str, str]) -> str:
    mean, factors = (
        f"np.array({[float(number) for number in numbers]}, x.dtype)"
        for numbers in (layer.mean, layer.factors)
    )
    return f"{factors} * x + {mean}" if layer.inverse else f"{factors} * (x - {mean})"


ROWS: dict[type, Row] = {
    Affine: _expression(_affine),
    BatchNorm: _expression(_batch_norm),
    Clamp: _expression(_clamp),
    Dropout: _expression("x"),
    ELU: _expression(
        lambda layer, *_: f"np.where(x < 0, {layer.alpha} * np.expm1(np.minimum(x, 0)), x)"
    ),
    Embedding: _expression(_embedding),
    Flatten: _expression(lambda layer, shape, _: f"x.reshape(len(x), {math.prod(shape)})"),
    GELU: _expression("gelu(x)"),
    HardSwish: _expression("x * (np.clip(x + 3, 0, 6) / 6)"),
    Identity: _expression("x"),
    LeakyReLU: _expression(lambda layer, *_: f"np.where(x < 0, {layer.slope} * x, x)"),
    Mish: _expression("x * np.tanh(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))"),
    Parametric: _parametric,
    Periodic: _expression(_periodic),
    ReLU: _expression("np.maximum(x, 0)"),
    Rescale: _expression(
        lambda layer, *_: f"{layer.scale} * x" + (f" + {layer.offset}" if layer.offset else "")
    ),
    Residual: _residual,
    Scale: _expression(lambda layer, shape, names: f"{names['scale']} * x"),
    SELU: _expression(
        f"np.where(x < 0, {functions.SELU_SCALE * functions.SELU_ALPHA} * "
        f"np.expm1(np.minimum(x, 0)), {functions.SELU_SCALE} * x)"
    ),
    Sigmoid: _expression("sigmoid(x)"),
    SiLU: _expression("x * sigmoid(x)"),
    SmoothClip: _expression(lambda layer, *_: f"smooth_clip(x, {layer.limit})"),
    Softmax: _expression("softmax(x)"),
    Softplus: _expression("np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))"),
    Standardize: _expression(_standardize),
    Tanh: _expression("np.tanh(x)"),
}
"""How each layer is written: one row a layer."""

_HELPERS = {
    "gelu": '''def gelu(x):
    """x s, with s = sigmoid(2u) and u = sqrt(2/pi) (x + 0.044715 x^3); beyond 30, s is 0 or 1."""
    held = np.clip(x, -30, 30)
    return x * sigmoid(2 * 0.7978845608028654 * (held + 0.044715 * held**3))
''',
    "periodic": '''def periodic(x, columns, frequency, phase, amplitude, offset):
    """x, and for each chosen column c the numbers cos(2 pi f c + phase) A^T + offset."""
    waves = np.cos(2 * np.pi * frequency * x[:, columns, None] + phase)
    e = np.sum(waves[:, :, None, :] * amplitude, axis=3) + offset
    return np.concatenate([x, e.reshape(len(x), offset.size)], axis=1)
''',
    "sigmoid": '''def sigmoid(x):
    """1 / (1 + exp(-x)), without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1) / (1 + e)
''',
    "smooth_clip": '''def smooth_clip(x, limit):
    """x / sqrt(1 + (x / limit)^2), without overflow."""
    u = np.clip(x / limit, -1e9, 1e9)
    return limit * u / np.sqrt(1 + u**2)
''',
    "softmax": '''def softmax(x):
    """exp(x) / sum of exp(x) over each row, without overflow."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
''',
}


def _with_helpers(code: str) -> list[str]:
    """Return the helpers that a piece of code calls, and those that they call."""
    used = []
    for name, helper in _HELPERS.items():  # gelu, which calls sigmoid, comes before it
        if f"{name}(" in code:
            used.append(helper)
            code += helper
    return used


PREDICTORS = {
    "softmax": '''def predict_proba(x):
    """Return the probability of each class, (N, classes)."""
    return softmax(scores(x))


def predict(x):
    """Return the number of the likeliest class of each sample; CLASSES has their names."""
    return np.argmax(scores(x), axis=-1)
''',
    "sigmoid": '''def predict_proba(x):
    """Return the probability of 1 for each output."""
    return sigmoid(scores(x))


def predict(x):
    """Return 0 or 1 for each output; one number a sample if there is one output."""
    y = (scores(x) > 0).astype(int)
    return y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
''',
    "exp": '''def predict(x):
    """Return what is expected, e to the score."""
    return np.exp(scores(x))
''',
    "identity": '''def predict(x):
    """Return the values."""
    return scores(x)
''',
}

_USAGE = """    from this_file import predict
    predict(x)  # x: an array of shape (N, {shape})

or: python this_file.py inputs.npy"""

_TABLE_USAGE = """    from this_file import encode, predict
    predict(encode(rows))  # rows of a table, each a dict with the names in COLUMNS

or: python this_file.py rows.csv. INPUTS names the columns of x that encode makes: a gap is filled,
a category is a column of 0 and 1, a date is the days since 1970"""

_ARRAY = '''def _array(dtype, shape, text):
    """Return the array whose bytes are written in base64."""
    return np.frombuffer(base64.b64decode(text), dtype).reshape(shape)
'''

_MAIN = """if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python this_file.py inputs.npy")
    for y in predict(np.load(sys.argv[1])):
        print(y if CLASSES is None else CLASSES[y])
"""


_TABLE_MAIN = """if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python this_file.py rows.csv")
    with open(sys.argv[1], newline="", encoding="utf-8-sig") as file:
        inputs = encode(csv.DictReader(file))
    for answer in predict(inputs):
        print(answer if CLASSES is None else CLASSES[answer])
"""


def _arrays(arrays: Iterable[tuple[str, np.ndarray]]) -> Iterable[str]:
    for name, array in arrays:
        little = array.astype(array.dtype.newbyteorder("<"))
        text = base64.encodebytes(little.tobytes()).decode()
        yield f'{name} = _array("{little.dtype.str}", {array.shape}, """\n{text}""")\n'
