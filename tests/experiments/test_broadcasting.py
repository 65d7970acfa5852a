import numpy as np
import pytest

from tidu.experiments import broadcasting


@pytest.mark.parametrize(
    ("left", "right", "shape"),
    [
        ((3, 1), (4,), (3, 4)),
        ((2, 3), (2, 1), (2, 3)),
        ((1,), (4,), (4,)),
        ((6, 1), (1, 6), (6, 6)),
    ],
)
def test_sum_is_that_of_numpy(left, right, shape):
    numbers = broadcasting(left=left, right=right).numbers
    assert numbers["sum"].shape == shape
    np.testing.assert_array_equal(numbers["sum"], numbers["left"] + numbers["right"])


def test_products():
    numbers = broadcasting().numbers
    np.testing.assert_array_equal(numbers["product"], [[10, 40, 90], [160, 250, 360]])
    np.testing.assert_array_equal(numbers["matrix_product"], [[7, 8], [16, 17]])


@pytest.mark.parametrize(
    ("left", "right", "dotted"),
    [((3, 1), (4,), 9 + 8), ((2, 3), (2, 3), 0), ((1,), (6,), 5)],
)
def test_cells_that_are_used_again_are_dotted(left, right, dotted):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    cells = broadcasting(left=left, right=right).figure().axes[0].patches
    assert sum(cell.get_linestyle() in (":", "dotted") for cell in cells) == dotted
