import numpy as np
import pytest

from tests.datasets.test_mnist import SIZES, write_tiny
from tidu.datasets import load_dataset
from tidu.errors import DataNotFoundError, InputError


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_published_sets_by_their_name(tmp_path, name):
    write_tiny(tmp_path / name)
    for split, rows in SIZES.items():
        data = load_dataset(name, split, tmp_path)
        assert (data.name, len(data)) == (name, rows)


def test_the_digits_by_their_name():
    assert [len(load_dataset("digits", split)) for split in ("train", "test", "all")] == [
        1437,
        360,
        1797,
    ]


@pytest.mark.parametrize("as_path", [str, lambda path: path])
def test_a_file_by_its_path(tmp_path, as_path):
    path = tmp_path / "flowers.csv"
    np.savetxt(path, np.c_[np.eye(10), np.arange(10) % 2], delimiter=",")
    assert load_dataset(as_path(path), "all").name == "flowers"
    assert len(load_dataset(as_path(path), "all", label=0)) == 10


REFUSED = [
    (lambda: load_dataset("mnsit"), InputError, "did you mean 'mnist'?"),
    (lambda: load_dataset("flowers.csv"), DataNotFoundError, "no file or folder flowers.csv"),
    (lambda: load_dataset("no/such"), DataNotFoundError, "no file or folder no/such"),
    (lambda: load_dataset("digits", directory="d"), InputError, "goes with 'mnist'"),
    (lambda: load_dataset("mnist", label="t"), InputError, "names columns of a table"),
]


@pytest.mark.parametrize(("call", "error", "sentence"), REFUSED)
def test_names_and_arguments_that_do_not_fit(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert sentence in str(caught.value)
