"""The page for those who come from scikit-learn: every parameter, and a table that was measured."""

import ast
import re
from pathlib import Path

import pytest
from benchmarks.scikit_learn import DATA, as_cells, measure
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tidu.estimators import NetworkClassifier, NetworkRegressor

PAGE = (Path(__file__).parents[2] / "docs" / "from-scikit-learn.md").read_text(encoding="utf-8")


def table(first: str) -> list[list[str]]:
    """Return the cells of the table whose header begins so, without header and rule."""
    lines = PAGE[PAGE.index(f"| {first}") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    ("column", "estimators"),
    [(0, (MLPClassifier, MLPRegressor)), (1, (NetworkClassifier, NetworkRegressor))],
    ids=["theirs", "ours"],
)
def test_every_parameter_has_a_row_with_its_default(column, estimators):
    defaults = {name: value for each in estimators for name, value in each().get_params().items()}
    cells = ", ".join(row[column] for row in table("MLPClassifier, MLPRegressor |"))
    written = dict(re.findall(r"`(\w+)=(\([^`]*\)|[^`]*)`", cells))
    assert set(written) == set(defaults)
    for name, text in written.items():
        assert ast.literal_eval(text) == defaults[name], name


def numbers(cells: list[str]) -> tuple[str, str, float, float]:
    data, model, score, seconds = cells
    return data, model, float(score.split(" ± ")[0]), float(seconds)


def test_side_by_side_is_not_behind_on_any_and_faster_on_all():
    rows = [numbers(cells) for cells in table("data |")]
    assert [row[0] for row in rows[::2]] == list(DATA)
    for theirs, ours in zip(rows[::2], rows[1::2], strict=True):
        assert theirs[0] == ours[0]
        assert theirs[1].startswith("MLP")
        assert ours[1].startswith("Network")
        assert ours[2] >= theirs[2]
        assert ours[3] < theirs[3]


@pytest.mark.parametrize("name", ["breast cancer", "diabetes"])
def test_the_code_that_measured_it_runs(name):
    rows = measure(name, seeds=[0], folds=2)
    assert [row.model for row in rows] == list(DATA[name][1])
    for row in rows:
        assert len(row.scores) == 1
        assert len(row.seconds) == 2
        assert as_cells(row)[:2] == (name, row.model)
    floor = {"breast cancer": 0.9, "diabetes": 0.2}  # far below what either library reaches
    assert min(score for row in rows for score in row.scores) > floor[name]
