import numpy as np
import pytest
from numpy.testing import assert_allclose

from tidu.autodiff import Graph
from tidu.experiments import worked_example

RESULT = worked_example().numbers


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("hidden", [0.91293423, 0.97916366, 0.99527429]),
        ("first_output", [0.87582065, 0.91579516]),
        ("dW1", [[0.01371878, 0.02743755], [0.00397243, 0.00794485], [0.00101977, 0.00203954]]),
        ("dW2", [[0.08596704, 0.09220358, 0.09372065], [-0.00522405, -0.00560303, -0.00569522]]),
    ],
)
def test_first_pass(name, printed):
    assert_allclose(RESULT[name], printed, atol=5.1e-9)  # printed with eight digits


def test_first_error():
    assert_allclose(RESULT["first_error"], 0.7551517636359693, rtol=1e-14)  # a few roundings


@pytest.mark.parametrize(
    ("k", "steps", "outputs", "error"),
    [
        (0, 10, [0.56781887, 0.91516015], 0.31676289212881403),
        (1, 100, [0.07346533, 0.94866675], 0.005736286176291658),
        (2, 1000, [0.02295654, 0.97783745], 0.00031579943096304),
    ],
)
def test_after_steps(k, steps, outputs, error):
    assert RESULT["steps"][k] == steps
    assert_allclose(RESULT["outputs"][k], outputs, atol=5.1e-9)  # printed with eight digits
    # A thousand updates, each of which rounds by 1e-16 or so, of outputs up to 1.
    assert_allclose(RESULT["errors"][k], error, rtol=1e-11)


def test_last_weights():
    w1 = [[0.20974664, 0.36949327], [0.26197351, 0.37394702], [0.32365824, 0.39731647]]
    w2 = [[-1.4015885, -1.52114752, -1.4975089], [0.99297003, 1.05251699, 1.10514014]]
    assert_allclose(RESULT["W1"][2], w1, atol=5.1e-9)  # printed with eight digits
    assert_allclose(RESULT["W2"][2], w2, atol=5.1e-9)


def test_every_number_of_the_pass_stands_in_a_table():
    text = worked_example(steps=(10,)).table()
    for array in ("hidden", "first_output", "dW1", "dW2"):
        for value in np.ravel(RESULT[array]):
            assert f"{value:.8f}" in text


def test_looks_come_in_the_order_of_the_steps():
    assert worked_example(steps=(7, 3)).numbers["steps"] == [3, 7]


def test_the_start_stands_in_the_tables():
    text = worked_example(steps=(10,)).table()
    for number in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65):
        assert f"{number:.8f}" in text
    assert any(line.split()[:3] == ["0", "0.87582065", "0.91579516"] for line in text.splitlines())


def test_the_graphs_hold_the_numbers_of_their_steps():
    graphs = [(g["step"], Graph.from_dict(g)) for g in RESULT["graphs"]]
    assert [step for step, _ in graphs] == [0, 10, 100, 1000]
    first = graphs[0][1]
    assert_allclose(first["W1"].gradient, np.transpose(RESULT["dW1"]), rtol=1e-13)
    assert_allclose(first["W2"].gradient, np.transpose(RESULT["dW2"]), rtol=1e-13)
    assert_allclose(2 * first.output.value, RESULT["first_error"], rtol=1e-14)
    for k, (_, graph) in enumerate(graphs[1:]):
        assert_allclose(graph["W1"].value, np.transpose(RESULT["W1"][k]), rtol=1e-15)
        assert_allclose(2 * graph.output.value, RESULT["errors"][k], rtol=1e-13)
