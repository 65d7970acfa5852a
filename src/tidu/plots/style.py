"""How all figures look: one style, two themes, and colours that do not rely on red and green.

Colours are after Okabe and Ito, lighter on dark paper. Nothing in this room uses
pyplot: a figure belongs to its caller, is drawn with or without a display, and leaves no setting
changed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tidu.errors import check_choice, need
from tidu.language import fill, speaking

WIDTH = 9.0
"""The width of a figure in inches: 900 pixels at 100 dots per inch."""

_CHINESE = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)


@dataclass(frozen=True)
class Theme:
    """The colours of a figure."""

    paper: str
    ink: str
    faint: str
    """For grids, frames and notes."""
    blue: str
    """For training, for what is right, and for what comes first."""
    orange: str
    """For validation, for mistakes, and for what comes second."""
    green: str
    """For what comes third."""
    purple: str
    """For what comes fourth."""

    @property
    def series(self) -> tuple[str, ...]:
        """The colours of lines that are compared, in order; after the last, make dashes."""
        return (self.blue, self.orange, self.green, self.purple, self.ink)


THEMES = {
    "light": Theme("#ffffff", "#222222", "#767676", "#0072b2", "#d55e00", "#009e73", "#aa3377"),
    "dark": Theme("#15181c", "#e6e6e6", "#8f959c", "#56b4e9", "#e69f00", "#1fb58a", "#dd8fc6"),
}


@contextmanager
def styled(theme: str) -> Iterator[Theme]:
    """Use a theme for all that is drawn inside the block; English where no font has Chinese.

    Raises
    ------
    MissingExtraError
        If Matplotlib is not installed.
    InputError
        If there is no such theme.
    """
    check_choice("theme", theme, THEMES)
    matplotlib = need("matplotlib", extra="plots")
    manager = need("matplotlib.font_manager", extra="plots").fontManager
    installed = {font.name for font in manager.ttflist}
    look = THEMES[theme]
    chinese = [name for name in _CHINESE if name in installed]
    settings = {
        "font.family": ["DejaVu Sans", *chinese],
        "font.size": 9,
        "figure.facecolor": look.paper,
        "axes.facecolor": look.paper,
        "axes.edgecolor": look.faint,
        "axes.labelcolor": look.ink,
        "axes.titlesize": 9.5,
        "axes.titlecolor": look.ink,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": look.faint,
        "grid.alpha": 0.25,
        "grid.linewidth": 0.6,
        "text.color": look.ink,
        "xtick.color": look.faint,
        "ytick.color": look.faint,
        "xtick.labelcolor": look.ink,
        "ytick.labelcolor": look.ink,
        "lines.linewidth": 1.8,
    }
    readable = None if chinese else "en"
    with matplotlib.rc_context(settings), without_glyph_warnings(), speaking(readable):
        yield look


@contextmanager
def without_glyph_warnings() -> Iterator[None]:
    """Draw a letter that no installed font has as a box, without a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        yield


def new_figure(height: float, width: float = WIDTH) -> Any:
    """Return an empty figure, to be drawn on inside `styled`; sizes are in inches."""
    figure = need("matplotlib.figure", extra="plots").Figure
    return figure(figsize=(width, height), layout="constrained")


def shade(paper: str, colour: str, strength: Any) -> Any:
    """Return colours (RGB) between the paper's and another, for strengths from 0 to 1."""
    import numpy as np
    from matplotlib.colors import to_rgb

    low, high = np.array(to_rgb(paper)), np.array(to_rgb(colour))
    return low + (high - low) * np.asarray(strength)[..., None]


def diverging(look: Theme, strength: Any) -> Any:
    """Return colours (RGB) for strengths from −1 to 1: orange below 0, paper at 0, blue above."""
    import numpy as np

    size = np.abs(strength)
    blue, orange = (shade(look.paper, colour, size) for colour in (look.blue, look.orange))
    return np.where(np.asarray(strength > 0)[..., None], blue, orange)


def halo(look: Theme) -> list[Any]:
    """Return the effect that keeps a text legible on lines: a rim of the paper's colour."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground=look.paper)]


def whole_percent(share: float) -> str:
    """Return a share in whole per cent; neither 0 nor 100 where it is not just that.

    Examples
    --------
    >>> whole_percent(0.25), whole_percent(0.0), whole_percent(3 / 980), whole_percent(979 / 980)
    ('25 %', '0 %', '<1 %', '>99 %')
    """
    rounded = round(100 * share)
    if rounded == 0 and share > 0:
        return "<1 %"
    return ">99 %" if rounded == 100 and share < 1 else f"{rounded} %"


def write_status(figure: Any, status: str, look: Theme) -> None:
    """Write a status over a figure, in as many lines as its width needs."""
    letters = int(13 * figure.get_figure(root=True).get_figwidth())
    text = fill(status, letters)
    figure.suptitle(text, x=0.01, ha="left", color=look.faint, fontsize=9)


def label_ends(axes: Any, labels: list[tuple[str, float, float, str]], gap: float = 11) -> None:
    """Write labels (text, x, y, colour) beside line ends, at least ``gap`` points apart.

    The figure must have been laid out, which sets how many points apart two values of y are.
    """
    points = 72 / axes.get_figure(root=True).dpi
    lowest = -float("inf")
    for text, x, y, colour in sorted(labels, key=lambda label: label[2]):
        here = float(axes.transData.transform((x, y))[1]) * points
        placed = max(here, lowest + gap)
        lowest = placed
        axes.annotate(
            text,
            (x, y),
            xytext=(6, placed - here),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )
