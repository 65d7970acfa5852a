from tidu.experiments import slope


def test_slopes_of_the_course():
    # Two evaluations, a difference and a quotient: every operation is rounded as IEEE 754 says.
    assert slope().numbers["slopes"] == [0.1999999999990898, 0.2999999999986347]


def test_a_shorter_step_is_not_a_better_one():
    errors = [abs(slope(points=(5,), h=h).numbers["slopes"][0] - 0.2) for h in (1e-2, 1e-6, 1e-10)]
    assert errors == sorted(errors)  # a parabola has no truncation error: rounding, like eps/h
