"""The language of texts: what is named, then TIDU_LANG, then the locale."""

import pytest

from tidu.errors import InputError
from tidu.language import language, speaking, translator

CHOSEN = [
    # named, environment, language
    (None, {}, "en"),
    (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
    (None, {"LANG": "C"}, "en"),
    (None, {"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
    (None, {"LANGUAGE": "zh_CN:en", "LC_ALL": "en_US.UTF-8"}, "zh"),
    (None, {"LANG": "zh_TW", "TIDU_LANG": "en"}, "en"),
    ("zh", {"LANG": "en_US", "TIDU_LANG": "en"}, "zh"),
]


@pytest.mark.parametrize(("named", "environment", "wanted"), CHOSEN)
def test_language(monkeypatch, named, environment, wanted):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "TIDU_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language(named) == wanted


def test_a_language_that_there_is_not(monkeypatch):
    monkeypatch.setenv("TIDU_LANG", "fr")
    with pytest.raises(InputError, match="`TIDU_LANG` cannot be 'fr'; it is one of 'en', 'zh'"):
        language()


def test_speaking_comes_before_the_environment(monkeypatch):
    monkeypatch.setenv("TIDU_LANG", "en")
    with speaking("zh"):
        assert language() == "zh"
        with speaking(None):
            assert language() == "zh"
        with speaking("en"):
            assert language() == "en"
    assert language() == "en"
    with pytest.raises(InputError, match="`lang` cannot be 'fr'"), speaking("fr"):
        pass


def test_a_sentence_without_translation_stays_in_english():
    with speaking("zh"):
        assert translator("command")("no such sentence") == "no such sentence"
        assert translator("none")("") == ""
        assert translator("none")("text") == "text"
