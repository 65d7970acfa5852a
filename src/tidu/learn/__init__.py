"""The course as a path: chapters in order, each a page with text, code, experiments and exercises.

``tidu learn`` lists them and ``tidu learn NAME`` shows one. The pages are Markdown in ``pages/``,
one file a chapter, and a file ``NAME.LANGUAGE.md`` beside it for each translation. Their code is
written as in a Python session and runs, from top to bottom; their figures are those of the
experiments. `notebook` makes a Jupyter notebook of a page.
"""

from tidu.learn.chapters import CHAPTERS, Chapter, named, next_after
from tidu.learn.notebooks import notebook

__all__ = ["CHAPTERS", "Chapter", "named", "next_after", "notebook"]
