"""Tables and lists as HTML, for notebooks: a reader's own colours, and every letter escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table(header: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> str:
    """Return a table whose first column is left-aligned and the others right-aligned.

    Examples
    --------
    >>> table(("layer", "size"), [("<input>", 64)]).count("&lt;input&gt;")
    1
    """

    def line(tag: str, cells: Sequence[object]) -> str:
        sides = ["left", *["right"] * (len(cells) - 1)]
        marked = zip(sides, cells, strict=True)
        return "".join(
            f'<{tag} style="text-align: {side}">{escape(str(cell))}</{tag}>'
            for side, cell in marked
        )

    body = "".join(f"<tr>{line('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{line('th', header)}</tr></thead><tbody>{body}</tbody></table>" + (
        paragraph(note) if note else ""
    )


def paragraph(text: str) -> str:
    """Return a paragraph.

    Examples
    --------
    >>> paragraph("a < b")
    '<p>a &lt; b</p>'
    """
    return f"<p>{escape(text)}</p>"


def listed(sentences: Iterable[str]) -> str:
    """Return a list of sentences.

    Examples
    --------
    >>> listed(["one", "two"])
    '<ul><li>one</li><li>two</li></ul>'
    """
    return "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>"
