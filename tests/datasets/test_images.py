import sys

import numpy as np
import pytest

from tidu.datasets.images import png_files, read_png, read_png_classes
from tidu.errors import FileFormatError, MissingExtraError

Image = pytest.importorskip("PIL.Image", reason="needs Pillow")

SHAPE = np.zeros((8, 8), np.uint8)
SHAPE[2:6, 3:5] = 200


def saved(path, array_or_image):
    image = array_or_image
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    image.save(path)
    return path


def on_nothing(alpha):
    """The shape in black ink on a transparent sheet."""
    return np.stack([*[np.zeros_like(alpha)] * 3, alpha], axis=-1)


SAME = {
    "light on dark": SHAPE,
    "dark on light": 255 - SHAPE,
    "colour": np.stack([SHAPE] * 3, axis=-1),
    "16 bits": SHAPE.astype(np.uint16) * 257,
    "black on nothing": on_nothing(SHAPE),
}


@pytest.mark.parametrize("array", SAME.values(), ids=SAME)
def test_pictures_of_one_thing_become_alike(tmp_path, array):
    np.testing.assert_array_equal(read_png(saved(tmp_path / "a.png", array)), SHAPE)


def test_a_palette_and_one_bit_a_pixel_are_read(tmp_path):
    for mode in ("P", "1"):
        image = Image.fromarray(np.where(SHAPE, 255, 0).astype(np.uint8)).convert(mode)
        found = read_png(saved(tmp_path / "a.png", image))
        np.testing.assert_array_equal(found > 127, SHAPE > 0)


def test_it_is_fitted_without_being_stretched(tmp_path):
    wide = np.full((20, 60), 255, np.uint8)
    wide[5:15, 25:35] = 0  # a square of ink in the middle
    small = read_png(saved(tmp_path / "a.png", wide), (12, 12))
    assert small.shape == (12, 12)
    rows, columns = np.nonzero(small > 127)
    assert np.ptp(rows) == np.ptp(columns)
    assert small[0].max() == small[-1].max() == 0


def test_the_shape_is_height_and_width(tmp_path):
    assert read_png(saved(tmp_path / "a.png", SHAPE), (4, 6)).shape == (4, 6)


def test_a_folder_of_classes(tmp_path):
    for name in ("dog/2.png", "dog/1.PNG", "cat/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        saved(tmp_path / name, SHAPE)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    images, t, class_names = read_png_classes(tmp_path)
    assert images.shape == (3, 8, 8)
    assert t.tolist() == [0, 1, 1]
    assert class_names == ("cat", "dog")
    assert [path.name for path in png_files(tmp_path / "dog")] == ["1.PNG", "2.png"]


def test_pictures_to_learn_from_are_of_one_size(tmp_path):
    (tmp_path / "cat").mkdir()
    saved(tmp_path / "cat" / "1.png", SHAPE)
    saved(tmp_path / "cat" / "2.png", np.zeros((4, 6), np.uint8))
    with pytest.raises(FileFormatError, match=r"2\.png is 6 pixels wide and 4 high, and .*8 by 8"):
        read_png_classes(tmp_path)


def test_what_is_no_png_is_refused(tmp_path):
    whole = saved(tmp_path / "a.png", np.random.default_rng(0).integers(0, 256, (40, 40), "u1"))
    cut = whole.read_bytes()[:-400]
    jpeg = tmp_path / "b.png"
    Image.fromarray(SHAPE).save(jpeg, format="JPEG")
    for data in (b"", b"hello", cut, jpeg.read_bytes()):
        (tmp_path / "c.png").write_bytes(data)
        with pytest.raises(FileFormatError, match=r"c\.png is damaged, or is not a PNG picture"):
            read_png(tmp_path / "c.png")
    with pytest.raises(FileFormatError, match="has no PNG pictures in sub-folders"):
        read_png_classes(tmp_path)


def test_without_pillow_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(MissingExtraError, match=r"needs PIL.*pip install 'tidu\[plots\]'"):
        read_png(tmp_path / "a.png")
