"""A table of points that are hard for finite differences, with the derivative in closed form.

Each function and its derivative are written as text, so that the same row runs in NumPy (the tests)
and in as many digits as one likes (`benchmarks.derivatives`, which also checks the closed forms).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType

import numpy as np

FUNCTIONS = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "cosh": np.cosh,
    "atan": np.arctan,
    "abs": np.abs,
    "relu": lambda x: np.maximum(x, 0),
    "step": lambda x: np.where(x < 0, x * 0, x * 0 + 1),
}


@dataclass(frozen=True)
class Point:
    """One row: a function, its derivative (None where there is none), and where they are taken."""

    kind: str
    f: str
    slope: str | None
    x: float
    dtype: type = np.float64
    _code: CodeType = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_code", compile(self.f, self.f, "eval"))

    @property
    def name(self) -> str:
        """What the test is called."""
        dtype = " float32" if self.dtype is np.float32 else ""
        return f"{self.f} at {self.x:g}{dtype}"

    @property
    def at(self) -> np.floating:
        """The point, in its dtype."""
        return self.dtype(self.x)

    @property
    def function(self) -> Callable:
        """The function, for NumPy."""
        return lambda x: eval(self._code, {**FUNCTIONS, "x": x})

    @property
    def truth(self) -> float | None:
        """The derivative, to about the precision of float64."""
        if self.slope is None:
            return None
        with np.errstate(all="ignore"):
            return float(eval(self.slope, {**FUNCTIONS, "x": np.float64(self.at)}))


def _table() -> list[Point]:
    rows: list[Point] = []

    def add(kind: str, f: str, slope: str | None, *xs: float, dtype: type = np.float64) -> None:
        rows.extend(Point(kind, f, slope, x, dtype) for x in xs)

    def tens(first: int, last: int, by: int) -> list[float]:
        return [float(f"1e{k}") for k in range(first, last + 1, by)]

    # scales of x: what bends over a length of |x|
    add("scale", "1/x", "-1/x**2", *tens(-30, 30, 5), -1e-8, -1e-5)
    add("scale", "log(x)", "1/x", *tens(-30, 30, 5), 1e-6, 1e-3)
    add("scale", "sqrt(x)", "0.5/sqrt(x)", *tens(-30, 30, 10), 1e-8)
    add("scale", "x*x", "2*x", *tens(-30, 30, 10), 1e-25)
    add("scale", "x**3", "3*x**2", *tens(-30, 30, 10))
    add("scale", "x**-2.5", "-2.5*x**-3.5", *tens(-30, 30, 15))
    add("scale", "x*log(x)", "log(x)+1", *tens(-20, 20, 10))
    add("scale", "sin(x)", "cos(x)", *tens(-30, 0, 10), *tens(1, 13, 2), 1e6)
    add("scale", "exp(x)", "exp(x)", -700.0, -100.0, -30.0, 30.0, 100.0, 700.0)
    add("scale", "sin(x*1e-30)*1e30", "cos(x*1e-30)*1e-30*1e30", 1e29, 1e30, 1.0, 1e10)
    add("scale", "sin(x*1e20)", "1e20*cos(x*1e20)", 0.0, 1e-21, 1e-20, 3e-20)
    add("scale", "1e-300*sin(x)", "1e-300*cos(x)", 1.0, 1e-10, 1e3)
    add("scale", "1e300*sin(x)", "1e300*cos(x)", 1.0, 1e-10)

    # poles and edges of domains, away from 0
    near = tens(-12, -1, 1)
    add("pole", "1/(x-1)", "-1/(x-1)**2", *(1 + d for d in near), 1 - 1e-5, 1 - 1e-9)
    add("pole", "tan(x)", "1/cos(x)**2", *(np.pi / 2 - d for d in near[::2]))
    add("pole", "1/sin(x)", "-cos(x)/sin(x)**2", *(np.pi - d for d in near[4::2]))
    add("edge", "log(x-1)", "1/(x-1)", *(1 + d for d in near[::2]))
    add("edge", "sqrt(1-x)", "-0.5/sqrt(1-x)", *(1 - d for d in near[::2]))
    add("edge", "log(1e6-x)", "-1/(1e6-x)", 1e6 - 1e-3, 1e6 - 1.0)
    add("edge", "sqrt(x-1e-20)", "0.5/sqrt(x-1e-20)", 1.1e-20, 2e-20)

    # fast oscillations and narrow bumps
    for w in ("1e2", "1e4", "1e6", "1e8", "1e10", "1e12", "1e15", "1e17"):
        add("oscillation", f"sin({w}*x)", f"{w}*cos({w}*x)", 0.3)
    for w in ("262144", "1048577", "16777217"):  # as fast as steps that are powers of two
        add(
            "oscillation",
            f"sin(6.283185307179586*{w}*x)",
            f"6.283185307179586*{w}*cos(6.283185307179586*{w}*x)",
            0.3,
        )
    add("oscillation", "sin(1/x)", "-cos(1/x)/x**2", *tens(-8, -1, 1))
    for w in ("1e3", "1e6", "1e10", "1e15"):
        add("bump", f"tanh({w}*x)", f"{w}/cosh({w}*x)**2", 0.0, 1 / float(w))
        add("bump", f"1/(1+({w}*x)**2)", f"-2*{w}*({w}*x)/(1+({w}*x)**2)**2", 1 / float(w))
    add("bump", "sin(x)+1e-3*sin(1e5*x)", "cos(x)+1e-3*(1e5*cos(1e5*x))", 0.3, 2.0)

    # large constants, and cancellation inside f
    for c in ("1e2", "1e4", "1e6", "1e8", "1e10", "1e12", "1e14", "1e16", "1e30"):
        add("offset", f"{c}+sin(x)", "cos(x)", 1.0)
        add("offset", f"{c}+x", "1+0*x", 1.0)
    add("cancellation", "1-cos(x)", "sin(x)", *tens(-12, -1, 1))
    add("cancellation", "log(1+x)", "1/(1+x)", *tens(-12, -1, 3))
    add("cancellation", "exp(x)-1-x", "exp(x)-1", *tens(-8, -2, 2))
    quintic = "x**5-5*x**4+10*x**3-10*x**2+5*x-1"
    add("cancellation", quintic, "5*(x-1)**4", 1.001, 1.01, 1.1, 1.5)
    add("cancellation", "(x+1e5)-1e5", "1+0*x", 0.3)
    add("cancellation", "1/(1+exp(-x))", "exp(-x)/(1+exp(-x))**2", -40.0, -20.0, 20.0, 30.0, 40.0)
    add("cancellation", "tanh(x)", "1/cosh(x)**2", 5.0, 10.0, 15.0, 19.0, 25.0)

    # near stationary points, and where f is flat
    add("flat", "cos(x)", "-sin(x)", *tens(-12, -2, 2))
    add("flat", "1+x*x", "2*x", *tens(-12, -2, 2))
    add("flat", "x**4", "4*x**3", *tens(-12, -2, 2), 0.0)
    add("flat", "exp(-1/x**2)", "2*exp(-1/x**2)/x**3", 0.04, 0.05, 0.1, 0.3)
    add("flat", "x*x", "2*x", 0.0)
    add("flat", "cos(x)", "-sin(x)", 0.0)
    add("flat", "7+0*x", "0*x", 2.0)
    add("flat", "1+x*1e-8", "1e-8+0*x", 1.0)
    add("flat", "1+x*1e-30", "1e-30+0*x", 1.0)
    add("flat", "x*1e-30", "1e-30+0*x", 1.0, 0.0)

    # kinks and jumps: at them there is no derivative, beside them there is
    beside = (1e-2, 1e-5, 1e-9, 1e-13, 1e-30)
    add("kink", "abs(x)", None, 0.0)
    add("kink", "abs(x)", "x/abs(x)", *beside, *(-d for d in beside))
    add("kink", "relu(x)", None, 0.0)
    add("kink", "relu(x)", "step(x)", *beside, *(-d for d in beside), -1.0)
    add("kink", "abs(x-1)", None, 1.0)
    add("kink", "abs(x-1)", "(x-1)/abs(x-1)", *(1 + d for d in beside[:-1]))
    add("kink", "1000+0.1*abs(x)", "0.1*x/abs(x)", 1.0, 1e-3, 1e-6)
    add("kink", "1000+0.1*abs(x)", None, 0.0)
    add("kink", "sqrt(abs(x))", None, 0.0)
    add("kink", "x*abs(x)", "2*abs(x)", 0.0, 1e-9, 1.0)
    add("kink", "sin(x)+relu(x-0.3)", None, 0.3)
    add("kink", "sin(x)+relu(x-0.3)", "cos(x)+step(x-0.3)", 0.3 + 1e-7, 0.3 - 1e-7)
    add("jump", "step(x)", None, 0.0)
    add("jump", "x+step(x)", "1+0*x", 1e-3, 1e-7, -1e-7)

    # single precision
    single = {"dtype": np.float32}
    add("float32", "1/x", "-1/x**2", 0.01, 1e-4, 1e-8, 1e-15, 1e3, 1e10, **single)
    add("float32", "log(x)", "1/x", 0.01, 1e-4, 1e-8, 1e-20, 1e3, 1e20, **single)
    add("float32", "sin(x)", "cos(x)", 1e-10, 0.5, 1.5, 10.0, 100.0, 1e4, **single)
    add("float32", "exp(x)", "exp(x)", -50.0, -5.0, 0.5, 5.0, 50.0, **single)
    add("float32", "x*x", "2*x", 1e-15, 1e-4, 3.0, 1e10, **single)
    add("float32", "cos(x)", "-sin(x)", 1e-4, 1e-2, 0.0, **single)
    add("float32", "100+sin(x)", "cos(x)", 1.0, **single)
    add("float32", "abs(x)", "x/abs(x)", 1e-3, -1e-6, **single)
    add("float32", "tanh(100*x)", "100/cosh(100*x)**2", 0.0, 0.01, **single)
    add("float32", "sin(1000*x)", "1000*cos(1000*x)", 0.3, **single)

    # ordinary points, as a control
    add("ordinary", "x**5", "5*x**4", 1.0, 1.5)
    add("ordinary", "sin(x)*exp(-x)", "(cos(x)-sin(x))*exp(-x)", 0.5, 1.0, 2.0)
    add("ordinary", "atan(x)", "1/(1+x*x)", 0.7, 3.0)
    add("ordinary", "exp(sin(x))", "cos(x)*exp(sin(x))", 0.9)
    add("ordinary", "0.01*x**2+0.1*x", "0.02*x+0.1", 5.0, 10.0)
    kepler = "exp(x)*((sin(x)**3+cos(x)**3)-3*sin(x)**2*cos(x)+3*cos(x)**2*sin(x))"
    add("ordinary", "exp(x)/(sin(x)**3+cos(x)**3)", f"{kepler}/(sin(x)**3+cos(x)**3)**2", 1.5)
    return rows


POINTS = _table()
"""All rows."""
