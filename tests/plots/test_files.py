import pytest

from tests.plots.samples import HISTORY
from tidu.plots import history, save

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")


@pytest.mark.parametrize(
    ("kind", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_the_same_figure_gives_the_same_bytes(tmp_path, kind, magic):
    first = save(history(HISTORY), tmp_path / "new" / f"a.{kind}")
    second = save(history(HISTORY), str(tmp_path / f"b.{kind}"))
    assert first == tmp_path / "new" / f"a.{kind}"
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(magic)


def test_dots_per_inch_set_the_size(tmp_path):
    from PIL import Image

    path = save(history(HISTORY), tmp_path / "a.png", dpi=100)
    with Image.open(path) as image:
        assert image.width == 900


def test_what_fails_half_way_leaves_the_old_file_alone(tmp_path):
    class Breaking:
        def savefig(self, path, **settings):
            path.write_bytes(b"half of it")
            raise OSError("the disk is full")

    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    with pytest.raises(OSError, match="the disk is full"):
        save(Breaking(), target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
