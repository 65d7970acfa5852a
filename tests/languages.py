"""What a sentence and its translation have in common."""

import re

from tidu.language import speaking

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(
    r"(?<!\.)\b(?:the|is|are|it|of|at|and|or|with|where|not|take|try|learning|rate)\b", re.ASCII
)
_CODE = re.compile(r"\w+\([^()]*\)|\w+=\"?\w+\"?|--\w+|[A-Z]\w*\d+|\b[A-Z][a-z]+[A-Z]\w*", re.ASCII)
_NUMBER = re.compile(r"\d[\d.]*(?:e[+-]\d+)?|\bnan\b|\binf\b", re.ASCII)


def details(sentence):
    """Return the code and the numbers of a sentence, sorted."""
    return sorted(_CODE.findall(sentence)), sorted(_NUMBER.findall(sentence))


def in_both(say):
    """Return what a function says in English and in Chinese."""
    said = []
    for spoken in ("en", "zh"):
        with speaking(spoken):
            said.append(say())
    return said


def check_says_the_same(english, chinese):
    assert not CHINESE.search(english), english
    assert CHINESE.search(chinese), chinese
    assert not ENGLISH.search(chinese), chinese
    assert details(chinese) == details(english)
