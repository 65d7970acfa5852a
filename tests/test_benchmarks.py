"""Every benchmark runs from end to end, at a size that takes seconds."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import benchmarks
import pytest
from benchmarks import lab, quick, report

ROOT = Path(__file__).parents[1]
HELPERS = {"__main__", "contestants", "machine", "processes", "quick"}
NAMES = sorted({m.name for m in pkgutil.iter_modules(benchmarks.__path__)} - HELPERS)


@pytest.mark.parametrize("name", NAMES)
def test_runs(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(f"benchmarks.{name}")
    for constant, value in module.QUICK.items():
        assert hasattr(module, constant)
        monkeypatch.setattr(module, constant, value)
    module.main()
    assert capsys.readouterr().out.strip()


def test_the_command_takes_quick():
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.import_time", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "median of 1 fresh processes" in " ".join(ended.stdout.split())


def test_a_peer_that_is_not_installed_is_named(capsys):
    assert quick.installed({"numpy": "numpy", "rival": "no_such_module"}) == ["numpy"]
    said = capsys.readouterr().out
    assert said == "not installed, so not compared: rival (no_such_module)\n"


@pytest.mark.parametrize(("page", "language"), [("lab.md", 0), ("lab.zh.md", 1)])
def test_the_table_of_the_lab_is_that_of_its_numbers(page, language):
    found = json.loads(lab.DOCUMENTED.read_text("utf-8"))
    assert lab.table(found, language) in (ROOT / "docs" / page).read_text("utf-8")
    assert {row["name"] for row in found["rows"]} == {
        "alone",
        "page",
        "fetched",
        "opened",
        "beside",
        "people",
        "playing",
    }
    rows = {row["name"]: row for row in found["rows"]}
    assert rows["page"]["p95"] <= 100  # milliseconds from a click to its picture
    assert rows["beside"]["longest"] <= 1000  # until a page says that it waits, where all come
    assert found["sessions"] == 200
    assert "200 people use this lab" in found["the next one"]


@pytest.mark.parametrize(("page", "mark", "name", "made"), report.PAGES)
def test_tables_are_those_of_their_numbers(page, mark, name, made):
    found = json.loads((report.MEASURED / f"{name}.json").read_text("utf-8"))
    text = (ROOT / page).read_text("utf-8")
    assert report.renewed(text, mark, made(found)) == text


def test_a_page_without_marks_is_refused():
    with pytest.raises(ValueError, match="<!-- end of race --> once, not 0 times"):
        report.renewed("nothing", "race", "table")


def test_a_missed_target_is_said():
    row = {"name": "a work", "targets": [["tidu", "JAX", 0.71, 0.7], ["tidu", "", 0.2, 0.25]]}
    assert report.targets({"rows": [row]}).splitlines()[2:] == [
        "| a work | Tidu | JAX, step jitted | 0.7 | 0.71: missed |",
        "| a work | Tidu | | 0.25 µs | 0.20 |",
    ]
