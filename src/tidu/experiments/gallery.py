"""All results on one page: HTML that needs no server and no network, or Markdown for the docs.

``python -m tidu.experiments.gallery docs slope shop`` draws the named experiments, or all, into
``docs/gallery/`` and writes their sections of ``docs/gallery.md``.
"""

from __future__ import annotations

import base64
import io
import re
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from tidu.atomic import write_atomically
from tidu.experiments import EXPERIMENTS, named
from tidu.experiments.result import Result, Table
from tidu.language import language, speaking, translator
from tidu.plots.style import THEMES

_ = translator("experiments")

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
:root {{ --paper: {light.paper}; --ink: {light.ink}; --faint: {light.faint}; --line: #ddd; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --paper: {dark.paper}; --ink: {dark.ink}; --faint: {dark.faint}; --line: #353a40; }}
}}
body {{ background: var(--paper); color: var(--ink); max-width: 58rem; margin: 2rem auto;
  padding: 0 1rem; font: 1rem/1.55 system-ui, sans-serif; }}
nav {{ columns: 18rem; margin: 1.5rem 0 3rem; }}
nav a {{ display: block; break-inside: avoid; margin-bottom: 0.45rem; line-height: 1.3; }}
a {{ color: inherit; }}
h2 {{ margin: 4rem 0 0.5rem; }}
code {{ color: var(--faint); }}
img {{ max-width: 100%; height: auto; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: 0.85rem; margin: 1rem 0;
  font-variant-numeric: tabular-nums; }}
caption {{ text-align: left; color: var(--faint); padding-bottom: 0.3rem; }}
th, td {{ text-align: left; padding: 0.15rem 1.2rem 0.15rem 0; white-space: pre;
  vertical-align: top;
  border-bottom: 1px solid var(--line); }}
.number {{ text-align: right; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{about}</p>
<nav>
{contents}
</nav>
{sections}
</body>
</html>
"""


def page(results: Iterable[Result]) -> str:
    """Return an HTML page with the figures inside, light or dark as the reader's screen is."""
    results = list(results)
    return _PAGE.format(
        language=language(),
        title=_("Tidu: the gallery"),
        about=_(
            "Each figure and table of the course. Every one is a command, {command}, and a "
            "function, {function}, whose settings can be changed."
        ).format(
            command="<code>tidu show NAME</code>",
            function="<code>tidu.experiments.NAME()</code>",
        ),
        **THEMES,
        contents="\n".join(f'<a href="#{r.name}">{escape(r.title)}</a>' for r in results),
        sections="\n".join(map(_section, results)),
    )


def png(figure: Any, dpi: int = 150) -> bytes:
    """Return a figure as a PNG of 256 colours, a third of the size, which looks the same."""
    from PIL import Image

    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, format="png", dpi=dpi)
    image = Image.open(full).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    image.save(small, format="png", optimize=True)
    return small.getvalue()


def write_markdown(folder: str | Path, names: Iterable[str] = ()) -> None:
    """Draw experiments for the docs, and write their sections of the page; all, if none is named.

    The sections of the others stay as they are.
    """
    folder = Path(folder)
    (folder / "gallery").mkdir(parents=True, exist_ok=True)
    target = folder / "gallery.md"
    sections = _old_sections(target.read_text("utf-8")) if target.exists() else {}
    with speaking("en"):
        for name in list(names) or EXPERIMENTS:
            result = named(name).run({})
            for theme, ending in (("light", ""), ("dark", "-dark")):
                image = png(result.figure(theme), dpi=90)
                write_atomically(folder / "gallery" / f"{result.name}{ending}.png", image)
            sections[result.name] = _markdown_section(result)
    order = [sections[name] for name in EXPERIMENTS if name in sections]
    write_atomically(target, "\n".join([_MARKDOWN, *order]).encode())


_MARKDOWN = """# Gallery

Each figure of the course, made by `make gallery`. The command over a figure runs it and prints its
table; `--help` shows the settings.
"""


def _markdown_section(result: Result) -> str:
    name = result.name
    return f"""## {result.title}

`tidu show {name}`

<picture>
<source media="(prefers-color-scheme: dark)" srcset="gallery/{name}-dark.png">
<img alt="{escape(result.title)}" src="gallery/{name}.png">
</picture>

{result.see}
"""


def _old_sections(text: str) -> dict[str, str]:
    """Return the sections of a page by experiment."""
    sections = re.findall(r"^## .*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    found = {re.search(r"`tidu show (\S+)`", section): section for section in sections}
    return {match[1]: section.rstrip() + "\n" for match, section in found.items() if match}


def _section(result: Result) -> str:
    light, dark = (
        f"data:image/png;base64,{base64.b64encode(png(result.figure(theme))).decode()}"
        for theme in ("light", "dark")
    )
    return f"""<section id="{result.name}">
<h2>{escape(result.title)}</h2>
<p><code>tidu show {result.name}</code></p>
<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">
<img alt="{escape(result.title)}" src="{light}"></picture>
<p>{_with_code(result.see)}</p>
{"".join(map(_table, result.tables))}
</section>"""


def _with_code(text: str) -> str:
    return re.sub("`(.+?)`", r"<code>\1</code>", escape(text))


def _table(table: Table) -> str:
    classes = [' class="number"' if right else "" for right in table.numeric]

    def row(tag: str, cells: Iterable[str]) -> str:
        marked = zip(classes, cells, strict=True)
        return "<tr>" + "".join(f"<{tag}{c}>{escape(t)}</{tag}>" for c, t in marked) + "</tr>"

    lines = [row("th", table.header), *(row("td", cells) for cells in table.cells)]
    caption = f"<caption>{escape(table.title)}</caption>"
    return f'<div class="wide"><table>{caption}{"".join(lines)}</table></div>\n'


if __name__ == "__main__":
    write_markdown(sys.argv[1], sys.argv[2:])
