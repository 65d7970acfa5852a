"""The chapters and their pages: where they are, and what a page names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tidu.errors import InputError, did_you_mean
from tidu.experiments import EXPERIMENTS
from tidu.language import language, translator

_ = translator("exercises")

PAGES = Path(__file__).parent / "pages"

_FIGURE = re.compile(r"^!\[.*?\]\(.*?\)\n+", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """One chapter of the course.

    Attributes
    ----------
    number
        Its place in the course, from 1.
    name
        What it is called on the command line.

    Examples
    --------
    >>> CHAPTERS["descent"].number, CHAPTERS["descent"].title("en")
    (5, 'Gradient descent and its rate')
    """

    number: int
    name: str

    def page(self, language: str = "en") -> str:
        """Return the page as Markdown; in English, where there is no translation."""
        translated = PAGES / f"{self.name}.{language}.md"
        path = translated if translated.exists() else PAGES / f"{self.name}.md"
        return path.read_text("utf-8")

    def text(self, language: str = "en") -> str:
        """Return the page without its figures, for a terminal."""
        return _FIGURE.sub("", self.page(language))

    def title(self, language: str = "en") -> str:
        """Return its title: the first heading of the page."""
        return self.page(language).partition("\n")[0].removeprefix("# ")

    @property
    def experiments(self) -> list[str]:
        """The names of its experiments, in order: those that have a figure on the page."""
        return re.findall(r"^`tidu show ([\w-]+)`$", self.page(), re.MULTILINE)

    @property
    def exercises(self) -> list[str]:
        """The names of its exercises, in order."""
        return list(dict.fromkeys(re.findall(r"^- `tidu exercise ([\w-]+)`", self.page(), re.M)))


_NAMES = (
    "arrays",
    "activations",
    "derivative",
    "gradient",
    "descent",
    "losses",
    "numeric-network",
    "chain-rule",
    "layers",
    "worked-example",
    "optimizers",
    "initial-weights",
    "batch-norm",
    "overfitting",
    "monitors",
    "mnist",
    "checking",
    "not-learning",
)

CHAPTERS: Mapping[str, Chapter] = MappingProxyType(
    {name: Chapter(number, name) for number, name in enumerate(_NAMES, 1)}
)
"""All chapters by name, in the order of the course."""


def named(name: str) -> Chapter:
    """Return a chapter by its name or its number.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> named("2").name
    'activations'
    """
    by_number = {str(chapter.number): chapter for chapter in CHAPTERS.values()}
    found = CHAPTERS.get(str(name).replace("_", "-")) or by_number.get(str(name))
    if found is None:
        raise InputError(f"there is no chapter {name!r}; {did_you_mean(str(name), CHAPTERS)}")
    return found


def next_after(experiment: str) -> tuple[str, str]:
    """Return the command that comes after an experiment, and what it shows.

    That is the next experiment of its chapter; after the last, the next chapter; after the last
    chapter, the exercises.

    Examples
    --------
    >>> next_after("slope")[0]
    'tidu show step-size'
    """
    chapters = list(CHAPTERS.values())
    for chapter, following in zip(chapters, [*chapters[1:], None], strict=True):
        names = chapter.experiments
        if experiment in names:
            rest = names[names.index(experiment) + 1 :]
            if rest:
                return f"tidu show {rest[0]}", EXPERIMENTS[rest[0]].title
            if following is not None:
                return f"tidu learn {following.name}", following.title(language())
    return "tidu exercise", _("functions to write yourself, with answers")
