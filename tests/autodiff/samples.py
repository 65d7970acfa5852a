"""Arguments at which each rule of `tidu.autodiff.RULES` is checked: a new rule needs a row here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Sample:
    """A rule's name, its arguments and options; ``fixed`` are positions that have no gradient."""

    rule: str
    args: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)
    fixed: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        shapes = ",".join("×".join(map(str, np.shape(a))) or "number" for a in self.args)
        options = ",".join(f"{k}={v}" for k, v in self.options.items())
        return f"{self.rule}({shapes}{';' if options else ''}{options})".replace(" ", "")


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _any(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers of size 0.2 to 2 with both signs, no two of one size, another size for each seed."""
    rng = _rng(seed)
    n = int(np.prod(shape))
    sizes = rng.permutation(np.linspace(0.2, 1.9, n) + 0.013 * seed) if n else np.zeros(0)
    return (sizes * rng.choice([-1.0, 1.0], n)).reshape(shape)


def _positive(*shape: int, seed: int = 0) -> np.ndarray:
    return np.abs(_any(*shape, seed=seed))


def _zeros_inside() -> np.ndarray:
    x = _any(4, 3)
    x[1, 0] = x[2, 1] = x[3, 1] = 0.0
    return x


_A, _B = _any(1, 3), _any(1, 3, seed=1)
_INNER = 0.45 * _A
"""Between −1 and 1."""

_OF_ONE = {
    **dict.fromkeys(
        (
            *("negative", "positive", "absolute", "fabs", "square", "cbrt", "reciprocal", "exp"),
            *("exp2", "expm1", "sin", "cos", "arctan", "sinh", "cosh", "tanh", "arcsinh"),
        ),
        _A,
    ),
    **dict.fromkeys(("sqrt", "log", "log2", "log10"), _positive(1, 3)),
    **dict.fromkeys(("tan", "arcsin", "arccos", "arctanh", "log1p"), _INNER),
    "arccosh": 1.1 + _positive(1, 3),
}

_BINARY = ("add", "subtract", "multiply", "divide", "logaddexp", "arctan2", "hypot")

SAMPLES = (
    *(Sample(name, (x,)) for name, x in _OF_ONE.items()),
    *(Sample(name, (x[0, 0],)) for name, x in _OF_ONE.items()),
    *(Sample(name, (_A, _B)) for name in (*_BINARY, "maximum", "minimum")),
    *(Sample(name, (_any(2, 1, 3), _any(4, 1, seed=2))) for name in (*_BINARY, "maximum")),
    *(Sample(name, (_A, np.float64(0.7))) for name in (*_BINARY, "minimum")),
    Sample("power", (_positive(1, 3), _B)),
    Sample("power", (_positive(3), _any(2, 1))),
    Sample("power", (_A, 2), fixed=(1,)),
    Sample("power", (_A, 3.0), fixed=(1,)),
    Sample("power", (_A, -1.0), fixed=(1,)),
    Sample("power", (_any(3), np.array([0.0, 1.0, 2.0])), fixed=(1,)),
    Sample("power", (np.array([0.0, 0.0, 0.0, 1.3]), np.array([0.0, 1.0, 2.0, 4.0])), fixed=(1,)),
    Sample("power", (2.0, _B), fixed=(0,)),
    Sample("remainder", (_A, np.float64(0.77))),
    Sample("remainder", (_any(3), _positive(2, 1) + 0.013)),
    Sample("matmul", (_any(2, 3), _any(3, 4))),
    Sample("matmul", (_any(3), _any(3, seed=1))),
    Sample("matmul", (_any(3), _any(3, 2))),
    Sample("matmul", (_any(2, 3), _any(3))),
    Sample("matmul", (_any(2, 2, 3), _any(3, 2))),
    Sample("matmul", (_any(2, 2, 3), _any(3))),
    Sample("matmul", (_any(3), _any(2, 3, 2))),
    Sample("matmul", (_any(2, 1, 2, 3), _any(3, 3, 2))),
    Sample("matmul", (_any(0, 3), _any(3, 2))),
    Sample("where", (_A > 0, _A, _B), fixed=(0,)),
    Sample("where", (np.array([True, False, True]), _any(2, 1), 0.5), fixed=(0, 2)),
    *(
        Sample(name, (_any(2, 3, 2),), options)
        for name in ("sum", "max", "min")
        for options in (
            {},
            {"axis": 0},
            {"axis": -1, "keepdims": True},
            {"axis": (0, -1)},
            {"keepdims": True},
        )
    ),
    Sample("sum", (_any(0),)),
    Sample("sum", (np.float64(2.0),)),
    Sample("max", (np.float64(2.0),)),
    Sample("prod", (_any(4),), {"axis": 0}),
    Sample("prod", (_zeros_inside(),), {"axis": 0}),
    Sample("prod", (_zeros_inside(),), {"axis": 1, "keepdims": True}),
    Sample("prod", (np.zeros(2),), {"axis": 0}),
    *(
        Sample(name, (x,), {"axis": axis})
        for name in ("cumsum", "cumprod")
        for x in (_any(3, 2), _zeros_inside(), np.zeros((0, 2)), _any(1, 2))
        for axis in (0, 1)
    ),
    Sample("reshape", (_any(2, 3),), {"shape": (3, -1)}),
    Sample("transpose", (_any(2, 3, 4),), {"axes": (2, 0, 1)}),
    Sample("broadcast_to", (_any(2, 1),), {"shape": (3, 2, 4)}),
    Sample("astype", (_any(2),), {"dtype": np.dtype(np.longdouble)}),
    *(
        Sample("getitem", (_any(3, 4),), {"index": index})
        for index in (
            1,
            (slice(None, None, -1), 2),
            (..., None, slice(1, 3)),
            np.array([0, 2, 2, 0]),
            (np.array([0, 2, 2]), np.array([1, 1, 1])),
            _any(3, 4) > 0,
            (slice(0, 2), [1, 1]),
            (np.int64(2), slice(None)),
        )
    ),
    Sample("put", (_any(2),), {"index": np.array([0, 0]), "shape": (3,)}),
    Sample("put", (_any(2),), {"index": slice(1, 3), "shape": (4,)}),
    Sample("concatenate", (_any(2, 3), _any(2, 1), _any(2, 2)), {"axis": 1}),
    Sample("concatenate", (_any(2), _any(0), _any(1)), {"axis": 0}),
)
