"""The language of texts that there are in several: named, set by ``TIDU_LANG``, or the locale's."""

from __future__ import annotations

import os

from tidu.errors import check_choice

LANGUAGES = ("en", "zh")
_LOCALE = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where a system says its language, in the order of `gettext`."""


def language(named: str | None = None) -> str:
    """Return the language to use: the one that is named, else that of ``TIDU_LANG`` or the locale.

    Raises
    ------
    InputError
        If there are no texts in the language that is named.

    Examples
    --------
    >>> language("zh")
    'zh'
    """
    for argument, value in (("lang", named), ("TIDU_LANG", os.environ.get("TIDU_LANG"))):
        if value:
            check_choice(argument, value, LANGUAGES)
            return value
    locale = next(filter(None, map(os.environ.get, _LOCALE)), "")
    return "zh" if locale.lower().startswith("zh") else "en"
