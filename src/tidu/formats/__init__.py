"""Saving and exchange: networks and runs as files that hold numbers and no code.

`model_file` writes and reads a network as safetensors, `run_file` a whole run; `checkpoint` is the
callback that saves a run as it goes. `architecture` turns settings into JSON and back, `lock` keeps
a folder for one process. `numpy_file`, `onnx_file`, `torch_modules` and `tensorboard` write what
other programs read; `exports` is what they share.
"""

from tidu.formats.checkpoint import Checkpoint
from tidu.formats.model_file import load, save
from tidu.formats.numpy_file import to_numpy
from tidu.formats.onnx_file import to_onnx
from tidu.formats.run_file import load_run
from tidu.formats.tensorboard import to_tensorboard
from tidu.formats.torch_modules import from_torch, to_torch

__all__ = [
    "Checkpoint",
    "from_torch",
    "load",
    "load_run",
    "save",
    "to_numpy",
    "to_onnx",
    "to_tensorboard",
    "to_torch",
]
