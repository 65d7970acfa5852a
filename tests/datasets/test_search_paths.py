from pathlib import Path

import pytest

from tidu.cache import cache_folder
from tidu.datasets.search_paths import find, search_paths

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine with nothing set, seen from an empty folder."""
    home = tmp_path / "home" / "project"
    home.mkdir(parents=True)
    monkeypatch.chdir(home)
    monkeypatch.delenv("TIDU_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_the_order_of_the_places(bare, monkeypatch):
    shared = [Path("../shared/data"), Path("shared/data")]
    assert search_paths() == [cache_folder(), *shared]
    monkeypatch.setenv("TIDU_DATA", "mine")
    assert search_paths() == [Path("mine"), cache_folder(), *shared]


def test_a_folder_that_is_named_is_the_only_place(bare, monkeypatch):
    monkeypatch.setenv("TIDU_DATA", "mine")
    assert search_paths("here") == [Path("here")]
    assert search_paths("~/data") == [Path.home() / "data"]


SPELLINGS = [NAMES, *[[name + ".gz" for name in NAMES]]]
SPELLINGS += [[name.replace("-idx", ".idx") for name in names] for names in SPELLINGS]


@pytest.mark.parametrize("home", ["", "mnist"])
@pytest.mark.parametrize("files", SPELLINGS)
def test_files_are_found_under_each_spelling(tmp_path, home, files):
    (tmp_path / home).mkdir(exist_ok=True)
    paths = [tmp_path / home / name for name in files]
    for path in paths:
        path.touch()
    assert find(NAMES, "mnist", [tmp_path / "empty", tmp_path]) == paths


def test_the_sub_folder_comes_first_and_half_a_pair_does_not_count(tmp_path):
    (tmp_path / "mnist").mkdir()
    for name in NAMES:
        (tmp_path / name).touch()
    (tmp_path / "mnist" / NAMES[0]).touch()
    assert find(NAMES, "mnist", [tmp_path]) == [tmp_path / name for name in NAMES]
    (tmp_path / "mnist" / NAMES[1]).touch()
    assert find(NAMES, "mnist", [tmp_path]) == [tmp_path / "mnist" / name for name in NAMES]


def test_nothing_is_found_where_nothing_is(tmp_path):
    assert find(NAMES, "mnist", [tmp_path, tmp_path / "no"]) is None
