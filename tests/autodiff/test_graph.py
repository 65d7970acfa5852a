"""The graph of a computation: published numbers, formulas, sentences, and what is not one."""

import json

import numpy as np
import pytest

import tidu as td
from tidu import functions


def micrograd(a, b):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + functions.relu(b + a)
    d += 3 * d + functions.relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def test_the_readme_graph_of_micrograd():
    g = td.graph(micrograd, -4.0, 2.0)
    numbers = g.output.value, g["a"].gradient, g["b"].gradient
    assert [round(float(x), 4) for x in numbers] == [24.7041, 138.8338, 645.5773]


def test_the_expression_of_micrograd_s_lecture():
    g = td.graph(lambda a, b, c, d: (a * b + c) * functions.relu(d), 2.0, -3.0, 10.0, 1.0)
    found = {node.name: (node.formula, node.value, node.gradient) for node in g.nodes}
    assert found == {
        "a": ("", 2, -3),
        "b": ("", -3, 2),
        "c": ("", 10, 1),
        "d": ("", 1, 4),
        "v1": ("a · b", -6, 1),
        "v2": ("v1 + c", 4, 1),
        "v3": ("relu(d)", 1, 4),
        "L": ("v2 · v3", 4, 1),
    }


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (micrograd, (-4.0, 2.0)),
        (lambda W, x: np.sum(functions.sigmoid(W @ x) ** 2), (np.eye(3) - 0.5, [1.0, 2.0, 3.0])),
        (lambda x: functions.cross_entropy(functions.softmax(x), [1]), ([[0.3, -0.1, 2.0]],)),
        (lambda x: x * x * x, (3.0,)),
        (lambda x: x, (3.0,)),
        (lambda x: functions.gelu(functions.gelu(x)) + functions.softplus(x), (0.3,)),
    ],
)
def test_gradients_are_those_of_grad(f, args):
    g = td.graph(f, *args)
    expected = td.grad(f, tuple(range(len(args))))(*args)
    for node, dx in zip(g.nodes, expected, strict=False):
        np.testing.assert_allclose(node.gradient, dx, rtol=1e-14)
    value, _ = td.value_and_grad(f)(*args)
    assert g.output.value == value


def test_the_gradient_of_a_node_is_the_sum_over_its_edges():
    g = td.graph(micrograd, -4.0, 2.0)
    for k, node in enumerate(g.nodes[:-1]):
        edges = [(end, edge) for end, edge in g.consumers(k)]
        total = sum(edge.gradient for _, edge in edges)
        np.testing.assert_allclose(node.gradient, total, rtol=1e-15)
        for end, edge in edges:
            np.testing.assert_allclose(edge.gradient, end.gradient * edge.slope, rtol=1e-14)


def test_a_function_of_tidu_is_one_node_each_time_it_is_called():
    g = td.graph(lambda x: functions.sigmoid(functions.sigmoid(x)) * functions.tanh(x), 0.5)
    assert [n.formula for n in g.nodes] == ["", "sigmoid(x)", "sigmoid(v1)", "tanh(x)", "v2 · v3"]
    s = 1 / (1 + np.exp(-0.5))
    np.testing.assert_allclose(g.nodes[1].edges[0].slope, s * (1 - s), rtol=1e-14)


def test_what_does_not_lead_to_the_output_is_left_out_but_inputs_stay():
    def f(a, b):
        np.exp(a) * 3
        return 2 * a

    g = td.graph(f, 1.0, 5.0)
    assert [n.name for n in g.nodes] == ["a", "b", "L"]
    assert g["b"].gradient == 0
    assert "∂L/∂b = 0: L does not depend on it" in g.steps()


FORMULAS = {
    "x @ y": (lambda x: np.sum(x @ np.ones((2, 3))), "x @ (2, 3)"),
    "index": (lambda x: x[0, 1], "x[0, 1]"),
    "slices": (lambda x: np.sum(x[..., ::2]), "x[…, ::2]"),
    "constant on the left": (lambda x: np.sum(2 - x), "2 − x"),
    "power": (lambda x: np.sum(x**2), "x ^ 2"),
    "negative": (lambda x: np.sum(-x), "−x"),
    "axis": (lambda x: np.sum(np.max(x, axis=1)), "max(x, axis=1)"),
    "the first axis": (lambda x: np.sum(np.max(x, axis=0)), "max(x, axis=0)"),
    "remainder": (lambda x: np.sum(x % 2.0), "x mod 2"),
    "where": (lambda x: np.sum(np.where([True, False], x, 0.0)), "where([1 0], x, 0)"),
}


@pytest.mark.parametrize(("f", "formula"), FORMULAS.values(), ids=FORMULAS)
def test_formulas(f, formula):
    nodes = td.graph(f, [[1.0, 2.0]]).nodes
    assert formula in [node.formula for node in nodes]


def test_names_come_from_the_function_or_its_containers():
    named = lambda f, *x: [n.name for n in td.graph(f, *x).nodes if not n.operation]  # noqa: E731
    assert named(lambda x, y: x * y, 1.0, 2.0) == ["x", "y"]
    assert named(lambda *xs: xs[0] * xs[1], 1.0, 2.0) == ["xs[0]", "xs[1]"]
    assert named(np.hypot, 1.0, 2.0) == ["x1", "x2"]
    assert named(np.sin, 1.0) == ["x"]
    params = {"W": np.ones((2, 2)), "layers": [np.ones(2), 1.0]}
    assert named(lambda p: np.sum(p["W"]), params) == ["W", "layers[0]", "layers[1]"]


def test_names_that_are_taken_are_not_given_again():
    assert [n.name for n in td.graph(lambda v, L: v * L + v, 1.0, 2.0).nodes] == [
        "v", "L", "node1", "out",
    ]  # fmt: skip


def test_steps_with_numbers():
    g = td.graph(lambda a, b: np.tanh(a * b), 0.5, -1.0)
    steps = g.steps()
    assert steps[2] == "v1 = a · b = 0.5 · (−1) = −0.5"
    assert steps[3] == "L = tanh(v1) = tanh(−0.5) = −0.462117"
    assert "∂L/∂a = ∂L/∂v1 · ∂v1/∂a = 0.786448 · (−1) = −0.786448" in steps


def test_steps_of_arrays_give_shapes_and_norms():
    steps = td.graph(lambda W: np.sum(W @ np.ones((3, 2))), np.ones((5, 3))).steps()
    assert "v1 = W @ (3, 2) = (5, 2)" in steps
    assert "∂L/∂W comes back through v1 = W @ (3, 2): (5, 3), norm 7.74597" in steps


def test_json_and_back():
    g = td.graph(lambda W, b: np.sum((W @ b) ** 2) / b[0], np.eye(2) * 3, [1.0, 2.0])
    again = td.Graph.from_dict(json.loads(json.dumps(g.as_dict())))
    assert repr(again) == repr(g)
    assert again.steps() == g.steps()
    for a, b in zip(g.nodes, again.nodes, strict=True):
        np.testing.assert_array_equal(a.value, b.value)
        for e, d in zip(a.edges, b.edges, strict=True):
            np.testing.assert_array_equal(e.gradient, d.gradient)


def test_an_unknown_node_is_said_as_such():
    with pytest.raises(td.InputError, match="there is no node 'w1'; it is one of 'x', 'v1', 'L'"):
        td.graph(lambda x: x * x + 1, 2.0)["w1"]
