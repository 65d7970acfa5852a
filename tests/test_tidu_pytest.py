"""The fixtures for pytest: one line a test, and nothing at all where they are not used."""

from __future__ import annotations

import tomllib
from pathlib import Path

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "tidu_pytest", "-p", "no:cacheprovider")


def test_a_wrong_gradient_fails_with_the_report_and_a_right_one_passes(pytester):
    pytester.makepyfile(
        """
        def f(x):
            return (x**2).sum()

        def test_right(assert_gradient):
            assert_gradient(f, [1.0, 2.0], lambda x: 2 * x)

        def test_wrong(assert_gradient):
            assert_gradient(f, [1.0, 2.0], lambda x: -2 * x)

        def test_report(check_gradient):
            assert check_gradient(f, [1.0, 2.0], lambda x: 2 * x).ok

        def test_layer(check_layer):
            import tidu as td
            assert check_layer(td.Affine(2), 3)

        def test_layer_in_a_line(assert_layer):
            import tidu as td
            assert_layer(td.Affine(2), 3)
        """
    )
    outcome = pytester.runpytest_subprocess(*PLUGIN)
    outcome.assert_outcomes(passed=4, failed=1)
    outcome.stdout.fnmatch_lines(["*your gradient of x has the opposite sign everywhere*"])


def test_tidu_is_not_imported_where_it_is_not_used(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_loaded():
            assert "tidu_pytest" in sys.modules
            assert "tidu" not in sys.modules
            assert "numpy" not in sys.modules
        """
    )
    pytester.runpytest_subprocess(*PLUGIN, "-p", "no:hypothesispytest").assert_outcomes(passed=1)


def test_a_projects_own_fixture_of_the_name_goes_first(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def check_gradient():
            return "mine"

        def test_mine(check_gradient):
            assert check_gradient == "mine"
        """
    )
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


def test_pytest_is_told_where_it_is():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["entry-points"]["pytest11"] == {"tidu_pytest": "tidu_pytest"}
    assert "src/tidu_pytest.py" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
