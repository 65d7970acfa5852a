"""The folder for what can be made or fetched again: one rule, that of the platform."""

import sys
from pathlib import Path

import pytest

from tidu.cache import cache_folder


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG rule is that of Linux")
def test_the_folder_is_that_of_the_xdg_rule(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "tidu"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "tidu"


def test_the_folder_is_where_pooch_would_have_it(monkeypatch):
    pooch = pytest.importorskip("pooch", reason="the extra [data] is not installed")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder() == Path(pooch.os_cache("tidu"))


def test_asking_makes_no_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache_folder()
    assert not any(tmp_path.iterdir())
