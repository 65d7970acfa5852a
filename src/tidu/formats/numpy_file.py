"""A network as a Python file that needs NumPy and nothing else, to be read and to predict.

What the file does stands at its top, one line a layer; the numbers follow, as base64.
"""

from __future__ import annotations

import base64
import math
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tidu.atomic import write_atomically
from tidu.formats.parts import Part, parts, refuse
from tidu.layers import (
    ELU,
    GELU,
    Affine,
    BatchNorm,
    Dropout,
    Flatten,
    Identity,
    LeakyReLU,
    ReLU,
    Rescale,
    Residual,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from tidu.network import Network

FORM = "a file for NumPy"


def to_numpy(network: Network, path: str | Path) -> None:
    """Write a Python file that predicts as the network does, with NumPy alone.

    It has ``scores(x)``, ``predict_proba(x)`` where the loss has classes or yes-or-no answers, and
    ``predict(x)``; started as a program, it predicts what is in an ``.npy`` file.

    Raises
    ------
    InputError
        If a layer or the loss is not one that comes with Tidu.
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
    body = "\n".join(_lines(parts(network)))
    answers = _ANSWERS.get(network.loss_function.link)
    if answers is None:
        raise refuse(network.loss_function, FORM)
    used = _with_helpers(body + answers)
    shape = ", ".join(map(str, network.input_shape))
    head = f'''"""A neural network as {FORM}: nothing else is needed to run it.

    from this_file import predict
    predict(x)  # x: an array of shape (N, {shape})

or: python this_file.py inputs.npy. The rows of numbers at the end are what it has learned, in
base64; Tidu wrote them.
"""

import base64
import sys

import numpy as np

INPUT_SHAPE = {network.input_shape!r}
CLASSES = {network.classes!r}


def scores(x):
    """Return the output of the last layer for samples x, of shape (N, {shape})."""
    x = np.asarray(x, "{network.dtype}")
    if x.shape[1:] != INPUT_SHAPE:
        raise ValueError(f"x has shape {{x.shape}}; it must be (N, {shape})")
{textwrap.indent(body, "    ")}
    return x


'''
    arrays = [(name, network[name]) for name in (*network.layout, *network.state_layout)]
    return "\n\n".join([head.rstrip() + "\n", answers, *used, _ARRAY, *_arrays(arrays), _MAIN])


def _lines(row: Iterable[Part], depth: int = 1) -> Iterable[str]:
    """Yield one line a layer; those of a residual block stand between a note of x and the sum."""
    for part in row:
        if isinstance(part.layer, Residual):
            yield f"x{depth} = x  # Residual: around the lines that follow"
            yield from _lines(part.inner, depth + 1)
            yield f"x = x{depth} + x"
        elif type(part.layer) in _EXPRESSIONS:
            expression = _EXPRESSIONS[type(part.layer)](part)
            stays = expression == "x"
            yield f"# {part.layer!r}: x stays" if stays else f"x = {expression}  # {part.layer!r}"
        else:
            raise refuse(part.layer, FORM)


def _affine(part: Part) -> str:
    product = f"x @ {part.names['W']}"
    return f"{product} + {part.names['b']}" if "b" in part.names else product


def _batch_norm(part: Part) -> str:
    column = "[:, None, None]" if len(part.shape) == 3 else ""
    g, b, mean, var = (
        part.names[name] + column for name in ("gamma", "beta", "running_mean", "running_var")
    )
    return f"{g} * ((x - {mean}) * (1 / np.sqrt({var} + {part.layer.eps}))) + {b}"  # type: ignore[attr-defined]


_EXPRESSIONS: dict[type, Callable[[Any], str]] = {
    Affine: _affine,
    BatchNorm: _batch_norm,
    Dropout: lambda part: "x",
    Flatten: lambda part: f"x.reshape(len(x), {math.prod(part.shape)})",
    Identity: lambda part: "x",
    Rescale: lambda part: (
        f"{part.layer.scale} * x" + (f" + {part.layer.offset}" if part.layer.offset else "")
    ),
    Sigmoid: lambda part: "sigmoid(x)",
    Tanh: lambda part: "np.tanh(x)",
    ReLU: lambda part: "np.maximum(x, 0)",
    LeakyReLU: lambda part: f"np.where(x < 0, {part.layer.slope} * x, x)",
    ELU: lambda part: f"np.where(x < 0, {part.layer.alpha} * np.expm1(np.minimum(x, 0)), x)",
    GELU: lambda part: "gelu(x)",
    SiLU: lambda part: "x * sigmoid(x)",
    Softplus: lambda part: "np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))",
    Softmax: lambda part: "softmax(x)",
}

_HELPERS = {
    "gelu": '''def gelu(x):
    """x s, with s = sigmoid(2u) and u = sqrt(2/pi) (x + 0.044715 x^3); beyond 30, s is 0 or 1."""
    held = np.clip(x, -30, 30)
    return x * sigmoid(2 * 0.7978845608028654 * (held + 0.044715 * held**3))
''',
    "sigmoid": '''def sigmoid(x):
    """1 / (1 + exp(-x)), without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1) / (1 + e)
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


_ANSWERS = {
    "softmax": '''def predict_proba(x):
    """Return the probability of each class, (N, classes)."""
    return softmax(scores(x))


def predict(x):
    """Return the number of the likeliest class of each sample; CLASSES has their names."""
    return np.argmax(scores(x), axis=-1)
''',
    "sigmoid": '''def predict_proba(x):
    """Return the probability of each yes."""
    return sigmoid(scores(x))


def predict(x):
    """Return 1 for each yes, 0 for each no; one number a sample if there is one question."""
    yes = (scores(x) > 0).astype(int)
    return yes[:, 0] if yes.ndim == 2 and yes.shape[1] == 1 else yes
''',
    "identity": '''def predict(x):
    """Return the values."""
    return scores(x)
''',
}

_ARRAY = '''def _array(dtype, shape, text):
    """Return the array whose bytes are written in base64."""
    return np.frombuffer(base64.b64decode(text), dtype).reshape(shape)
'''

_MAIN = """if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python this_file.py inputs.npy")
    for answer in predict(np.load(sys.argv[1])):
        print(answer if CLASSES is None else CLASSES[answer])
"""


def _arrays(arrays: Iterable[tuple[str, np.ndarray]]) -> Iterable[str]:
    for name, array in arrays:
        little = array.astype(array.dtype.newbyteorder("<"))
        text = base64.encodebytes(little.tobytes()).decode()
        yield f'{name} = _array("{little.dtype.str}", {array.shape}, """\n{text}""")\n'
