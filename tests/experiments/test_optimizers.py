import pytest
from numpy.testing import assert_allclose

from tidu.experiments import optimizers

NUMBERS = optimizers().numbers


@pytest.mark.parametrize(
    ("name", "end", "digit"),
    [
        ("SGD", (-0.350393, 0.084782), 5.1e-7),
        ("Momentum", (0.896414, 0.088086), 5.1e-7),
        # The usual form and the course's differ in the sixth digit.
        ("Adam", (0.1360, 0.3182), 5.1e-5),
    ],
)
def test_ends_in_the_valley(name, end, digit):
    assert_allclose(NUMBERS["ends"][name], end, atol=digit)


def test_end_of_adagrad():
    x, y = NUMBERS["ends"]["AdaGrad"]
    assert_allclose(x, -0.120162, atol=5.1e-7)
    assert_allclose(y, 2.5e-17, rtol=0.02)  # two digits printed


def test_all_walk_down_rosenbrock_s_function():
    assert all(value < 12.5 for value in NUMBERS["banana_values"].values())  # f(−1.5, 2) = 12.5
    assert min(NUMBERS["banana_values"], key=NUMBERS["banana_values"].get) == "Adam"
