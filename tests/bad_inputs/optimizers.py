"""Settings of optimizers and schedules that cannot work."""

import math

from tests.bad_inputs import Bad
from tidu.errors import InputError
from tidu.optimizers import (
    OPTIMIZERS,
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
    RMSprop,
    Rule,
    StepDecay,
    WarmUp,
    by_name,
)


class OwnRule(Rule):
    """A user's rule."""

    def update(self, theta, dtheta, state, step, decay_mask=None):
        """Stay."""
        return theta, state


ROWS = [
    *(
        Bad(
            f"{rule.__name__}.lr",
            lambda rule=rule: rule(lr=-0.1),
            InputError,
            "`lr` must be at least 0, got -0.1",
        )
        for rule in OPTIMIZERS.values()
    ),
    Bad("Rule.lr", lambda: OwnRule("0.1"), TypeError, "`lr` must be a number or a schedule"),
    Bad("Rule.with_rate.lr", lambda: OwnRule(0.1).with_rate(-1), InputError, "`lr` must be at"),
    Bad("Rule.with_rate.lr", lambda: SGD().with_rate("1"), TypeError, "`lr` must be a number or"),
    Bad("SGD.lr", lambda: SGD("0.1"), TypeError, "`lr` must be a number or a schedule"),
    Bad("SGD.lr", lambda: SGD(math.inf), InputError, "`lr` must be at least 0, got inf"),
    Bad("SGD.lr", lambda: SGD(None), TypeError, "(a function of the step), got None"),
    Bad(
        "Momentum.momentum",
        lambda: Momentum(momentum=1.0),
        InputError,
        "`momentum` must be at least 0 and below 1, got 1.0",
    ),
    Bad(
        "Nesterov.momentum",
        lambda: Nesterov(momentum=-0.9),
        InputError,
        "`momentum` must be at least 0 and below 1, got -0.9",
    ),
    Bad("AdaGrad.eps", lambda: AdaGrad(eps=0), InputError, "`eps` must be above 0, got 0"),
    Bad("RMSprop.decay", lambda: RMSprop(decay=1), InputError, "`decay` must be at least 0"),
    Bad("RMSprop.eps", lambda: RMSprop(eps=-1e-8), InputError, "`eps` must be above 0"),
    Bad("Adam.beta1", lambda: Adam(beta1=1.0), InputError, "`beta1` must be at least 0 and below"),
    Bad("Adam.beta2", lambda: Adam(beta2=9.99), InputError, "`beta2` must be at least 0 and below"),
    Bad("Adam.beta2", lambda: Adam(beta2=[0.9]), TypeError, "`beta2` must be a number, got [0.9]"),
    Bad("Adam.eps", lambda: Adam(eps=0.0), InputError, "`eps` must be above 0, got 0.0"),
    Bad("AdamW.beta1", lambda: AdamW(beta1=2), InputError, "`beta1` must be"),
    Bad("AdamW.beta2", lambda: AdamW(beta2=-1), InputError, "`beta2` must be"),
    Bad("AdamW.eps", lambda: AdamW(eps=True), TypeError, "`eps` must be a number, got True"),
    Bad(
        "AdamW.weight_decay",
        lambda: AdamW(weight_decay=-0.01),
        InputError,
        "`weight_decay` must be at least 0, got -0.01",
    ),
    Bad("Lion.beta1", lambda: Lion(beta1=1), InputError, "`beta1` must be at least 0 and below"),
    Bad("Lion.beta2", lambda: Lion(beta2=-1), InputError, "`beta2` must be at least 0 and below"),
    Bad("Lion.weight_decay", lambda: Lion(weight_decay=-1), InputError, "`weight_decay` must be"),
    *(
        row
        for clip in (ClipByNorm, ClipByValue)
        for row in (
            Bad(
                f"{clip.__name__}.limit",
                lambda clip=clip: clip(0, SGD()),
                InputError,
                "`limit` must be above 0, got 0",
            ),
            Bad(
                f"{clip.__name__}.limit",
                lambda clip=clip: clip(SGD(), 1.0),
                TypeError,
                "`limit` must be a number, got SGD(lr=0.1)",
            ),
            Bad(
                f"{clip.__name__}.optimizer",
                lambda clip=clip: clip(1.0, "adam"),
                TypeError,
                "`optimizer` must be an optimizer such as SGD(0.1), got 'adam' (str)",
            ),
            Bad(
                f"{clip.__name__}.optimizer",
                lambda clip=clip: clip(1.0, SGD),
                TypeError,
                "got the class SGD; write SGD(...) with its settings",
            ),
        )
    ),
    Bad("Constant.lr", lambda: Constant(-1), InputError, "`lr` must be at least 0, got -1"),
    Bad("StepDecay.lr", lambda: StepDecay("1", 10), TypeError, "`lr` must be a number, got '1'"),
    Bad("StepDecay.every", lambda: StepDecay(0.1, 0), InputError, "`every` must be a positive"),
    Bad("StepDecay.every", lambda: StepDecay(0.1, 2.5), TypeError, "`every` must be an integer"),
    Bad(
        "StepDecay.factor",
        lambda: StepDecay(0.1, 10, factor=10),
        InputError,
        "`factor` must be above 0 and at most 1, got 10",
    ),
    Bad("Exponential.lr", lambda: Exponential(-1, 0.9), InputError, "`lr` must be at least 0"),
    Bad(
        "Exponential.decay",
        lambda: Exponential(0.1, 1.01),
        InputError,
        "`decay` must be above 0 and at most 1, got 1.01",
    ),
    Bad("Cosine.lr", lambda: Cosine(math.nan, 10), InputError, "`lr` must be at least 0, got nan"),
    Bad("Cosine.steps", lambda: Cosine(0.1, 0), InputError, "`steps` must be a positive integer"),
    Bad("Cosine.final", lambda: Cosine(0.1, 10, -1), InputError, "`final` must be at least 0"),
    Bad("FlatCosine.lr", lambda: FlatCosine(-1, 10), InputError, "`lr` must be at least 0, got -1"),
    Bad("FlatCosine.steps", lambda: FlatCosine(0.1, 0), InputError, "`steps` must be a positive"),
    Bad(
        "FlatCosine.flat", lambda: FlatCosine(0.1, 9, 1), InputError, "`flat` must be at least 0 a"
    ),
    Bad("LogCosine.lr", lambda: LogCosine(-1, 10), InputError, "`lr` must be at least 0, got -1"),
    Bad("LogCosine.steps", lambda: LogCosine(0.1, 0), InputError, "`steps` must be a positive"),
    Bad("LogCosine.cycles", lambda: LogCosine(0.1, 9, 0), InputError, "`cycles` must be a posit"),
    Bad("OneCycle.lr", lambda: OneCycle(-1, 10), InputError, "`lr` must be at least 0, got -1"),
    Bad("OneCycle.steps", lambda: OneCycle(0.1, 0), InputError, "`steps` must be a positive"),
    Bad("OneCycle.rise", lambda: OneCycle(0.1, 10, 1.0), InputError, "`rise` must be above 0 and"),
    Bad("OneCycle.start", lambda: OneCycle(0.1, 10, start=2), InputError, "`start` must be at l"),
    Bad("OneCycle.final", lambda: OneCycle(0.1, 10, final=-1), InputError, "`final` must be at l"),
    Bad("WarmUp.steps", lambda: WarmUp(0, 0.1), InputError, "`steps` must be a positive integer"),
    Bad("WarmUp.then", lambda: WarmUp(10, "adam"), TypeError, "`then` must be a number or a"),
    Bad("by_name.name", lambda: by_name("Adam"), InputError, "did you mean 'adam'?"),
]
