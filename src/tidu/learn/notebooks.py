"""Pages as Jupyter notebooks, by jupytext: code as cells, and experiments with their figures."""

from __future__ import annotations

import doctest
import re
from typing import Any

from tidu.errors import need
from tidu.learn.chapters import Chapter

_FENCE = re.compile(r"```pycon\n(.*?)```", re.DOTALL)
_EXPERIMENT = re.compile(r"`tidu show ([\w-]+)`\n\n!\[.*?\]\(.*?\)")

_RAISES = "# raises\n"
_TAG = ' tags=["raises-exception"]'

_RUN = """`tidu show {name}`

```python
experiment = tidu.experiments.{function}
result = experiment.run(experiment.quick)  # experiment() is the full one
print(result.table())
result.figure()
```"""


def notebook(chapter: Chapter, language: str = "en") -> str:
    """Return a chapter as the text of a notebook (``.ipynb``), not yet run.

    It uses the library alone. Where the page shows a figure, a cell runs the experiment with its
    quick settings, and draws it.

    Raises
    ------
    MissingExtraError
        If jupytext is not installed.

    Examples
    --------
    >>> Path("arrays.ipynb").write_text(notebook(CHAPTERS["arrays"]))  # doctest: +SKIP
    """
    jupytext = need("jupytext")
    text = _FENCE.sub(_as_cell, _EXPERIMENT.sub(_as_run, chapter.page(language)))
    title, rest = text.split("\n", 1)
    text = f"{title}\n\n```python\nimport numpy as np\nimport tidu\nimport tidu as td\n```\n{rest}"
    made: Any = jupytext.reads(text, fmt="md")
    made.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    return str(jupytext.writes(made, fmt="ipynb"))


def _as_run(found: re.Match[str]) -> str:
    return _RUN.format(name=found[1], function=found[1].replace("-", "_"))


def _as_cell(found: re.Match[str]) -> str:
    """Return a session as the code that was typed: its prompts and what was printed left out.

    What raises an error on the page is a cell of its own, with the tag that lets a run go on.
    """
    cells = [""]
    for example in doctest.DocTestParser().get_examples(found[1]):
        if example.exc_msg is None:
            cells[-1] += example.source
        else:
            cells += [_RAISES + example.source, ""]
    fences = [
        f"```python{_TAG if cell.startswith(_RAISES) else ''}\n{cell.removeprefix(_RAISES)}```"
        for cell in cells
        if cell
    ]
    return "\n\n".join(fences)
