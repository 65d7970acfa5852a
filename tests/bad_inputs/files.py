"""What saved runs and other programs' files refuse; damaged files are in tests/formats."""

import importlib.util
import tempfile

import numpy as np

import tidu as td
from tests.bad_inputs import Bad
from tidu.errors import FileFormatError, InputError, MissingExtraError

TORCH = importlib.util.find_spec("torch") is not None


def net():
    return td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy())


def saved(**settings):
    """Train with these settings of a checkpoint, twice in the same folder."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            saver = td.Checkpoint(folder, **settings)
            net().fit(np.ones((2, 3)), [0, 1], epochs=1, callbacks=[saver])


def linear(**settings):
    """Take over a module of PyTorch, with some settings."""
    from torch import nn

    return td.from_torch(nn.Sequential(nn.Linear(3, 2)), **settings)


def from_torch(argument, call, error, sentence):
    """Return a row for where PyTorch is installed, and for where it is not."""
    if not TORCH:
        error, sentence = MissingExtraError, "pip install 'tidu[torch]'"
        return Bad(argument, lambda: td.from_torch(None), error, sentence)
    return Bad(argument, call, error, sentence)


ROWS = [
    Bad("Checkpoint.path", lambda: td.Checkpoint(5), TypeError, "int"),
    Bad("Checkpoint.path", saved, InputError, "holds a run already"),
    Bad("Checkpoint.every", lambda: td.Checkpoint("x", 0), InputError, "`every` must be a positi"),
    Bad("Checkpoint.every", lambda: td.Checkpoint("x", 0.5), TypeError, "`every` must be an inte"),
    Bad("Checkpoint.unit", lambda: td.Checkpoint("x", unit="epoch"), InputError, "mean 'epochs'?"),
    Bad("Checkpoint.keep", lambda: td.Checkpoint("x", keep=0), InputError, "`keep` must be a pos"),
    Bad("Checkpoint.keep", lambda: td.Checkpoint("x", keep=None), TypeError, "`keep` must be an "),
    Bad("Checkpoint.resume", lambda: saved(resume=False), InputError, "resume it (resume=True"),
    Bad(
        "Checkpoint.resume",
        lambda: td.Checkpoint("x", resume="runs/a"),
        TypeError,
        "`resume` must be True or False, got 'runs/a'",
    ),
    Bad("load_run.path", lambda: td.load_run("none"), FileNotFoundError, "there is no file none"),
    Bad("load_run.path", lambda: td.load_run("."), FileNotFoundError, "there is no saved run in ."),
    Bad("load_run.path", lambda: td.load_run(__file__), FileFormatError, "is no safetensors file"),
    Bad("load_run.layers", lambda: td.load_run("x", layers={"A": 5}), TypeError, "`layers['A']`"),
    from_torch("from_torch.module", lambda: td.from_torch(5), TypeError, "nn.Sequential, got int"),
    from_torch("from_torch.loss", lambda: linear(loss=5), TypeError, "`loss` must be a loss"),
    from_torch(
        "from_torch.input_shape",
        lambda: linear(input_shape=(2, 3)),
        td.ShapeError,
        "put Flatten() before",
    ),
    from_torch(
        "from_torch.input_shape", lambda: linear(input_shape=4), InputError, "W1 of shape (3, 2)"
    ),
    Bad("to_numpy.path", lambda: net().to_numpy("no/a.py"), FileNotFoundError, "there is no folde"),
    Bad("to_onnx.path", lambda: net().to_onnx("."), IsADirectoryError, "it is a folder"),
    Bad("to_json.path", lambda: td.History().to_json("."), IsADirectoryError, "."),
]
