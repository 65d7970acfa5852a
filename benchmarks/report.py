"""Tables of the documentation from what was measured: ``python -m benchmarks.report``.

What `benchmarks.training`, `benchmarks.race`, `benchmarks.neighbours` and `benchmarks.tabular` left
in ``tidu-out/benchmarks`` goes to ``docs/measured``; from there tables are written between marks of
pages, such as ``<!-- training -->`` and ``<!-- end of training -->``.
"""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks import tabular
from benchmarks.machine import sentence

ROOT = Path(__file__).parents[1]
MEASURED = ROOT / "docs" / "measured"
OUT = Path("tidu-out") / "benchmarks"
QUICK: dict[str, Any] = {"PAGES": ()}
NAMES = {
    "tidu": "Tidu",
    "tidu, NumPy": "Tidu, NumPy engine",
    "JAX": "JAX, step jitted",
    "JAX, epoch jitted": "JAX, `lax.scan`",
}
"""What contestants are called where it is not as in the benchmark."""


def table(head: Iterable[str], rows: Iterable[Iterable[str]], left: int = 1) -> str:
    """Return a table in Markdown, all but the first columns aligned to the right."""
    head = list(head)
    lines = [head, ["---"] * left + ["---:"] * (len(head) - left), *map(list, rows)]
    return "\n".join(
        "".join(f"| {cell} " if cell else "| " for cell in line) + "|" for line in lines
    )


def number(value: float | None) -> str:
    """Return a number with three digits; an empty text for none."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def about(found: dict[str, Any], rest: str = "") -> str:
    """Return what numbers were measured on."""
    return textwrap.fill(f"{sentence(found['machine'])}; medians of {found['rounds']}.{rest}", 100)


def steps(found: dict[str, Any]) -> str:
    """Return the microseconds of a step, by work and contestant."""
    rows = [row for row in found["rows"] if "products alone" in row["us"]]
    names = [name for name in rows[0]["us"] if any(name in row["us"] for row in rows)]
    lines = (
        [row["name"] + " \\*" * row["busy"], *(number(row["us"].get(name)) for name in names)]
        for row in rows
    )
    busy = " \\* More ran on the machine than it has cores." if any(r["busy"] for r in rows) else ""
    head = ["µs a step", *(NAMES.get(name, name) for name in names)]
    return f"{table(head, lines)}\n\n{about(found, busy)}"


def targets(found: dict[str, Any]) -> str:
    """Return what was wanted of each work, and what was found."""
    lines = [
        [
            row["name"], NAMES.get(who, who), NAMES.get(beside, beside),
            f"{most:g}" if beside else f"{most:g} µs", verdict(ratio, most),
        ]
        for row in found["rows"]
        for who, beside, ratio, most in row["targets"]
    ]  # fmt: skip
    return table(["work", "who", "beside", "at most", "found"], lines, left=3)


def verdict(ratio: float, most: float) -> str:
    """Return a ratio, and whether it is one too many."""
    return f"{ratio:.2f}" + ("" if ratio <= most else ": missed")


def race(found: dict[str, Any]) -> str:
    """Return the seconds to an accuracy, and what was wanted of them."""
    rows = found["rows"]
    head = ["library", *next(iter(rows.values()))]
    lines = (
        [
            "Tidu" if name == "tidu" else name,
            *(f"{v:.0f}" if v > 99 else f"{v:.1f}" for v in values.values()),
        ]
        for name, values in rows.items()
    )
    wanted = ([what, f"{most:g}", verdict(ratio, most)] for what, ratio, most in found["targets"])
    beside = table(["Tidu × the best other library", "at most", "found"], wanted)
    return f"{table(head, lines)}\n\n{beside}\n\n{about(found)}"


def neighbours(found: dict[str, Any]) -> str:
    """Return the microseconds of a step beside others, and as a multiple of those alone."""
    us = found["us"]
    lines = ([name, f"{each:.0f}", f"{each / us['alone']:.2f}"] for name, each in us.items())
    return f"{table(['784-50-10, SGD', 'µs a step', '× alone'], lines)}\n\n{about(found)}"


def scores(found: dict[str, Any]) -> str:
    """Return the scores of tables, mean ranks and seconds."""
    return tabular.markdown(found["tables"])


PAGES: tuple[tuple[str, str, str, Callable[[dict[str, Any]], str]], ...] = (
    ("docs/engines.md", "training", "training", steps),
    ("docs/engines.md", "race", "race", race),
    ("docs/engines.md", "neighbours", "neighbours", neighbours),
    ("docs/tables.md", "tabular", "tabular", scores),
    ("docs/tables.zh.md", "tabular", "tabular", scores),
    ("ARCHITECTURE.md", "targets", "training", targets),
)
"""Pages, marks, files of numbers, and what makes a table of them."""


def renewed(text: str, mark: str, made: str) -> str:
    """Return a page whose part between two marks is another."""
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    new, times = re.subn(
        f"{begin}.*{end}", lambda found: f"{begin}\n\n{made}\n\n{end}", text, flags=re.S
    )
    if times != 1:
        raise ValueError(f"a page has the marks {begin} and {end} once, not {times} times")
    return new


def main() -> None:
    """Take what was measured into the documentation, and write its tables."""
    for page, mark, name, made in PAGES:
        file, measured = MEASURED / f"{name}.json", OUT / f"{name}.json"
        if measured.exists():
            shutil.copy(measured, file)
        path = ROOT / page
        text = renewed(path.read_text("utf-8"), mark, made(json.loads(file.read_text("utf-8"))))
        path.write_text(text, "utf-8")
        print(f"{page}: {mark}")
    if not PAGES:
        print("no pages")


if __name__ == "__main__":
    main()
