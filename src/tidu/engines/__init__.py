"""Engines: how training steps are carried out.

An engine carries out k steps at a time and knows nothing of epochs, files or output; nothing else
in Tidu knows which engine runs. The NumPy engine is the specification, which tests hold the others
to; the compiled one does the same by compiled kernels, where every part of a network has one; that
of MPI shares each batch between processes.
"""

from tidu.engines.base import Engine, Steps
from tidu.engines.choice import ENGINES, choose, choose_for_scores
from tidu.engines.compiled.alone import Advance, advance_alone
from tidu.engines.compiled.engine import CompiledEngine
from tidu.engines.compiled.pieces import Member, Shared, TrainingSet, Worker, why_no_pieces
from tidu.engines.mpi_engine import MpiEngine
from tidu.engines.numeric_engine import NumericEngine
from tidu.engines.numpy_engine import NumpyEngine
from tidu.engines.scoring import Prepared, all_scores

__all__ = [
    "ENGINES",
    "Advance",
    "CompiledEngine",
    "Engine",
    "Member",
    "MpiEngine",
    "NumericEngine",
    "NumpyEngine",
    "Prepared",
    "Shared",
    "Steps",
    "TrainingSet",
    "Worker",
    "advance_alone",
    "all_scores",
    "choose",
    "choose_for_scores",
    "why_no_pieces",
]
