from tidu.experiments import numeric_vs_backprop


def test_the_two_agree_for_784_50_10():
    numbers = numeric_vs_backprop().numbers
    assert set(numbers["mean_difference"]) == {"W1", "b1", "W2", "b2"}
    # Central differences of a loss near 2.3 round by eps^(2/3), about 4e-11, relative to it.
    assert max(numbers["mean_difference"].values()) < 1e-9
    assert max(numbers["max_difference"].values()) < 1e-9


def test_backpropagation_is_faster():
    seconds = numeric_vs_backprop().numbers["seconds"]
    assert seconds["backprop"] < seconds["numeric"]
