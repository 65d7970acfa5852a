"""Notebooks: made from the pages, run from top to bottom, with the library alone."""

from __future__ import annotations

import ast
import contextlib
import io
import json

import pytest

from tidu.learn import CHAPTERS, notebook

QUICK = ("arrays", "activations")


def run(text):
    """Run the cells of a notebook as a kernel does: one namespace, the last expression shown."""
    namespace, shown = {"__name__": "__main__"}, []
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                exec(compile(tree, "<cell>", "exec"), namespace)
                if last is not None:
                    code = compile(ast.Expression(last.value), "<cell>", "eval")
                    shown.append(eval(code, namespace))
            except Exception as error:
                assert "raises-exception" in cell["metadata"].get("tags", []), source
                shown.append(error)
    return shown


@pytest.mark.parametrize(
    "name",
    [n if n in QUICK else pytest.param(n, marks=pytest.mark.exhaustive) for n in CHAPTERS],
)
def test_runs_from_top_to_bottom(name, tmp_path, monkeypatch):
    pytest.importorskip("jupytext", reason="jupytext is not installed")
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    monkeypatch.chdir(tmp_path)
    shown = run(notebook(CHAPTERS[name]))
    assert len([item for item in shown if type(item).__name__ == "Figure"]) >= len(
        CHAPTERS[name].experiments
    )


def test_is_a_notebook_of_the_page():
    pytest.importorskip("jupytext", reason="jupytext is not installed")
    made = json.loads(notebook(CHAPTERS["arrays"]))
    assert made["nbformat"] == 4
    text = "".join("".join(cell["source"]) + "\n" for cell in made["cells"])
    assert "A @ A.T" in text
    assert ">>>" not in text
    assert "%load_ext" not in text
    assert not any(cell.get("outputs") for cell in made["cells"])
