"""The textbook's loop, to which `gradient` is held."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tidu.checking import literal_gradient
from tidu.numeric import gradient


def test_fact_04_gradient():
    assert str(literal_gradient(lambda x: x[0] ** 2 + x[1] ** 2, [3, 4])) == "[6. 8.]"


@given(
    x=hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-9, 9)),
    h=st.sampled_from([1e-4, 1e-3, 0.5]),
)
def test_gradient_with_a_given_step_is_the_literal_loop_to_the_bit(x, h):
    f = lambda x: np.sum(np.sin(x) * x)  # noqa: E731
    assert np.array_equal(gradient(f, x, step=h), literal_gradient(f, x, h))


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_shapes_and_that_x_stays(shape):
    x = np.ones(shape, np.float32)
    dx = literal_gradient(np.sum, x, h=0.5)
    assert dx.shape == shape
    assert dx.dtype == np.float32
    assert (x == 1).all()
