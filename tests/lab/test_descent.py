"""The race: its walks are those of `tidu.descend`, and what cannot be gone down is refused."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import tidu as td
from tidu.experiments.formula import formula
from tidu.lab.descent import GRID, MOST_STEPS, OWN, RULES, SURFACES, Race, relief


def raced(aspect=1.0, **settings):
    return Race().ask("race", {"settings": settings, "aspect": aspect})


@pytest.mark.parametrize("name", SURFACES)
def test_each_walk_is_that_of_descend(name):
    head, arrays = raced(surface=name, steps=25)
    f = formula(SURFACES[name].formula)
    for i, (rule, walk) in enumerate(zip(RULES.values(), head["walks"], strict=True)):
        one = td.descend(
            f, list(SURFACES[name].start), td.grad(f), rule(SURFACES[name].rates[i]), 25
        )
        assert_array_equal(arrays[f"path{i}"], one.path)
        assert_array_equal(arrays[f"values{i}"], one.values)
        assert walk["status"] == one.status
        assert walk["optimizer"] == repr(rule(SURFACES[name].rates[i]))


@pytest.mark.parametrize("name", SURFACES)
def test_the_minima_are_minima(name):
    f = formula(SURFACES[name].formula)
    for x in SURFACES[name].minima:
        assert f(np.array(x, float)) < 1e-8
    head, _ = raced(surface=name)
    assert all(walk["value"] < head_value(f, name) for walk in head["walks"])


def head_value(f, name):
    return float(f(np.array(SURFACES[name].start, float)))


def test_start_rates_and_steps_are_ones_own():
    head, arrays = raced(surface="bowl", start=[1, 2], sgd=0.25, steps=10)
    assert_array_equal(arrays["path0"][:4], [[1, 2], [0.5, 1], [0.25, 0.5], [0.125, 0.25]])
    assert_array_equal(arrays["curve0"][:, 0], np.arange(11))
    assert [walk["rate"] for walk in head["walks"]] == [0.25, 0.1, 1.5, 0.3]


def test_a_rate_too_large_gets_its_sentence():
    head, arrays = raced(surface="valley", sgd=100, steps=MOST_STEPS)
    assert head["walks"][0]["outcome"] == td.Outcome.NOT_FINITE.value
    assert "The learning rate 100 is too large here" in head["walks"][0]["status"]
    assert len(arrays["path0"]) < MOST_STEPS


def test_a_formula_of_ones_own_may_go_below_zero():
    head, arrays = raced(surface=OWN, own="x*y", start=[1, -1], steps=10)
    assert not head["logarithm"]
    assert_array_equal(arrays["curve0"][:, 1], arrays["values0"])
    assert head["axes"] == ("x", "y")
    assert raced(surface=OWN, own="x0**2 + x1**2", steps=10)[0]["axes"] == ("x0", "x1")


@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
def test_the_window_holds_what_is_to_be_seen_at_any_aspect(aspect):
    head, arrays = raced(aspect, surface="valley", steps=10)
    across, up = head["half"]
    assert across >= 8
    assert up >= 3
    assert across / up == pytest.approx(aspect)
    rows, columns = arrays["relief"].shape
    assert min(rows, columns) == GRID
    assert columns / rows == pytest.approx(aspect, rel=0.02)


def test_a_relief_goes_from_0_to_1_with_the_median_halfway():
    found = relief(formula("(1 - x)**2 + 100*(y - x**2)**2"), (2, 2))
    assert (found.min(), found.max()) == (0, 1)
    assert np.median(found) == pytest.approx(0.5)
    undefined = np.isnan(relief(formula("log(x + 0.001)"), (1, 1)))
    assert (undefined == (np.linspace(-1, 1, GRID) < -0.001)).all()
    assert np.isnan(relief(formula("log(-1 + 0*x)"), (1, 1))).all()
    assert (relief(formula("3"), (1, 1)) == 0.5).all()


REFUSED = [
    ({"surface": OWN, "own": "__import__('os').system('x')"}, "`own` cannot hold"),
    ({"surface": OWN, "own": "x.__class__"}, "`own` cannot hold"),
    ({"surface": OWN, "own": "x^2"}, "a power is written x**2"),
    ({"surface": OWN, "own": "2x"}, "write products as 2*x"),
    ({"surface": OWN, "own": "x" * 201}, "201 letters"),
    ({"surface": OWN, "own": "log(x)", "start": [-1, 0]}, "nan at x itself"),
    ({"surface": "hill"}, "`surface`"),
    ({"start": [1]}, "`start`"),
    ({"start": [1, 1e9]}, "`start[1]`"),
    ({"steps": MOST_STEPS + 1}, "`steps`"),
    ({"sgd": -1}, "`sgd`"),
]


@pytest.mark.parametrize(("settings", "sentence"), REFUSED)
def test_what_cannot_be_gone_down_is_refused(settings, sentence):
    with pytest.raises((td.TiduError, TypeError), match=r".") as caught:
        raced(**settings)
    assert sentence in str(caught.value)
