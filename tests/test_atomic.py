import os

import pytest

from tidu.atomic import write_atomically


def test_writes_a_new_file_and_replaces_an_old_one(tmp_path):
    path = tmp_path / "file.bin"
    for content in (b"first", b"", b"\x00\xff" * 1000):
        write_atomically(path, content)
        assert path.read_bytes() == content
    write_atomically(str(path), b"text path")
    assert path.read_bytes() == b"text path"
    assert os.listdir(tmp_path) == ["file.bin"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, where, error):
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")

    def fails(*arguments):
        raise error

    monkeypatch.setattr(where, fails)
    with pytest.raises(type(error)):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file.bin"]


def test_readers_see_the_old_file_or_the_new_one(tmp_path, monkeypatch):
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    seen = []
    monkeypatch.setattr(os, "fsync", lambda number: seen.append(path.read_bytes()))
    write_atomically(path, b"new")
    assert seen == [b"old"]
    assert path.read_bytes() == b"new"


def test_a_folder_that_is_not_there_and_a_folder_instead_of_a_file_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*none"):
        write_atomically(tmp_path / "none" / "file", b"")
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        write_atomically(tmp_path, b"")
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        write_atomically("", b"")
    assert os.listdir(tmp_path) == []
