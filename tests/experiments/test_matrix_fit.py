import numpy as np
from numpy.testing import assert_allclose

from tidu.experiments import matrix_fit

NUMBERS = matrix_fit().numbers


def test_matrix():
    assert_allclose(NUMBERS["W"], [[2.8, 1.4], [6.25, -0.25]], rtol=1e-14)  # a few roundings
    assert NUMBERS["W_loss"] < 1e-29


def test_vector():
    assert_allclose(NUMBERS["x"], [0.99999995, 2.00000008], atol=5.1e-9)  # eight digits printed
    # The loss is a difference of numbers near 14, rounded at 2e-15: its square root is 3e-7.
    assert_allclose(NUMBERS["x_loss_before_last_step"], 8.498030310736862e-14, rtol=1e-6)


def test_the_matrix_is_the_one_nearest_to_the_start():
    start, (x, y) = np.array([[4.0, 5.0], [7.0, 2.0]]), ((2.0, 6.0), (14.0, 11.0))
    nearest = start + np.outer(y - start @ x, x) / np.dot(x, x)
    assert_allclose(NUMBERS["W"], nearest, rtol=1e-14)


def test_the_table_shows_the_course_s_loss():
    assert "8.49803e-14" in matrix_fit().table()
