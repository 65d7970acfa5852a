"""A network as an ONNX file, which many other programs and devices can run.

The graph predicts: dropout is gone, and batch normalization uses its running statistics.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tidu.atomic import write_atomically
from tidu.errors import need
from tidu.formats.architecture import encoded
from tidu.formats.exports import activation_of, link_of, row_of, value_names
from tidu.formats.table_code import inputs_in_words
from tidu.functions import GELU_CUBIC, GELU_SCALE, SELU_ALPHA, SELU_SCALE
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
from tidu.layers.chain import NamedLayer
from tidu.layers.scaling import FLAT
from tidu.network import Network

OPSET, IR_VERSION = 17, 8
"""Versions that runtimes have read since 2022."""
FORM = "an ONNX file"


def to_onnx(network: Network, path: str | Path) -> None:
    """Write the network as an ONNX file (extra ``[onnx]``).

    Its input is ``x``, float32 of shape ``(N, *input_shape)`` with N free. Its outputs are
    ``scores`` and what the loss makes of them: ``probabilities`` of a softmax or sigmoid link,
    ``means`` of an exponential one. The names of the classes stand in the metadata, as a JSON list
    under ``classes``. All numbers are float32, whatever the network's dtype. Of a network that
    learned from a table, ``inputs`` lists the columns of x and ``schema`` says what each of the
    table's columns becomes, both as JSON.

    Raises
    ------
    MissingExtraError
        If onnx is not installed.
    InputError
        If a layer or the loss has no such form; the message names it.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile, onnx, tidu as td
    >>> net = td.Network([td.Affine(3)], input_shape=2, loss=td.SoftmaxCrossEntropy())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     net.to_onnx(folder + "/net.onnx")
    ...     model = onnx.load(folder + "/net.onnx")
    >>> [node.op_type for node in model.graph.node]
    ['MatMul', 'Add', 'Identity', 'Softmax']
    """
    onnx = need("onnx", extra="onnx")
    model = _model(onnx, network)
    onnx.checker.check_model(model, full_check=True)
    write_atomically(path, model.SerializeToString())


def _model(onnx: Any, network: Network) -> Any:
    graph = _Graph(onnx, network)
    scores = graph.layers(network.chain.walk(network.input_shape), "x")
    graph.add("Identity", scores, output="scores")
    outputs = ["scores"]
    link = link_of(network.loss_function, LINKS, FORM)
    if link is not None:
        operator, name, settings = link
        outputs.append(graph.add(operator, "scores", output=name, **settings))
    used = {name for node in graph.nodes for name in node.input}
    made = onnx.helper.make_graph(
        graph.nodes,
        "network",
        [graph.described("x", network.input_shape)],
        [graph.described(name, network.output_shape) for name in outputs],
        initializer=[constant for constant in graph.constants if constant.name in used],
    )
    model = onnx.helper.make_model(
        made,
        producer_name="tidu",
        ir_version=IR_VERSION,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
    )
    more = {"classes": network.classes} if network.classes else {}
    if network.schema is not None:
        more |= {"inputs": network.schema.inputs, "schema": encoded(network.schema)}
        model.graph.input[0].doc_string = inputs_in_words(network.schema)
    onnx.helper.set_model_props(model, {name: json.dumps(value) for name, value in more.items()})
    return model


class _Graph:
    """Nodes and constants as they come; each node's output has a name of its own."""

    def __init__(self, onnx: Any, network: Network) -> None:
        self.onnx, self.network = onnx, network
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def layers(self, layers: Iterable[NamedLayer], x: str) -> str:
        """Add the nodes of layers one after another; return the name of the last one's output."""
        for at in layers:
            row = row_of(at.layer, ROWS, FORM)
            names = value_names(self.network, at)
            values = {own: self.constant(self.network[name], name) for own, name in names.items()}
            x = row(self, at, x, values)
        return x

    def add(self, operator: str, *inputs: str, output: str = "", **settings: Any) -> str:
        """Add a node, and return the name of its output."""
        output = output or f"{operator}_{len(self.nodes)}"
        name = f"{operator}_{len(self.nodes)}"
        node = self.onnx.helper.make_node(operator, inputs, [output], name, **settings)
        self.nodes.append(node)
        return output

    def constant(self, value: Any, name: str = "") -> str:
        """Add an array or a number, and return its name."""
        name = name or f"constant_{len(self.constants)}"
        array = np.asarray(value, np.float32)
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def indices(self, numbers: Iterable[int]) -> str:
        """Add a list of integers, and return its name."""
        name = f"constant_{len(self.constants)}"
        array = np.array(list(numbers), np.int64)
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def described(self, name: str, shape: tuple[int, ...]) -> Any:
        """Return what the file says of an input or an output: its shape, the batch free."""
        kind = self.onnx.TensorProto.FLOAT
        return self.onnx.helper.make_tensor_value_info(name, kind, ["N", *shape])


Row = Callable[[_Graph, Any, str, dict[str, str]], str]
"""Adds a layer's nodes, given the names of its input and its values; returns its output's name."""


def _node(operator: str, **settings: Any) -> Row:
    """Return a row of one node, whose settings are numbers or fields of the layer by name."""

    def row(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
        given = {k: getattr(at.layer, v) if isinstance(v, str) else v for k, v in settings.items()}
        return graph.add(operator, x, **given)

    return row


def _nothing(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    return x


def _affine(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    y = graph.add("MatMul", x, values["W"])
    return graph.add("Add", y, values["b"]) if at.layer.bias else y


def _batch_norm(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    order = ("gamma", "beta", "running_mean", "running_var")
    inputs = (values[name] for name in order)
    return graph.add("BatchNormalization", x, *inputs, epsilon=at.layer.eps)


def _gelu(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    # Beyond ±10, σ(2u) is 0 or 1 in float32; up to there, a plain exp(−2u) does not overflow.
    held = graph.add("Clip", x, graph.constant(-10), graph.constant(10))
    cube = graph.add("Mul", graph.add("Mul", held, held), held)
    u = graph.add("Add", held, graph.add("Mul", cube, graph.constant(GELU_CUBIC)))
    gate = graph.add("Sigmoid", graph.add("Mul", u, graph.constant(2 * GELU_SCALE)))
    return graph.add("Mul", x, gate)


def _rescale(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    scaled = graph.add("Mul", x, graph.constant(at.layer.scale))
    return graph.add("Add", scaled, graph.constant(at.layer.offset))


def _standardize(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    factors, mean = graph.constant(at.layer.factors), graph.constant(at.layer.mean)
    if at.layer.inverse:
        return graph.add("Add", graph.add("Mul", x, factors), mean)
    return graph.add("Mul", graph.add("Sub", x, mean), factors)


def _residual(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    return graph.add("Add", x, graph.layers(at.inner, x))


def _mish(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    return graph.add("Mul", x, graph.add("Tanh", graph.add("Softplus", x)))


def _scale(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    return graph.add("Mul", x, values["scale"])


def _smooth_clip(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    u = graph.add("Mul", x, graph.constant(1 / at.layer.limit))
    u = graph.add("Clip", u, graph.constant(-FLAT), graph.constant(FLAT))
    square = graph.add("Add", graph.add("Mul", u, u), graph.constant(1))
    scaled = graph.add("Mul", u, graph.constant(at.layer.limit))
    return graph.add("Div", scaled, graph.add("Sqrt", square))


def _parametric(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    f = graph.layers([activation_of(at)], x)
    change = graph.add("Mul", graph.add("Sub", f, x), values["alpha"])
    return graph.add("Add", x, change)


def _periodic(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    columns = graph.indices(at.layer.chosen(at.input_shape[0]))
    z = graph.add("Unsqueeze", graph.add("Gather", x, columns, axis=1), graph.indices([2]))
    f = graph.add("Mul", values["frequency"], graph.constant(2 * math.pi))
    w = graph.add("Cos", graph.add("Add", graph.add("Mul", z, f), values["phase"]))
    A = graph.add("Transpose", values["amplitude"], perm=[0, 2, 1])
    e = graph.add("MatMul", graph.add("Unsqueeze", w, graph.indices([2])), A)
    e = graph.add("Add", graph.add("Squeeze", e, graph.indices([2])), values["offset"])
    return graph.add("Concat", x, graph.add("Flatten", e), axis=1)


def _embedding(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    others = at.layer.others(at.input_shape[0])
    parts = [graph.add("Gather", x, graph.indices(others), axis=1)] if others else []
    for columns, rows in at.layer.slices():
        group = graph.add("Gather", x, graph.indices(range(columns.start, columns.stop)), axis=1)
        own = graph.indices(range(rows.start, rows.stop))
        E = graph.add("Gather", values["vectors"], own, axis=0)
        parts.append(graph.add("MatMul", group, E))
    return graph.add("Concat", *parts, axis=1)


def _clamp(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    raised = graph.add("Max", x, graph.constant(at.layer.low))
    return graph.add("Min", raised, graph.constant(at.layer.high))


def _silu(graph: _Graph, at: Any, x: str, values: dict[str, str]) -> str:
    return graph.add("Mul", x, graph.add("Sigmoid", x))


ROWS: dict[type, Row] = {
    Affine: _affine,
    BatchNorm: _batch_norm,
    Clamp: _clamp,
    Dropout: _nothing,
    ELU: _node("Elu", alpha="alpha"),
    Embedding: _embedding,
    Flatten: _node("Flatten"),
    GELU: _gelu,
    HardSwish: _node("HardSwish"),
    Identity: _nothing,
    LeakyReLU: _node("LeakyRelu", alpha="slope"),
    Mish: _mish,
    Parametric: _parametric,
    Periodic: _periodic,
    ReLU: _node("Relu"),
    Rescale: _rescale,
    Residual: _residual,
    Scale: _scale,
    SELU: _node("Selu", alpha=SELU_ALPHA, gamma=SELU_SCALE),
    Sigmoid: _node("Sigmoid"),
    SiLU: _silu,
    SmoothClip: _smooth_clip,
    Softmax: _node("Softmax", axis=-1),
    Softplus: _node("Softplus"),
    Standardize: _standardize,
    Tanh: _node("Tanh"),
}
"""How each layer is written: one row a layer."""

LINKS: dict[str, tuple[str, str, dict[str, Any]] | None] = {
    "exp": ("Exp", "means", {}),
    "identity": None,
    "sigmoid": ("Sigmoid", "probabilities", {}),
    "softmax": ("Softmax", "probabilities", {"axis": -1}),
}
"""The operator of each link, the name of what it gives, and its settings."""
