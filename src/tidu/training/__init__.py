"""Learning from data: epochs of steps, and all that goes on around them.

`fit.fit` advances a `Run`, whose steps an engine carries out. Whatever wants to watch or to stop it
is a `Callback`; what it gives is a `History`.
"""

from tidu.training.averaging import WeightAverage
from tidu.training.callbacks import Callback, CSVLog, EarlyStopping, Monitor
from tidu.training.distributions import Distributions
from tidu.training.history import History
from tidu.training.run import Run
from tidu.training.trajectory import Trajectory

__all__ = [
    "CSVLog",
    "Callback",
    "Distributions",
    "EarlyStopping",
    "History",
    "Monitor",
    "Run",
    "Trajectory",
    "WeightAverage",
]
