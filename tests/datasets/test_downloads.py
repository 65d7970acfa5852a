import hashlib
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tidu.datasets.downloads import download
from tidu.errors import DataNotFoundError, MissingExtraError

CONTENT = {"a.gz": b"first", "b.gz": b"second" * 100_000}
SHA256 = {name: hashlib.sha256(data).hexdigest() for name, data in CONTENT.items()}
DEAD = "http://127.0.0.1:9/"  # the discard port: nobody answers there


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def mirror(tmp_path):
    """A folder, and the address at which it is served."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    for name, data in CONTENT.items():
        (folder / name).write_bytes(data)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def pooch():
    return pytest.importorskip("pooch")


def test_files_are_fetched_and_kept(mirror, tmp_path):
    folder, address = mirror
    paths = download(SHA256, [address], tmp_path / "deep" / "cache")
    assert [path.name for path in paths] == list(CONTENT)
    assert [path.read_bytes() for path in paths] == list(CONTENT.values())
    for name in CONTENT:  # the second time nothing is asked for
        (folder / name).unlink()
    assert download(SHA256, [address], tmp_path / "deep" / "cache") == paths


@pytest.mark.parametrize("failing", [DEAD, "no/such/folder/", "not-an-address"])
def test_the_second_mirror_serves_when_the_first_fails(mirror, tmp_path, failing):
    _, address = mirror
    first = address + failing if failing.startswith("no/") else failing
    paths = download(SHA256, [first, address], tmp_path / "cache")
    assert [path.read_bytes() for path in paths] == list(CONTENT.values())


def test_a_mirror_with_some_of_the_files_is_helped_out_by_the_next(mirror, tmp_path):
    folder, address = mirror
    (folder / "half").mkdir()
    (folder / "half" / "a.gz").write_bytes(CONTENT["a.gz"])
    paths = download(SHA256, [address + "half/", address], tmp_path / "cache")
    assert [path.read_bytes() for path in paths] == list(CONTENT.values())


def test_a_wrong_checksum_is_refused_and_nothing_is_left_behind(mirror, tmp_path):
    folder, address = mirror
    (folder / "a.gz").write_bytes(b"something else")
    with pytest.raises(DataNotFoundError, match="gives a file with a wrong checksum"):
        download(SHA256, [address], tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_when_all_fail_each_is_named_with_its_reason(mirror, tmp_path):
    _, address = mirror
    with pytest.raises(DataNotFoundError) as caught:
        download(SHA256, [DEAD, address + "nowhere/"], tmp_path / "cache")
    assert str(caught.value) == f"{DEAD} cannot be reached; {address}nowhere/ answers 404"


def test_a_cache_that_cannot_be_written_is_named(mirror, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(DataNotFoundError, match="that cannot be kept"):
        download(SHA256, [mirror[1]], tmp_path / "cache")


def test_without_pooch_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tidu\[data\]'"):
        download(SHA256, [DEAD], tmp_path)
