"""Digits as people bring them: found, freed from what is around them, and put into MNIST's form.

Each disguise is a function from a digit of MNIST, light on black, to a picture of it.
"""

import numpy as np
import pytest

import tidu as td
from tidu.datasets import load_digits, load_mnist, read_inputs
from tidu.datasets.drawings import normalize
from tidu.errors import DataNotFoundError

Image = pytest.importorskip("PIL.Image", reason="needs Pillow")
RNG = np.random.default_rng(0)


def larger(digit, times=8):
    picture = Image.fromarray(digit.astype(np.uint8))
    return np.asarray(picture.resize((28 * times, 28 * times), Image.Resampling.BICUBIC), float)


def box(digit):
    """Return the part of a picture where something is drawn."""
    rows, columns = (np.flatnonzero((digit > 40).any(axis=axis)) for axis in (1, 0))
    return digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def shadow(digit):
    """A photograph of paper: light from one side, and grain."""
    ink = larger(digit) / 255
    y, x = np.mgrid[0 : 1 : len(ink) * 1j, 0 : 1 : len(ink) * 1j]
    return (210 - 60 * x - 30 * y) * (1 - 0.75 * ink) + RNG.normal(0, 6, ink.shape)


def pencil(digit):
    ink = (larger(digit) / 255) ** 1.5
    return 235 - 75 * ink + RNG.normal(0, 4, ink.shape)


DISGUISES = {
    "plain": lambda digit: digit,
    "ink on paper": lambda digit: 255 - digit,
    "tight crop": lambda digit: 255 - box(larger(digit)),
    "corner": lambda digit: np.pad(255 - box(digit), ((2, 60), (2, 60)), constant_values=255),
    "grey paper": lambda digit: 170 - 0.6 * digit,
    "dark frame": lambda digit: np.pad(255 - larger(digit, 4), 14, constant_values=20),
    "light frame": lambda digit: np.pad(larger(digit, 4), 14, constant_values=240),
    "photograph": shadow,
    "pencil": pencil,
    "small on a large sheet": lambda digit: np.pad(
        255 - larger(digit, 2), ((200, 90), (50, 260)), constant_values=255
    ),
}


@pytest.fixture(scope="module")
def mnist():
    """A network, and 300 digits that it did not learn from."""
    try:
        train, test = load_mnist("train"), load_mnist("test")
    except DataNotFoundError as error:
        pytest.skip(f"needs MNIST: {error}")
    layers = [td.Rescale(1 / 255), td.Affine(100), td.ReLU(), td.Affine(10)]
    net = td.Network(layers, 784, td.SoftmaxCrossEntropy(), classes=list("0123456789"))
    net.fit(train.x, train.t, optimizer=td.Adam(0.002), epochs=4, progress=False)
    return net, test[RNG.choice(len(test), 300, replace=False)]


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_disguise_costs_no_more_than_three_points(mnist, disguise):
    net, digits = mnist
    pictures = [np.clip(disguise(digit.astype(float)), 0, 255) for digit in digits.images]
    x = np.stack([normalize(picture, (28, 28)) for picture in pictures]).reshape(len(digits), -1)
    assert net.accuracy(x, digits.t) >= net.accuracy(digits.x, digits.t) - 0.03


def seven():
    """A seven, drawn by a rule."""
    digit = np.zeros((28, 28))
    digit[4:7, 7:21] = 255
    for row in range(7, 24):
        digit[row, (19 - (row - 7) // 2) : (22 - (row - 7) // 2)] = 255
    return digit


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_drawing_in_disguise_is_the_same_drawing(disguise):
    plain = normalize(seven(), (28, 28)).astype(float)
    found = normalize(np.clip(disguise(seven()), 0, 255), (28, 28)).astype(float)
    moved = [np.roll(found, by, (0, 1)) for by in np.ndindex(3, 3)]  # the nearest whole pixel
    best = max(np.corrcoef(np.roll(plain, 1, (0, 1)).ravel(), m.ravel())[0, 1] for m in moved)
    assert best > 0.85
    rows, columns = (np.flatnonzero((found > 128).any(axis=axis)) for axis in (1, 0))
    assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20


def test_the_form_is_that_of_mnist():
    found = normalize(np.pad(255 - larger(seven()), ((0, 300), (200, 0)), constant_values=255),
                      (28, 28)).astype(float)  # fmt: skip
    assert found.max() == 255
    centre = [found.sum(axis=axis) @ np.arange(28) / found.sum() for axis in (0, 1)]
    np.testing.assert_allclose(centre, 14, atol=0.51)  # the nearest whole pixel


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_the_form_of_the_built_in_digits(disguise):
    found = normalize(np.clip(disguise(seven()), 0, 255), (8, 8))
    assert found.shape == (8, 8)
    assert (found.max(axis=1) > 60).all()  # as high as the picture
    assert 3 <= (found.max(axis=0) > 60).sum() <= 6
    counts = found.astype(float) * 16 / 255
    np.testing.assert_allclose(counts, counts.round(), atol=0.04)  # 16 dots are 255


def test_the_built_in_digits_help_to_read_other_hands():
    """In their form, twice as many of MNIST's digits are read as when each is made smaller."""
    try:
        test = load_mnist("test")[:300]
    except DataNotFoundError as error:
        pytest.skip(f"needs MNIST: {error}")
    digits = load_digits("train")
    layers = [td.Rescale(1 / 16), td.Affine(32), td.ReLU(), td.Affine(10)]
    net = td.Network(layers, 64, td.SoftmaxCrossEntropy(), classes=digits.class_names)
    net.fit(digits.x, digits.t, optimizer=td.Adam(0.003), epochs=30, progress=False)
    pictures = [255 - larger(digit.astype(float), 4) for digit in test.images]
    small = [
        Image.fromarray((255 - picture).astype(np.uint8)).resize((8, 8)) for picture in pictures
    ]
    shares = []
    for forms in (small, [normalize(picture, (8, 8)) for picture in pictures]):
        x = np.stack([np.asarray(form, np.float32) for form in forms]) * (16 / 255)
        shares.append(net.accuracy(x.reshape(-1, 64), test.t))
    assert shares[1] > max(0.55, 2 * shares[0])


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_sheet_is_black(level):
    assert not normalize(np.full((40, 30), level), (28, 28)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (3, 2), (900, 3)])
def test_any_size_of_picture(shape):
    found = normalize(RNG.uniform(0, 255, shape), (28, 28))
    assert (found.shape, found.dtype) == ((28, 28), np.uint8)


def test_inputs_of_a_folder_are_brought_to_the_form(tmp_path):
    Image.fromarray((255 - seven()).astype(np.uint8)).save(tmp_path / "7.jpg", quality=95)
    as_is = read_inputs(tmp_path / "7.jpg", 784)
    found = read_inputs(tmp_path / "7.jpg", 784, drawings=True)
    assert found.shape == as_is.shape == (1, 784)
    assert np.corrcoef(found[0], normalize(seven(), (28, 28)).ravel())[0, 1] > 0.98


def test_a_picture_of_the_built_in_digits_size_stays_as_it_is(tmp_path):
    grey = (load_digits().images[3] * 15).astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "3.png")
    as_is, found = (read_inputs(tmp_path / "3.png", 64, drawings=form) for form in (False, True))
    np.testing.assert_array_equal(as_is, found)
