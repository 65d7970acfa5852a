"""Which engine trains or predicts: the one that was named, or the fastest that can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidu.engines.base import Engine
from tidu.engines.compiled.engine import CompiledEngine
from tidu.engines.compiled.supported import obstacle
from tidu.engines.mpi_engine import MpiEngine
from tidu.engines.numeric_engine import NumericEngine
from tidu.engines.numpy_engine import NumpyEngine
from tidu.errors import InputError, check_choice
from tidu.language import localized_error, translator
from tidu.native import why_no_kernels

if TYPE_CHECKING:
    from tidu.objective import Objective
    from tidu.optimizers import Optimizer

_ = translator("library")

ENGINES: dict[str, type[Engine]] = {
    "numpy": NumpyEngine,
    "numeric": NumericEngine,
    "compiled": CompiledEngine,
    "mpi": MpiEngine,
}


def choose(engine: str, network: Objective, optimizer: Optimizer) -> tuple[str, str]:
    """Return the name of the engine to take, and for ``"auto"`` why.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy())
    >>> choose("numpy", net, td.SGD())
    ('numpy', 'as asked')
    """
    check_choice("engine", engine, ("auto", *ENGINES))
    if engine != "auto":
        return engine, _("as asked")
    why = localized_error(why_no_kernels()) or obstacle(network, optimizer)
    return ("numpy", why) if why else ("compiled", _("every part has a compiled form"))


def choose_for_scores(engine: str, network: Objective, trained_by: str = "") -> str:
    """Return the engine that predicts: ``"auto"`` is that of the network's run, NumPy without one.

    So predictions depend on the network and on this argument, and on nothing else that the process
    has done.

    Examples
    --------
    >>> import tidu as td
    >>> choose_for_scores("auto", td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy()))
    'numpy'
    """
    check_choice("engine", engine, ("auto", NumpyEngine.name, CompiledEngine.name))
    if engine == CompiledEngine.name:
        why = obstacle(network)
        if why:
            raise InputError(f'{why}; engine="numpy" predicts with it')
    if engine != "auto":
        return engine
    compiled = trained_by == CompiledEngine.name and not why_no_kernels()
    return CompiledEngine.name if compiled else NumpyEngine.name
