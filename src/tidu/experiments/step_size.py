"""How large the step of a difference should be: the V between truncation and rounding."""

from __future__ import annotations

import warnings
from typing import Annotated, Any

import numpy as np

from tidu.errors import StepVanishedWarning
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, silent
from tidu.language import translator
from tidu.numeric import derivative
from tidu.plots.style import Theme, label_ends, new_figure
from tidu.recipes.signature import Setting

_ = translator("experiments")

METHODS = {
    "forward": "eps^(1/2)",
    "central": "eps^(2/3)",
    "five-point": "eps^(4/5)",
    "richardson": "eps",
    "complex-step": "eps",
}
"""The methods compared, and the size of the smallest error that theory promises each."""

_POWERS = {"eps^(1/2)": 1 / 2, "eps^(2/3)": 2 / 3, "eps^(4/5)": 4 / 5, "eps": 1.0}
_FITTED = slice(0, 3)  # of the longest steps, where rounding is not yet to be seen
DTYPES = {"float64": 52, "float32": 23}
"""The precisions compared, and how often one can be halved before x + h is x."""


@experiment(
    "step-size",
    title="How large a step? The error of a derivative against h",
    quick={"points": 3, "methods": ("forward", "central")},
)
def step_size(
    *,
    points: Annotated[int, Setting("how many points x to average over", 1, 1000)] = 10,
    methods: Annotated[
        tuple[str, ...], Setting("formulas to compare", choices=tuple(METHODS))
    ] = tuple(METHODS),
    progress: Progress = silent,
) -> Result:
    """Measure the relative error of the derivative of exp at many steps h, in both precisions.

    All derivatives of exp are exp, so no formula is favoured. The error is the root of the mean
    square over points from 0.5 to 1.5; the steps are powers of two, so that x + h is exact.

    Examples
    --------
    >>> found = step_size(points=1, methods=["central"]).numbers["float64"]["central"]
    >>> round(found["power of h"], 2)
    2.0
    """
    x = np.linspace(0.5, 1.5, points)
    curves = {
        (dtype, method): np.array(
            [(h, _error(x.astype(dtype), method, h)) for h in _steps(dtype, method)]
        ).T
        for dtype in DTYPES
        for method in progress(methods, dtype)
    }
    numbers: dict[str, Any] = {dtype: {} for dtype in DTYPES}
    rows = []
    for (dtype, method), (h, error) in curves.items():
        theory = np.finfo(dtype).eps ** _POWERS[METHODS[method]]
        power = None
        if error[_FITTED].min() > 100 * np.finfo(dtype).eps:
            power = float(np.polyfit(np.log(h[_FITTED]), np.log(error[_FITTED]), 1)[0])
        best = int(error.argmin())
        numbers[dtype][method] = {
            "power of h": power,
            "smallest error": float(error[best]),
            "at h": float(h[best]),
            "theory": float(theory),
            "steps": h,
            "errors": error,
        }
        rows.append(
            (dtype, method, "–" if power is None else f"{power:.2f}", f"{error[best]:.1e}",
             f"{h[best]:.1e}", METHODS[method], f"{theory:.1e}")
        )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StepVanishedWarning)  # which is what is to be shown
        vanished = derivative(np.exp, 1.0, method="forward", step=1e-50)
    numbers["forward difference with h = 1e-50"] = vanished

    return Result(
        numbers=numbers,
        tables=[
            Table(
                _("the power of h in the error of long steps, and the smallest error of all"),
                (
                    "dtype",
                    _("method"),
                    _("power"),
                    _("smallest"),
                    _("at h"),
                    _("theory"),
                    _("which is"),
                ),
                rows,
            ),
            Table(
                _("a step that vanishes: x + h is x, so the difference is 0, whatever the slope"),
                (_("method"), "h", _("slope of exp at 1"), _("measured")),
                [("forward", "1e-50", f"{np.e:.6f}", vanished)],
            ),
        ],
        see=_(
            "Each line is a V. Large steps have truncation error, which falls with the first, "
            "second or fourth power of h; small steps have rounding error, which grows like "
            "eps / h because two nearly equal numbers are subtracted. Formulas of higher order "
            "have a smaller least error, at a larger step. The complex step subtracts nothing, so "
            "its error only falls, down to the precision of the numbers."
        ),
    )


@step_size.draws
def draw_step_size(record: Record, look: Theme) -> Any:
    """Draw the error against the step, a panel for each precision."""
    numbers, settings = record["numbers"], record["settings"]
    figure = new_figure(height=4.4)
    axes = figure.subplots(1, 2, sharey=True, width_ratios=(5, 4))
    labels = []
    colours = dict(zip(METHODS, look.series, strict=True))
    for ax, dtype in zip(axes, DTYPES, strict=True):
        ends = []
        for method in settings["methods"]:
            found = numbers[dtype][method]
            h, error = found["steps"], np.maximum(found["errors"], np.finfo(dtype).eps / 8)
            ax.loglog(h, error, color=colours[method], **_LINES.get(method, {}))
            far = -1 if method == "complex-step" else 0
            ends.append((method, h[far], error[far], colours[method]))
        labels.append(ends)
        ax.set_title(_("{dtype}, eps = {eps:.1e}").format(dtype=dtype, eps=np.finfo(dtype).eps))
        ax.set_xlabel(_("step h"))
    axes[0].set_ylabel(_("relative error of the derivative of exp"))
    figure.draw_without_rendering()
    for ax, ends in zip(axes, labels, strict=True):
        label_ends(ax, [end for end in ends if end[0] != "complex-step"])
        for name, h, error, colour in ends:
            if name == "complex-step":
                ax.annotate(name, (h, error), xytext=(0, 4), textcoords="offset points",
                            color=colour)  # fmt: skip
    return figure


_LINES = {"complex-step": {"linestyle": (0, (4, 2)), "zorder": 3}}
"""Lines that would hide another: at long steps the complex step errs as central differences do."""


def _steps(dtype: str, method: str) -> np.ndarray:
    """Return steps from long to short; of the complex step, only those that do for float64."""
    longest = 8 if method == "complex-step" and dtype == "float64" else 3
    return 2.0 ** -np.arange(longest, DTYPES[dtype] + 1)


def _error(x: np.ndarray, method: str, h: float) -> float:
    """Return the root of the mean square of the relative error of exp′ over points."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StepVanishedWarning)
        slopes = [float(derivative(np.exp, at, method=method, step=h)) for at in x]
    exact = np.exp(x.astype(np.float64))
    return float(np.sqrt(np.mean((slopes / exact - 1) ** 2)))
