import pytest

from tidu.experiments import double_check


@pytest.mark.parametrize("seed", range(3))
def test_the_bugs_are_found_and_the_right_one_passes(seed):
    found = double_check(seed=seed).numbers
    verdicts = {bug: report["verdict"] for bug, report in found.items()}
    assert verdicts == {
        "right": "right",
        "forgotten mean": "wrong",
        "forgotten mask": "wrong",
        "one entry": "wrong",
    }


def test_what_the_checker_says_of_them():
    found = double_check(samples=7).numbers
    assert all("is 7 × the numeric one" in why for why in found["forgotten mean"]["why"])
    assert "by a factor of 1.001 at W1[0, 0] alone" in found["one entry"]["why"][0]
    assert found["one entry"]["wrong entries"] == 1
    assert found["right"]["wrong entries"] == 0
