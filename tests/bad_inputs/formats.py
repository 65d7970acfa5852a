"""What saving and loading refuse; damaged files are in tests/formats."""

import tidu as td
from tests.bad_inputs import Bad
from tidu.errors import FileFormatError


def saved(path):
    td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy()).save(path)


ROWS = [
    Bad("load.path", lambda: td.load("no.safetensors"), FileNotFoundError, "there is no file no."),
    Bad("load.path", lambda: td.load("."), FileNotFoundError, "there is no file ."),
    Bad("load.path", lambda: td.load(__file__), FileFormatError, "is no safetensors file, or is"),
    Bad("load.path", lambda: td.load(None), TypeError, "NoneType"),
    Bad("load.layers", lambda: td.load("x", layers={"My": 5}), TypeError, "`layers['My']` must be"),
    Bad(
        "load.layers",
        lambda: td.load("x", layers={"My": td.ReLU()}),
        TypeError,
        "must be a class of layers, got ReLU()",
    ),
    Bad("load.layers", lambda: td.load("x", layers=td.ReLU), TypeError, "`layers` must be"),
    Bad("save.path", lambda: saved("no/such/folder/net"), FileNotFoundError, "there is no folder"),
    Bad("save.path", lambda: saved("."), IsADirectoryError, "it is a folder"),
    Bad("save.path", lambda: saved(5), TypeError, "int"),
]
