"""Tidu (梯度, "gradient"): neural networks that a person can see through.

From the derivative of a function to a trained network, each step is small enough to read, and each
gradient has an independent witness. Importing Tidu loads NumPy and no other library; what else a
function needs is loaded when it is called.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tidu import functions, layers
from tidu.errors import (
    DataNotFoundError,
    FileFormatError,
    InaccurateDerivativeWarning,
    InputError,
    MissingExtraError,
    MissingRuleError,
    NonFiniteError,
    ShapeError,
    StepVanishedWarning,
    TiduError,
    TiduWarning,
    TrainingStoppedWarning,
)
from tidu.initializers import (
    Glorot,
    He,
    Initializer,
    LeCun,
    Normal,
    Ones,
    Orthogonal,
    Uniform,
    Xavier,
    Zeros,
)
from tidu.layers.activations import *
from tidu.layers.affine import *
from tidu.layers.base import *
from tidu.layers.batch_norm import *
from tidu.layers.chain import *
from tidu.layers.dropout import *
from tidu.layers.embeddings import *
from tidu.layers.parametric import *
from tidu.layers.scaling import *
from tidu.layers.shaping import *
from tidu.layers.standardize import *
from tidu.losses import (
    Loss,
    MeanSquaredError,
    Poisson,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SumSquaredError,
)
from tidu.network import Network
from tidu.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    ClipByNorm,
    ClipByValue,
    Constant,
    Cosine,
    Exponential,
    FlatCosine,
    Lion,
    LogCosine,
    Momentum,
    Nesterov,
    OneCycle,
    Optimizer,
    RMSprop,
    Rule,
    StepDecay,
    WarmUp,
)
from tidu.outcome import Outcome
from tidu.penalties import (
    L1,
    L2,
    ElasticNet,
    Penalty,
)
from tidu.training import (
    Callback,
    CSVLog,
    DataDependentInit,
    Distributions,
    EarlyStopping,
    History,
    Monitor,
    ReduceOnPlateau,
    Run,
    Trajectory,
    WeightAverage,
)

__version__ = "0.1.0"

if TYPE_CHECKING:
    from tidu import (
        attribution,
        autodiff,
        checking,
        datasets,
        doctor,
        exercises,
        experiments,
        landscape,
        learn,
        numeric,
        plots,
        recipes,
    )
    from tidu.attribution import Attribution, integrated_gradients, occlusion
    from tidu.autodiff import Graph, grad, graph, hvp, jvp, value_and_grad, vjp
    from tidu.checking import (
        GradientError,
        GradientReport,
        assert_gradient,
        assert_layer,
        check_gradient,
        check_jacobian,
        check_layer,
    )
    from tidu.descent import Descent, descend
    from tidu.doctor import Doctor
    from tidu.formats import Checkpoint, from_torch, load, load_run
    from tidu.landscape import Landscape, loss_landscape
    from tidu.numeric import derivative, directional_derivative, gradient, hessian, jacobian
    from tidu.training.many import fit_many
    from tidu.training.predicting import predict_many

LATER = {
    "attribution": ("Attribution", "integrated_gradients", "occlusion"),
    "autodiff": ("Graph", "grad", "graph", "hvp", "jvp", "value_and_grad", "vjp"),
    "checking": (
        "GradientError",
        "GradientReport",
        "assert_gradient",
        "assert_layer",
        "check_gradient",
        "check_jacobian",
        "check_layer",
    ),
    "datasets": (),
    "descent": ("Descent", "descend"),
    "doctor": ("Doctor",),
    "exercises": (),
    "experiments": (),
    "landscape": ("Landscape", "loss_landscape"),
    "formats": ("Checkpoint", "from_torch", "load", "load_run"),
    "learn": (),
    "numeric": ("derivative", "directional_derivative", "gradient", "hessian", "jacobian"),
    "plots": (),
    "recipes": (),
    "training.many": ("fit_many",),
    "training.predicting": ("predict_many",),
}
"""Rooms that training does without, and what is found in them: loaded when they are named."""

__all__ = [
    "L1",
    "L2",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Attribution",
    "CSVLog",
    "Callback",
    "Checkpoint",
    "ClipByNorm",
    "ClipByValue",
    "Constant",
    "Cosine",
    "DataDependentInit",
    "DataNotFoundError",
    "Descent",
    "Distributions",
    "Doctor",
    "EarlyStopping",
    "ElasticNet",
    "Exponential",
    "FileFormatError",
    "FlatCosine",
    "Glorot",
    "GradientError",
    "GradientReport",
    "Graph",
    "He",
    "History",
    "InaccurateDerivativeWarning",
    "Initializer",
    "InputError",
    "Landscape",
    "LeCun",
    "Lion",
    "LogCosine",
    "Loss",
    "MeanSquaredError",
    "MissingExtraError",
    "MissingRuleError",
    "Momentum",
    "Monitor",
    "Nesterov",
    "Network",
    "NonFiniteError",
    "Normal",
    "OneCycle",
    "Ones",
    "Optimizer",
    "Orthogonal",
    "Outcome",
    "Penalty",
    "Poisson",
    "RMSprop",
    "ReduceOnPlateau",
    "Rule",
    "Run",
    "ShapeError",
    "SigmoidCrossEntropy",
    "SoftmaxCrossEntropy",
    "StepDecay",
    "StepVanishedWarning",
    "SumSquaredError",
    "TiduError",
    "TiduWarning",
    "TrainingStoppedWarning",
    "Trajectory",
    "Uniform",
    "WarmUp",
    "WeightAverage",
    "Xavier",
    "Zeros",
    "__version__",
    "assert_gradient",
    "assert_layer",
    "attribution",
    "autodiff",
    "check_gradient",
    "check_jacobian",
    "check_layer",
    "checking",
    "datasets",
    "derivative",
    "descend",
    "directional_derivative",
    "doctor",
    "exercises",
    "experiments",
    "fit_many",
    "from_torch",
    "functions",
    "grad",
    "gradient",
    "graph",
    "hessian",
    "hvp",
    "integrated_gradients",
    "jacobian",
    "jvp",
    "landscape",
    "learn",
    "load",
    "load_run",
    "loss_landscape",
    "numeric",
    "occlusion",
    "plots",
    "predict_many",
    "recipes",
    "value_and_grad",
    "vjp",
]
__all__ += layers.__all__


def __getattr__(name: str) -> Any:
    for room, names in LATER.items():
        if name == room or name in names:
            module = import_module(f"tidu.{room}")
            globals()[name] = module if name == room else getattr(module, name)
            return globals()[name]
    raise AttributeError(f"module 'tidu' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
