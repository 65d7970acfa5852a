"""Learning from data: epochs of steps, and the events between them.

`fit.fit` advances a `Run`, whose steps an engine carries out. A `Callback` can watch it
or stop it; its result is a `History`.
"""

from tidu.training.averaging import WeightAverage
from tidu.training.callbacks import (
    Callback,
    CSVLog,
    EarlyStopping,
    Monitor,
    ReduceOnPlateau,
)
from tidu.training.data_start import DataDependentInit
from tidu.training.distributions import Distributions
from tidu.training.history import History
from tidu.training.run import Run
from tidu.training.trajectory import Trajectory

__all__ = [
    "CSVLog",
    "Callback",
    "DataDependentInit",
    "Distributions",
    "EarlyStopping",
    "History",
    "Monitor",
    "ReduceOnPlateau",
    "Run",
    "Trajectory",
    "WeightAverage",
]
