"""Engines: how training steps are carried out.

An engine carries out k steps at a time and knows nothing of epochs, files or people; nothing else
in Tidu knows which engine runs. The NumPy engine is the specification that others are held to.
"""

from tidu.engines.base import Engine, Steps
from tidu.engines.numpy_engine import NumpyEngine

__all__ = ["ENGINES", "Engine", "NumpyEngine", "Steps"]

ENGINES: dict[str, type[Engine]] = {"numpy": NumpyEngine}
