"""The examples run, and come to what they say."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
OUTCOMES = {
    "own_layer.py": lambda accuracy: accuracy > 0.95,
    "find_a_bug.py": lambda verdicts: verdicts == ["right", "wrong", "wrong"],
    "from_data_to_device.py": lambda found: found[0] > 0.95 and found[1],
}


def test_all_are_listed():
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(OUTCOMES)


@pytest.mark.parametrize("name", OUTCOMES)
def test_comes_to_what_it_says(name, capsys):
    main = runpy.run_path(str(EXAMPLES / name))["main"]
    assert OUTCOMES[name](main())
    assert f"python examples/{name}" in (EXAMPLES / name).read_text("utf-8").splitlines()[0]
    assert capsys.readouterr().out.strip()
