"""The report of a check: a verdict, a row for each part, the worst entries, and causes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidu import html
from tidu.checking.entry_checker import RIGHT, UNSURE, WRONG, EntryResult
from tidu.errors import TiduError
from tidu.language import aligned, later, translator, width_of
from tidu.plain import to_json

_ = translator("checking")
_VERDICTS = {RIGHT: later("right"), WRONG: later("wrong"), UNSURE: later("cannot tell")}


class GradientError(TiduError, AssertionError):
    """A gradient that is wrong, or could not be shown to be right; ``.report`` says more."""

    def __init__(self, report: GradientReport) -> None:
        super().__init__(_("the gradient check did not pass") + f"\n{report}")
        self.report = report


@dataclass(frozen=True)
class CheckedEntry:
    """One slope that was looked at."""

    part: str
    index: tuple[int, ...] | str
    """The index in the part, or which random direction."""
    analytic: float
    numeric: float
    error: float
    verdict: str

    @property
    def relative_error(self) -> float:
        """|analytic − numeric| / max(|analytic|, |numeric|); 0 where both are 0 to the error."""
        sizes = np.abs([self.analytic, self.numeric])
        if sizes.max() <= self.error:
            return 0.0
        return float(abs(self.analytic - self.numeric) / sizes.max())

    @property
    def _badness(self) -> tuple[int, float]:
        excess = abs(self.analytic - self.numeric) / (self.error or 1.0)
        rank = {RIGHT: 0, UNSURE: 1, WRONG: 2}[self.verdict]
        return rank, math.inf if math.isnan(excess) else excess


@dataclass(frozen=True, eq=False)
class CheckedPart:
    """One array that f depends on, and what was found about its gradient.

    Attributes
    ----------
    name, x
        Its name and value.
    indices
        Of the slopes looked at: index tuples, or names of random directions.
    analytic
        Those slopes by the gradient under test.
    results
        What the differences say about each.
    gradient
        The whole gradient under test.
    terms
        Arrays that the gradient may be a sum of, by name.
    """

    name: str
    x: np.ndarray
    indices: list[tuple[int, ...] | str]
    analytic: np.ndarray
    results: list[EntryResult]
    gradient: np.ndarray
    terms: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def numeric(self) -> np.ndarray:
        """The slopes as the differences give them."""
        return np.array([result.numeric for result in self.results])

    @property
    def errors(self) -> np.ndarray:
        """The errors of the differences."""
        return np.array([result.error for result in self.results])

    @property
    def wrong(self) -> np.ndarray:
        """Where the slopes are wrong, as a mask."""
        return np.array([result.verdict == WRONG for result in self.results], dtype=bool)

    def matches(self, claim: np.ndarray, where: np.ndarray | None = None) -> bool:
        """Say whether another gradient is what the differences give, to their error."""
        numeric = self.numeric
        largest = np.abs(numeric).max(initial=0.0)
        room = 2 * self.errors + 1e-5 * np.abs(numeric) + 1e-9 * largest
        near = np.abs(claim - numeric) <= room
        return bool((near if where is None else near[where]).all())

    @property
    def is_whole(self) -> bool:
        """Whether every entry was looked at."""
        return len(self.indices) == self.x.size and not any(
            isinstance(index, str) for index in self.indices
        )

    @property
    def entries(self) -> list[CheckedEntry]:
        """The slopes looked at, worst first."""
        rows = [
            CheckedEntry(self.name, index, float(a), found.numeric, found.error, found.verdict)
            for index, a, found in zip(self.indices, self.analytic, self.results, strict=True)
        ]
        return sorted(rows, key=lambda row: row._badness, reverse=True)

    def count(self, verdict: str) -> int:
        """Return how many slopes were found to be so."""
        return sum(found.verdict == verdict for found in self.results)

    @property
    def verdict(self) -> str:
        """Wrong if any slope is, else *cannot tell* if any slope is, else right."""
        return next((v for v in (WRONG, UNSURE) if self.count(v)), RIGHT)


@dataclass(frozen=True, eq=False)
class GradientReport:
    """The outcome of a gradient check; print it to see it as a table.

    Attributes
    ----------
    parts
        What was found for each array that f depends on.
    why
        What is known about the causes, in sentences.
    evaluations
        How often ``f`` was called.
    power
        What the check would have found, in a sentence.

    Examples
    --------
    >>> from tidu.checking import check_gradient
    >>> report = check_gradient(lambda x: x[0] * x[1], [2.0, 3.0], lambda x: [x[1], -x[0]])
    >>> report.ok, report.worst.index, report.worst.verdict
    (False, (1,), 'wrong')
    """

    parts: list[CheckedPart]
    why: list[str]
    evaluations: int
    power: str

    @property
    def verdict(self) -> str:
        """``"right"``, ``"wrong"`` or ``"cannot tell"``."""
        verdicts = [part.verdict for part in self.parts]
        return next((v for v in (WRONG, UNSURE) if v in verdicts), RIGHT)

    @property
    def ok(self) -> bool:
        """Whether every slope looked at was shown to be right."""
        return self.verdict == RIGHT

    @property
    def entries(self) -> list[CheckedEntry]:
        """All slopes looked at, worst first."""
        rows = [row for part in self.parts for row in part.entries]
        return sorted(rows, key=lambda row: row._badness, reverse=True)

    @property
    def worst(self) -> CheckedEntry | None:
        """The worst slope; None if there was none to look at."""
        return next(iter(self.entries), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain lists, numbers and strings (NaN and inf as None)."""
        return {
            "verdict": self.verdict,
            "why": self.why,
            "power": self.power,
            "evaluations": self.evaluations,
            "parts": [
                {
                    "name": part.name,
                    "shape": list(part.x.shape),
                    "verdict": part.verdict,
                    **{v.replace(" ", "_"): part.count(v) for v in (RIGHT, WRONG, UNSURE)},
                    "entries": [_plain(row) for row in part.entries],
                }
                for part in self.parts
            ],
        }

    def to_json(self, **options: Any) -> str:
        """Return the report as JSON; ``options`` go to ``json.dumps``."""
        return to_json(self.to_dict(), **options)

    def plot(self, *, theme: str = "light") -> Any:
        """Draw the errors and the slopes; see `tidu.plots.gradient_report`."""
        from tidu.plots import gradient_report

        return gradient_report(self, theme=theme)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        lines = [self._title(), "", _table(*_parts_table(self.parts))]
        if not self.ok:
            title, bad = self._in_question()
            lines += ["", title, "", _table(*_entries_table(bad))]
        lines += ["", *(f"- {sentence}" for sentence in self.why)] if self.why else []
        lines += ["", self._effort()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = [
            html.paragraph(self._title()),
            html.table(*_parts_table(self.parts)),
        ]
        if not self.ok:
            title, bad = self._in_question()
            parts += [html.paragraph(title), html.table(*_entries_table(bad))]
        if self.why:
            parts.append(html.listed(self.why))
        parts.append(html.paragraph(self._effort()))
        return "".join(parts)

    def _title(self) -> str:
        return _("gradient check: {verdict}").format(verdict=_(_VERDICTS[self.verdict]))

    def _effort(self) -> str:
        return _("{power} ({n} calls of f)").format(power=self.power, n=self.evaluations)

    def _in_question(self) -> tuple[str, list[CheckedEntry]]:
        """Return the worst entries that are not right, and a title for them."""
        bad = [row for row in self.entries if row.verdict != RIGHT]
        if len(bad) <= _SHOWN:
            return _("the slopes in question"), bad
        title = _("the {shown} worst of {n:,} slopes in question")
        return title.format(shown=_SHOWN, n=len(bad)), bad[:_SHOWN]


def joined(reports: list[GradientReport]) -> GradientReport:
    """Return several checks as one report."""
    return GradientReport(
        parts=[part for report in reports for part in report.parts],
        why=[sentence for report in reports for sentence in report.why],
        evaluations=sum(report.evaluations for report in reports),
        power=reports[0].power,
    )


_SHOWN = 8  # rows of the table of worst slopes


def _plain(row: CheckedEntry) -> dict[str, Any]:
    def number(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return {
        "index": row.index if isinstance(row.index, str) else list(row.index),
        "analytic": number(row.analytic),
        "numeric": number(row.numeric),
        "error": number(row.error),
        "relative_error": number(row.relative_error),
        "verdict": row.verdict,
    }


def _parts_table(parts: list[CheckedPart]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for part in parts:
        worst = np.max([row.relative_error for row in part.entries], initial=0.0)
        counts = [str(part.count(v)) for v in (RIGHT, WRONG, UNSURE)]
        rows.append([part.name, str(part.x.shape), *counts, f"{worst:.1e}"])
    verdicts = [_(sentence) for sentence in _VERDICTS.values()]
    return [_("part"), _("shape"), *verdicts, _("largest relative error")], rows


def _entries_table(entries: list[CheckedEntry]) -> tuple[list[str], list[list[str]]]:
    rows = [
        [
            row.part,
            row.index if isinstance(row.index, str) else str(list(row.index)),
            f"{row.analytic + 0.0:.7g}",  # no minus before a zero
            f"{row.numeric:.7g} ± {row.error:.1g}",
            f"{row.relative_error:.1e}",
            _(_VERDICTS[row.verdict]),
        ]
        for row in entries
    ]
    names = (
        _("part"), _("index"), _("your gradient"), _("numeric"), _("relative error"), _("verdict"),
    )  # fmt: skip
    return list(names), rows


def _table(names: list[str], rows: list[list[str]]) -> str:
    """Return columns set flush, under a rule."""
    widths = [max(map(width_of, column)) for column in zip(names, *rows, strict=True)]
    lines = [names, ["─" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(aligned(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
