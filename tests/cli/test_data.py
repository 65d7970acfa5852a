"""Data sets and networks made to agree."""

import pytest

import tidu as td
from tests.cli.conftest import KINDS, write_pets
from tidu.cli.data import data_for
from tidu.errors import InputError, ShapeError


def network(d=2, classes=KINDS):
    return td.Network([td.Affine(3)], d, td.SoftmaxCrossEntropy(), classes=classes)


def test_labels_are_numbered_as_the_networks_classes(tmp_path):
    write_pets(tmp_path / "pets.csv", 20, KINDS[1:])
    data = data_for(network(), str(tmp_path / "pets.csv"), "all", None, None)
    assert data.class_names == tuple(KINDS)
    assert set(data.t) == {1, 2}
    dogs = data.x[data.t == 1]
    assert (dogs[:, 0] > 10).all()


def test_other_classes_and_sizes_are_named(tmp_path):
    write_pets(tmp_path / "pets.csv", 20)
    path = str(tmp_path / "pets.csv")
    with pytest.raises(InputError, match="lacks 'mouse', which 'pets' holds"):
        data_for(network(classes=["cat", "dog", "cow"]), path, "all", None, None)
    with pytest.raises(ShapeError, match="has 2 numbers a sample; this network takes 5"):
        data_for(network(d=5), path, "all", None, None)
