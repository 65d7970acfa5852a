"""Settings of losses that cannot work."""

import tidu as td
from tests.bad_inputs import Bad
from tidu.errors import InputError

ROWS = [
    Bad(
        "MeanSquaredError.spread",
        lambda: td.MeanSquaredError(spread=2.0),
        TypeError,
        "`spread` must be a list of one number an output, such as [1.0, 2.0], got",
    ),
    Bad(
        "MeanSquaredError.spread",
        lambda: td.MeanSquaredError(spread=[1.0, 0.0]),
        InputError,
        "`spread[1]` must be above 0, got 0",
    ),
    Bad(
        "SoftmaxCrossEntropy.label_smoothing",
        lambda: td.SoftmaxCrossEntropy(label_smoothing=10),
        InputError,
        "`label_smoothing` must be at least 0 and at most 1, got 10",
    ),
    Bad(
        "SoftmaxCrossEntropy.label_smoothing",
        lambda: td.SoftmaxCrossEntropy([1, 2]),
        TypeError,
        "`label_smoothing` must be a number, got [1, 2]",
    ),
    *(
        Bad(
            "SoftmaxCrossEntropy.class_weights",
            lambda given=given: td.SoftmaxCrossEntropy(class_weights=given),
            TypeError,
            "`class_weights` must be a list of one number a class, such as [1.0, 2.0], got",
        )
        for given in ("balanced", {0: 1.0, 1: 2.0}, 2.0)
    ),
    Bad(
        "SoftmaxCrossEntropy.class_weights",
        lambda: td.SoftmaxCrossEntropy(class_weights=[1, -1]),
        InputError,
        "`class_weights[1]` must be at least 0, got -1",
    ),
    Bad(
        "SoftmaxCrossEntropy.class_weights",
        lambda: td.SoftmaxCrossEntropy(class_weights=[[1, 2]]),
        TypeError,
        "`class_weights[0]` must be a number, got [1, 2]",
    ),
]
