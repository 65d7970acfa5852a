"""The figure of a gradient check: where the errors are, and how large."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.checking import GradientReport
from tidu.checking.entry_checker import RIGHT, UNSURE, WRONG
from tidu.checking.report import CheckedPart
from tidu.errors import InputError
from tidu.language import translator
from tidu.plots.style import Theme, new_figure, shade, styled, write_status

_ = translator("library")

_CELLS = 48  # more rows or columns than this, and a cell stands for several entries
_ACROSS = 3  # maps in a row


def gradient_report(report: GradientReport, *, theme: str = "light") -> Any:
    r"""Draw where a gradient is wrong, and how the analytic slopes lie against the numeric ones.

    A map for each part in the shape of x, with axes after the second laid out along it: a cell is
    blue where the slope is right, orange where it is wrong and purple where the check cannot
    tell. The colour is the stronger the larger the relative error, from 1e-12 to 1. In a part of
    many entries a cell shows the worst of several; a cell stays blank where no entry was checked.
    Beside the maps, right slopes lie on the diagonal.

    Parameters
    ----------
    report
        What `check_gradient` and the other checks return.
    theme
        ``"light"`` or ``"dark"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, InputError
        If ``report`` is not a report, or there was no slope to look at.

    Examples
    --------
    >>> from tidu.checking import check_gradient
    >>> W = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> report = check_gradient(lambda W: (W**2).sum(), W, 2 * W.T)
    >>> [axes.get_title(loc="left") for axes in gradient_report(report).axes]
    ['x (2, 2)\n2 of 4 wrong', 'analytic slopes against numeric']
    """
    if not isinstance(report, GradientReport):
        raise TypeError(f"`report` must be what check_gradient returns, got {described(report)}")
    parts = [part for part in report.parts if part.results]
    if not parts:
        raise InputError("`report` holds no slopes, so there is nothing to draw")
    with styled(theme) as look:
        columns = min(len(parts), _ACROSS)
        rows = math.ceil(len(parts) / _ACROSS)
        figure = new_figure(height=max(3.6, 0.8 + 2.4 * rows))
        write_status(figure, f"{report.verdict}. " + (report.why or [report.power])[0], look)
        left, right = figure.subfigures(1, 2, width_ratios=(5, 4))
        grid = left.subplots(rows, columns, squeeze=False).ravel()
        for axes, part in zip(grid, parts, strict=False):
            draw_errors(axes, part, look)
        for axes in grid[len(parts) :]:
            axes.remove()
        draw_slopes(right.subplots(), parts, look)
    return figure


def _colours(look: Theme) -> dict[str, str]:
    """Return the colour of each verdict, the worst last."""
    return {RIGHT: look.blue, UNSURE: look.purple, WRONG: look.orange}


def draw_errors(axes: Any, part: CheckedPart, look: Theme) -> None:
    """Draw the errors of one part in the shape of its x on axes."""
    colours = _colours(look)
    flat = [i for i, index in enumerate(part.indices) if isinstance(index, str)]
    shape = (len(flat),) if flat else part.x.shape
    height = shape[0] if len(shape) > 1 else 1
    width = max(math.prod(shape) // max(height, 1), 1)
    per_row, per_column = math.ceil(height / _CELLS), math.ceil(width / _CELLS)
    cells = np.empty((math.ceil(height / per_row), math.ceil(width / per_column), 3))
    cells[:] = shade(look.paper, look.ink, 0.0)
    places = {index: place for place, index in enumerate(part.indices)}
    for entry in reversed(part.entries):  # the worst last, so that it is the one seen
        place = places[entry.index] if flat else _flat_place(entry.index, shape)
        row, column = divmod(place, width)
        error = entry.relative_error
        digits = -12.0 if error < 1e-12 else 0.0 if math.isnan(error) else math.log10(error)
        strength = 0.25 + 0.75 * (1 + min(digits, 0.0) / 12)
        cells[row // per_row, column // per_column] = shade(
            look.paper, colours[entry.verdict], strength
        )
    extent = (-0.5, width - 0.5, height - 0.5, -0.5)
    axes.imshow(cells, extent=extent, aspect="auto", interpolation="nearest")
    axes.set_box_aspect(float(np.clip(cells.shape[0] / cells.shape[1], 0.25, 1.25)))
    axes.grid(visible=False)
    axes.spines[:].set(visible=True, alpha=0.4)
    axes.xaxis.get_major_locator().set_params(integer=True, nbins=5)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=5)
    axes.set_yticks([] if height == 1 else axes.get_yticks()[1:-1])
    if flat:
        axes.set_xlabel(_("random direction"))
    axes.set_title(f"{part.name} {part.x.shape}\n{_counted(part)}")


def _flat_place(index: Any, shape: tuple[int, ...]) -> int:
    return int(np.ravel_multi_index(index, shape)) if shape else 0


def _counted(part: CheckedPart) -> str:
    n = len(part.results)
    sentences = {WRONG: _("{count} of {n} wrong"), UNSURE: _("{count} of {n} cannot tell")}
    counts = [s.format(count=part.count(v), n=n) for v, s in sentences.items() if part.count(v)]
    return ", ".join(counts) or _("all {n} right").format(n=n)


def draw_slopes(axes: Any, parts: list[CheckedPart], look: Theme) -> None:
    """Draw analytic slopes against numeric ones on axes."""
    entries = [entry for part in parts for entry in part.entries]
    finite = [e for e in entries if math.isfinite(e.analytic) and math.isfinite(e.numeric)]
    most = max((max(abs(e.analytic), abs(e.numeric)) for e in finite), default=0.0) or 1.0
    for scale in (axes.set_xscale, axes.set_yscale):
        scale("symlog", linthresh=10 ** math.floor(math.log10(most) - 1), linscale=1.0)
    axes.axline((0, 0), (most, most), color=look.faint, linewidth=0.8)
    axes.axline((0, 0), (-most, -most), color=look.faint, linewidth=0.8)
    for verdict, colour in _colours(look).items():
        points = [(e.numeric, e.analytic) for e in finite if e.verdict == verdict]
        if points:
            axes.plot(
                *zip(*points, strict=True),
                linestyle="none",
                marker="o",
                markersize=4,
                alpha=0.7,
                color=colour,
                label=verdict,
            )
    if finite:
        axes.legend(frameon=False, labelcolor=look.ink)
    axes.set_xlabel(_("numeric"))
    axes.set_ylabel(_("analytic"))
    lost = len(entries) - len(finite)
    title = _("analytic slopes against numeric")
    axes.set_title(title + (_(" ({n} not finite)").format(n=lost) if lost else ""))
