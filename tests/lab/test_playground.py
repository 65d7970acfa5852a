"""The playground: what the page asks for, and the numbers that it is shown."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tidu.errors import InputError
from tidu.lab import planes
from tidu.lab.playground import GRID, Playground


def built(step=0, **settings):
    part = Playground()
    return part, *part.ask("build", {"settings": settings, "step": step})


@pytest.mark.parametrize("data", planes.SETS)
@pytest.mark.parametrize("classes", [2, 6])
def test_each_data_set_is_learned_from(data, classes):
    part, head, arrays = built(60, data=data, classes=classes, samples=200, lr=0.05)
    outputs = classes if head["labels"] else 1
    assert arrays["surface0"].shape == (outputs, GRID, GRID)
    assert head["runs"][0]["sizes"] == [2, 6, 4, outputs]
    assert len(arrays["units0"]) == 2 + 6 + 4 + outputs
    losses = arrays["curve0"][:, 1]
    assert losses[-1] < losses[0]
    assert part.runs[0].step == head["runs"][0]["step"] == 60


def test_the_coming_update_is_the_one_that_comes():
    part, head, arrays = built(7, optimizer="adam")
    part.ask("go", {"step": 8})
    _, after = part.ask("look", {})
    assert_allclose(arrays["theta0"] + arrays["update0"], after["theta0"], atol=1e-7)
    W1 = next(e for e in head["runs"][0]["layout"] if e["name"] == "W1")
    assert W1["shape"] == [2, 6]


def test_a_shared_step_is_the_step():
    _, _, there = built(120, data="spiral")
    part, _, _ = built(data="spiral")
    part.ask("go", {"step": 300})
    part.ask("go", {"step": 120})
    _, back = part.ask("look", {})
    for name in ("theta0", "surface0", "units0", "gradient0"):
        assert (there[name] == back[name]).all(), name


def test_two_optimizers_start_from_the_same_weights():
    _, head, arrays = built(versus="adam")
    assert len(head["runs"]) == 2
    assert (arrays["theta0"] == arrays["theta1"]).all()


def test_a_table_of_ones_own_becomes_points():
    part = Playground()
    head, _ = part.ask("read_table", {"text": "a;b;kind\n1;2;x\n3,5;4;y\n5;6;x\n"})
    assert head["classes"] == 2
    assert len(head["points"]) == 9
    _, head, _ = built(data="own", own=tuple(head["points"]), classes=2, test=0.34)
    assert sum(head["samples"]) == 3


REFUSED = [
    ({"lr": -1}, "`lr`"),
    ({"hidden": [3] * 7}, "6 layers"),
    ({"hidden": [99]}, "`hidden[0]`"),
    ({"samples": 10**6}, "`samples`"),
    ({"inputs": ["__import__('os')"]}, "`inputs[0]`"),
    ({"data": "circel"}, "'circle'"),
    ({"kitchen": 1}, "kitchen"),
    ({"data": "own", "own": [0, 0, 1]}, "draw some"),
    ({"data": "own", "own": [0.0] * 1503}, "500 points"),
]


@pytest.mark.parametrize(("settings", "sentence"), REFUSED)
def test_settings_out_of_bounds_are_refused(settings, sentence):
    with pytest.raises((InputError, TypeError), match=r".") as caught:
        built(**settings)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("text", ["", "1,2,a", "1,2\n3,4", "x,y,k\n1,2,a\nq,2,b", "1,inf,a\n2,3,b"])
def test_a_bad_table_gets_a_sentence(text):
    with pytest.raises(InputError):
        Playground().ask("read_table", {"text": text})


def test_what_is_not_an_action_cannot_be_asked_for():
    for name in ("ask", "_measure", "controls", "__init__"):
        with pytest.raises(InputError, match="there is no action"):
            Playground().ask(name, {})


def test_a_network_that_breaks_says_so_and_goes_back():
    part, _, _ = built(optimizer="sgd", lr=10.0, loss="mean-squared-error", activation="relu")
    head, _ = part.ask("go", {"step": 400})
    if head["runs"][0]["stopped"]:
        assert "finite" in head["runs"][0]["stopped"]
    head, arrays = part.ask("go", {"step": 0})
    assert head["runs"][0]["step"] == 0
    assert np.isfinite(arrays["theta0"]).all()
