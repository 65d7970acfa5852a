import numpy as np

from tidu.experiments import surface


def test_heights_and_slopes_along_x():
    numbers = surface(grid=5).numbers
    r = np.pi * np.array([0, 0.5, 1, 1.5])
    np.testing.assert_allclose([row["z"] for row in numbers["along x"]], np.sin(r), atol=1e-15)
    # Central differences are right to about eps^(2/3) = 4e-11, a few times over at r = 3π/2; the
    # slope at 0, where there is a kink, is the mean of the two sides.
    slopes = [row["slope"] for row in numbers["along x"]]
    np.testing.assert_allclose(slopes, [0, *np.cos(r[1:])], atol=1e-9)


def test_the_tip_has_a_slope_on_each_side():
    sides = surface(grid=5).numbers["at the tip"]
    # sin |x| = |x| − |x|³/6, whose second term is h²/6 of the first: 1e-17 at the step chosen.
    np.testing.assert_allclose([sides["backward"], sides["forward"]], [-1, 1], rtol=1e-9)
