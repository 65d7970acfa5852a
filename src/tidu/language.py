"""The language of texts: named, set by ``TIDU_LANG``, or the locale's; and sentences in it.

Sentences stand in the code in English, within a call of the function that `translator` returns.
``make catalogues`` collects them in ``locale/LANGUAGE/LC_MESSAGES/DOMAIN.po``, where their
translations stand, and compiles these. What a sentence says of its moment is filled in afterwards,
so that both languages have the same numbers::

    _ = translator("experiments")
    _("after {steps} steps").format(steps=20)
"""

from __future__ import annotations

import errno
import functools
import os
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from tidu.errors import check_choice

if TYPE_CHECKING:
    from gettext import NullTranslations

LANGUAGES = ("en", "zh")
CATALOGUES = Path(__file__).parent / "locale"
_LOCALE = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where a system says its language, in the order of `gettext`."""
SYSTEM_ERRORS = (
    *(errno.EACCES, errno.EADDRINUSE, errno.EEXIST, errno.EISDIR, errno.ENOENT, errno.ENOSPC),
    *(errno.ENOTDIR, errno.EPERM, errno.EROFS),
)
"""The errors of the system whose sentences are translated."""
_SPOKEN: ContextVar[str | None] = ContextVar("_SPOKEN", default=None)
"""The language inside `speaking`."""


def language(named: str | None = None) -> str:
    """Return the language to use: the one that is named, else that of ``TIDU_LANG`` or the locale.

    Inside `speaking`, its language stands in the place of those of the environment.

    Raises
    ------
    InputError
        If there are no texts in the language that is named.

    Examples
    --------
    >>> language("zh")
    'zh'
    """
    named = named or _SPOKEN.get()
    for argument, value in (("lang", named), ("TIDU_LANG", os.environ.get("TIDU_LANG"))):
        if value:
            check_choice(argument, value, LANGUAGES)
            return value
    locale = next(filter(None, map(os.environ.get, _LOCALE)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


@contextmanager
def speaking(named: str | None) -> Iterator[None]:
    """Use a language for all sentences inside the block; None leaves it as it is.

    Raises
    ------
    InputError
        If there are no texts in the language that is named.

    Examples
    --------
    >>> with speaking("zh"):
    ...     language()
    'zh'
    """
    before = _SPOKEN.set(language(named) if named else _SPOKEN.get())
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def translator(domain: str) -> Callable[[str], str]:
    """Return the function that gives a sentence of a domain in the reader's language.

    It looks for the language at each call. A sentence without a translation stays in English.

    Examples
    --------
    >>> _ = translator("command")
    >>> with speaking("zh"):
    ...     print(_("The course, in order"))
    课程，按顺序
    """

    def translated(sentence: str) -> str:
        spoken = language()
        if spoken == "en" or not sentence:
            return sentence
        return _catalogue(domain, spoken).gettext(sentence)

    return translated


def later(sentence: str) -> str:
    """Return a sentence as it is: it is marked here, and translated where it is used.

    Examples
    --------
    >>> later("right")
    'right'
    """
    return sentence


PIECE = r"[（《“「]*(?:[⺀-鿿！-｠]|[^\s⺀-鿿！-｠（《“「]+)[，。；：、！？）》”」…]*"
"""What a line may be broken before and after: a word, or a letter as wide as two of others, with
the punctuation that belongs to it."""
_PIECES = re.compile(rf"\s+|{PIECE}")


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes: a Chinese letter is as wide as two.

    Examples
    --------
    >>> width_of("loss"), width_of("损失")
    (4, 4)
    """
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def retold(english: str, templates: Sequence[str], translate: Callable[[str], str]) -> str:
    """Return a sentence that was made elsewhere in the reader's language, if it is of a template.

    Whatever stands for a ``{}`` of the template is put into its translation, retold as well. A
    template without a word of its own, such as ``"{}: {}"``, holds where one of these is known.

    Examples
    --------
    >>> retold("No such option: --foo", ["No such option: {}"], lambda known: "没有选项 {}")
    '没有选项 --foo'
    """
    for known in templates:
        pieces = [
            re.escape(text) + ("" if field is None else "(.*?)")
            for text, field, *_ in Formatter().parse(known)
        ]
        found = re.fullmatch("".join(pieces), english, re.DOTALL)
        if found:
            parts = tuple(retold(part, templates, translate) for part in found.groups())
            if parts != found.groups() or re.search("[a-z]", known):
                return translate(known).format(*parts)
    return english


def localized_error(english: str) -> str:
    """Return the sentence of an error in the reader's language: the library raises it in English.

    The catalogue ``errors`` has a template for each sentence that is raised and for each of its
    clauses. Those with few words of their own come last, for they fit almost anything.

    Examples
    --------
    >>> with speaking("zh"):
    ...     print(localized_error("`epochs` must be a positive integer, got 0"))
    `epochs` 应为正整数，得到的是 0
    """
    spoken = language()
    if spoken == "en":
        return english
    known = [text for text in vars(_catalogue("errors", spoken))["_catalog"] if text]
    known.sort(key=lambda text: len(text.replace("{}", "")), reverse=True)
    return retold(english, known, translator("errors"))


def aligned(text: str, width: int, right: bool = False) -> str:
    """Return a text with spaces on its right, or its left, so that it takes ``width`` columns.

    Examples
    --------
    >>> aligned("loss", 6), aligned("损失", 6, right=True)
    ('loss  ', '  损失')
    """
    space = " " * (width - width_of(text))
    return space + text if right else text + space


def fill(text: str, width: int) -> str:
    """Return a text in lines of at most ``width`` columns; Chinese is broken between any letters.

    Examples
    --------
    >>> print(fill("梯度指向函数增长最快的方向。", 12))
    梯度指向函数
    增长最快的方
    向。
    """
    if width_of(text) == len(text):
        return textwrap.fill(text, width)
    lines = [""]
    for piece in _PIECES.findall(text):
        if width_of(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        if lines[-1] or piece.strip():
            lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


@functools.cache
def _catalogue(domain: str, spoken: str) -> NullTranslations:
    import gettext

    return gettext.translation(domain, CATALOGUES, [spoken], fallback=True)
