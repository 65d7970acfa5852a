"""What has a compiled form: rows for losses, penalties and clipping, and what is missing.

Layers have their rows in `layer_forms`, activations in `kernels.activations`, update rules in
`kernels.rules`. A part without a row, such as one of your own, trains with the NumPy engine;
`obstacle` says which it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.kernels.rules import RULES
from tidu.engines.compiled.layer_forms import has_form
from tidu.language import translator
from tidu.losses import (
    Loss,
    MeanSquaredError,
    Poisson,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SumSquaredError,
)
from tidu.objective import Objective
from tidu.optimizers import ClipByNorm, ClipByValue, Optimizer
from tidu.penalties import L1, L2, ElasticNet, Penalty

_ = translator("library")

LOSSES: dict[type[Loss], int] = {
    SumSquaredError: op.SUM_SQUARED,
    MeanSquaredError: op.MEAN_SQUARED,
    SoftmaxCrossEntropy: op.SOFTMAX_CROSS_ENTROPY,
    SigmoidCrossEntropy: op.SIGMOID_CROSS_ENTROPY,
    Poisson: op.POISSON,
}
PER_OUTPUT: dict[type[Loss], str] = {
    SoftmaxCrossEntropy: "class_weights",
    MeanSquaredError: "spread",
}
"""The setting of a loss that has a number for each output."""

PENALTIES: dict[type[Penalty | None], Callable[[Any], tuple[float, float]]] = {
    type(None): lambda penalty: (0.0, 0.0),
    L1: lambda penalty: (penalty.strength, 0.0),
    L2: lambda penalty: (0.0, penalty.strength),
    ElasticNet: lambda penalty: (penalty.l1, penalty.l2),
}
"""The strengths λ₁ and λ₂ of each penalty."""
CLIPS: dict[type[Optimizer], tuple[Any, ...]] = {
    ClipByValue: (op.CLIP_BY_VALUE,),
    ClipByNorm: (op.FIND_LARGEST, op.SUM_SQUARES, op.CLIP_BY_NORM),
}


def obstacle(network: Objective, optimizer: Optimizer | None = None) -> str:
    """Return which part of a network has no compiled form, as a sentence, or ""."""
    parts: list[tuple[str, object, bool]] = [
        (
            _("the layer {part!r} has no compiled form"),
            at.layer,
            has_form(at.layer),
        )
        for outer in network.chain.walk(network.input_shape)
        for at in outer.with_inner()
    ]
    loss = network.loss_function
    flat = type(loss) is not SoftmaxCrossEntropy or len(network.output_shape) == 1
    parts.append((_("the loss {part!r} has no compiled form"), loss, type(loss) in LOSSES and flat))
    parts.append(
        (
            _("the penalty {part!r} has no compiled form"),
            network.penalty,
            type(network.penalty) in PENALTIES,
        )
    )
    if optimizer is not None:
        rule = rule_beneath(optimizer)
        parts.append((_("the optimizer {part!r} has no compiled form"), rule, type(rule) in RULES))
    return next((sentence.format(part=part) for sentence, part, ok in parts if not ok), "")


def rule_beneath(optimizer: Optimizer) -> Any:
    """Return the update rule beneath what clips its gradients."""
    while type(optimizer) in CLIPS:
        optimizer = optimizer.optimizer  # type: ignore[attr-defined]
    return optimizer
