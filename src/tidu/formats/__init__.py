"""Saving and exchange: networks as safetensors files, which hold numbers and settings and no code.

`model_file` writes and reads the file, `architecture` turns a network's settings into JSON and
back, `atomic` replaces a file in one step.
"""

from tidu.formats.atomic import write_atomically
from tidu.formats.model_file import load, save

__all__ = ["load", "save", "write_atomically"]
