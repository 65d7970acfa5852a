"""One network of digits and one of a table, trained once for all tests of commands."""

import numpy as np
import pytest

from tests.cli.running import tidu

KINDS = np.array(["cat", "dog", "mouse"])


@pytest.fixture(scope="session")
def digits(tmp_path_factory):
    """A folder in which ``tidu train digits`` was run, and how it ended."""
    folder = tmp_path_factory.mktemp("digits")
    return folder, tidu("train", "digits", "--json", cwd=folder)


@pytest.fixture(scope="session")
def pets(tmp_path_factory):
    """The same for a table of animals, whose classes have names."""
    folder = tmp_path_factory.mktemp("pets")
    write_pets(folder / "pets.csv", 150)
    words = ("train", "pets.csv", "--epochs", "60", "--batch-size", "20", "--json")
    return folder, tidu(*words, cwd=folder)


def write_pets(path, n, kinds=KINDS, seed=0):
    """Write weights and lengths of n animals of these kinds."""
    rng = np.random.default_rng(seed)
    t = rng.integers(len(kinds), size=n)
    weight, length = np.array([[4.0, 20, 0.03], [45, 80, 9]])[:, np.searchsorted(KINDS, kinds)[t]]
    x = np.stack([weight, length], axis=1) * rng.normal(1, 0.1, (n, 2))
    rows = [f"{a:.4f},{b:.2f},{kinds[k]}" for (a, b), k in zip(x, t, strict=True)]
    path.write_text("\n".join(["weight,length,kind", *rows]))
