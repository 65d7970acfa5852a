from numpy.testing import assert_allclose

from tidu.autodiff import Graph
from tidu.experiments import shop


def test_numbers_of_the_course():
    numbers = shop().numbers
    assert_allclose(numbers["total"], 715, rtol=1e-15)
    slopes = list(numbers["gradients"].values())
    assert_allclose(slopes[:5], [2.2, 110, 3.3, 165, 650], rtol=1e-15)
    # The total is linear in each, so differences are exact but for rounding, eps·715/h.
    assert_allclose(numbers["measured"], slopes[:5], rtol=1e-9)


def test_other_bills():
    gradients = shop(apple=3, apples=0, orange=2, oranges=10, tax=1).numbers["gradients"]
    assert list(gradients.values())[:5] == [0, 3, 10, 2, 20]


def test_the_graph_has_the_numbers():
    graph = Graph.from_dict(shop().numbers["graph"])
    assert graph.output.name == "total"
    assert graph.output.value == shop().numbers["total"]
    assert graph["tax"].gradient == 650
