"""The handwritten digits that come with the package: real data with no network."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from tidu.datasets.dataset import Dataset

DIGIT_NAMES = tuple("0123456789")


def load_digits(split: str = "all") -> Dataset:
    """Load 1,797 scans of handwritten digits, 8×8 pixels with values from 0 to 16.

    Each pixel counts the black dots in a 4×4 block of a 32×32 scan. 43 people wrote the whole
    collection; these are the 13 whose digits its authors kept for testing.

    Parameters
    ----------
    split
        ``"train"`` (1,437 rows), ``"test"`` (the other 360) or ``"all"``. The data have no
        official parts: these are cut with every class in proportion, and are always the same.

    Returns
    -------
    Dataset
        ``x`` is (N, 64) uint8, ``t`` (N,) uint8.

    References
    ----------
    E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998, doi:10.24432/C50P49.

    Examples
    --------
    >>> load_digits()
    <Dataset digits: 1797 rows of 8×8 pixels (uint8, 0 to 16), 10 classes: 0, 1, ..., 9>
    """
    packaged = files("tidu.datasets").joinpath("digits.npz")
    with packaged.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        x, t = arrays["x"], arrays["t"]
    return Dataset(
        x=x,
        t=t,
        name="digits",
        class_names=DIGIT_NAMES,
        image_shape=(8, 8),
        scale=16,
        source="E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, "
        "UCI Machine Learning Repository, CC BY 4.0",
    ).part(split)
