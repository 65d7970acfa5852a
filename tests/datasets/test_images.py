import sys

import numpy as np
import pytest

from tests.cli.running import tidu
from tidu.datasets import load_file
from tidu.datasets.images import fit_into, picture_files, read_classes, read_grey, read_picture
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
    np.testing.assert_array_equal(read_picture(saved(tmp_path / "a.png", array)), SHAPE)


def test_a_palette_and_one_bit_a_pixel_are_read(tmp_path):
    for mode in ("P", "1"):
        image = Image.fromarray(np.where(SHAPE, 255, 0).astype(np.uint8)).convert(mode)
        found = read_picture(saved(tmp_path / "a.png", image))
        np.testing.assert_array_equal(found > 127, SHAPE > 0)


def test_it_is_fitted_without_being_stretched(tmp_path):
    wide = np.full((20, 60), 255, np.uint8)
    wide[5:15, 25:35] = 0  # a square of ink in the middle
    small = read_picture(saved(tmp_path / "a.png", wide), (12, 12))
    assert small.shape == (12, 12)
    rows, columns = np.nonzero(small > 127)
    assert np.ptp(rows) == np.ptp(columns)
    assert small[0].max() == small[-1].max() == 0


def test_the_shape_is_height_and_width(tmp_path):
    assert read_picture(saved(tmp_path / "a.png", SHAPE), (4, 6)).shape == (4, 6)


def test_a_folder_of_classes(tmp_path):
    for name in ("dog/2.png", "dog/1.PNG", "cat/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        saved(tmp_path / name, SHAPE)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    images, t, class_names = read_classes(tmp_path)
    assert images.shape == (3, 8, 8)
    assert t.tolist() == [0, 1, 1]
    assert class_names == ("cat", "dog")
    assert [path.name for path in picture_files(tmp_path / "dog")] == ["1.PNG", "2.png"]


def test_pictures_of_any_size_are_fitted_into_the_commonest(tmp_path):
    (tmp_path / "cat").mkdir()
    for i in (1, 2):
        saved(tmp_path / "cat" / f"{i}.png", SHAPE)
    saved(tmp_path / "cat" / "3.png", np.pad(np.repeat(np.repeat(SHAPE, 4, 0), 4, 1), (3, 17)))
    images, t, _ = read_classes(tmp_path)
    assert (images.shape, len(t)) == ((3, 8, 8), 3)


def test_hidden_files_and_folders_are_skipped(tmp_path):
    for name in ("cat/1.png", "cat/.2.png", ".git/3.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        saved(tmp_path / name, SHAPE)
    (tmp_path / "cat" / "._1.png").write_bytes(b"what another system leaves behind")
    images, _, class_names = read_classes(tmp_path)
    assert (len(images), class_names) == (1, ("cat",))


def test_classes_that_differ_in_brightness_stay_different(tmp_path):
    for name, level in (("day/1.png", 230), ("day/2.png", 220), ("night/1.png", 20)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        saved(tmp_path / name, np.full((8, 8), level, np.uint8))
    images, _, _ = read_classes(tmp_path)
    assert [int(image.mean()) for image in images] == [230, 220, 20]


def test_other_formats_are_read_upright(tmp_path):
    picture = Image.fromarray(255 - np.repeat(np.repeat(SHAPE, 8, 0), 8, 1))
    upright = read_grey(saved(tmp_path / "a.png", picture))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter, as telephones write it
    picture.rotate(90, expand=True).save(tmp_path / "b.jpg", exif=exif, quality=95)
    np.testing.assert_allclose(read_grey(tmp_path / "b.jpg").astype(int), upright, atol=40)
    picture.save(tmp_path / "c.webp", lossless=True)
    np.testing.assert_array_equal(read_grey(tmp_path / "c.webp"), upright)


def test_white_ink_on_nothing_is_seen(tmp_path):
    white = np.stack([*[np.full_like(SHAPE, 255)] * 3, SHAPE], axis=-1)
    np.testing.assert_array_equal(read_grey(saved(tmp_path / "a.png", white)), SHAPE)


def test_what_is_no_png_is_refused(tmp_path):
    whole = saved(tmp_path / "a.png", np.random.default_rng(0).integers(0, 256, (40, 40), "u1"))
    cut = whole.read_bytes()[:-400]
    jpeg = tmp_path / "b.png"
    Image.fromarray(SHAPE).save(jpeg, format="JPEG")
    for data in (b"", b"hello", cut, jpeg.read_bytes()):
        (tmp_path / "c.png").write_bytes(data)
        with pytest.raises(FileFormatError, match=r"c\.png is damaged, or is not a PNG picture"):
            read_picture(tmp_path / "c.png")
    with pytest.raises(FileFormatError, match="has no pictures in sub-folders"):
        read_classes(tmp_path)


def test_without_pillow_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(MissingExtraError, match=r"needs PIL.*pip install 'tidu\[plots\]'"):
        read_picture(tmp_path / "a.png")


RED, GREEN = np.zeros((2, 6, 6, 3), np.uint8)
RED[..., 0] = GREEN[..., 1] = 200


@pytest.fixture
def colours(tmp_path):
    """A folder of pictures of one brightness as grey, and of two colours."""
    rng = np.random.default_rng(0)
    for name, picture in (("red", RED), ("green", GREEN)):
        (tmp_path / "data" / name).mkdir(parents=True)
        for i in range(10):
            noisy = picture + rng.integers(0, 40, picture.shape, "u1")
            saved(tmp_path / "data" / name / f"{i}.png", noisy)
    return tmp_path / "data"


def test_colours_are_kept_on_request(colours):
    images, t, class_names = read_classes(colours, color=True)
    assert images.shape == (20, 6, 6, 3)
    means = images[..., :2].mean(axis=(1, 2))
    assert [class_names[k] for k in t] == [("red", "green")[k] for k in means.argmax(axis=1)]
    data = load_file(colours, color=True)
    assert (data.image_shape, data.images.shape) == ((6, 6, 3), (20, 6, 6, 3))
    assert "6×6 pixels in colour" in repr(data)
    assert load_file(colours).image_shape == (6, 6)


def test_a_network_of_colours_is_evaluated_and_predicts_in_colour(colours):
    folder = colours.parent
    assert tidu("train", "data", "--color", "--json", "--out", "out", cwd=folder).status == 0
    model = "out/model.safetensors"
    assert tidu("evaluate", model, "data", "--json", cwd=folder).json["accuracy"] == 1
    saved(folder / "wide.png", np.concatenate([RED, RED, RED], axis=1))
    ended = tidu("predict", model, "wide.png", "--show", "--json", cwd=folder)
    assert ended.json["predictions"][0]["class"] == "red"


def test_what_is_left_of_a_colour_picture_has_the_colour_of_its_rim(tmp_path):
    wide = fit_into(np.concatenate([RED, RED], axis=1), (6, 6))
    assert wide.shape == (6, 6, 3)
    np.testing.assert_array_equal(wide, RED)


@pytest.mark.parametrize("lighter", ["day", "night"])
def test_pictures_told_apart_by_brightness_are_so_when_predicted(tmp_path, lighter):
    rng = np.random.default_rng(0)
    for name, level in (("day", 220), ("night", 30)):
        (tmp_path / "data" / name).mkdir(parents=True)
        for i in range(20 if name == lighter else 12):  # most decide whether a network inverts
            picture = (level + rng.integers(-20, 20, (8, 8))).astype(np.uint8)
            saved(tmp_path / "data" / name / f"{i}.png", picture)
    assert tidu("train", "data", "--out", "out", cwd=tmp_path).status == 0
    for name in ("day", "night"):
        picture = f"data/{name}/0.png"
        ended = tidu("predict", "out/model.safetensors", picture, "--json", cwd=tmp_path)
        assert ended.json["predictions"][0]["class"] == name
