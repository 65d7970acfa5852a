import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tidu.experiments import EXPERIMENTS, gallery, slope
from tidu.experiments.result import Table

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")

DOCS = Path(__file__).parents[2] / "docs"


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.addresses, self.tags = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [v for k, v in attributes if k in ("src", "srcset", "href")]


def test_page_holds_all_that_it_shows():
    reader = Reader()
    page = gallery.page([slope()])
    reader.feed(page)
    assert "script" not in reader.tags
    assert "link" not in reader.tags
    assert all(a.startswith(("data:image/png;base64,", "#")) for a in reader.addresses)
    assert len(set(reader.addresses)) == 3  # a place in the page, and a picture for each theme
    assert "prefers-color-scheme: dark" in page
    assert "0.1999999999990898" in page
    assert "://" not in re.sub(r"data:[^\"]+", "", page)


def test_words_are_escaped():
    found = gallery._table(Table("a < b", ("<i>",), [("x & y",)]))
    assert "a &lt; b" in found
    assert "&lt;i&gt;" in found
    assert "x &amp; y" in found
    assert gallery._with_code("see `a < b`") == "see <code>a &lt; b</code>"


def test_markdown_keeps_the_sections_of_others(tmp_path):
    (tmp_path / "gallery.md").write_text(
        "# Gallery\n\nold words\n\n## Old shop\n\n`tidu show shop`\n\nkept\n", "utf-8"
    )
    gallery.write_markdown(tmp_path, ["slope"])
    text = (tmp_path / "gallery.md").read_text("utf-8")
    assert "old words" not in text
    assert text.index("`tidu show slope`") < text.index("## Old shop")
    assert text.endswith("`tidu show shop`\n\nkept\n")
    images = sorted(path.name for path in (tmp_path / "gallery").iterdir())
    assert images == ["slope-dark.png", "slope.png"]
    again = text
    gallery.write_markdown(tmp_path, ["slope"])
    assert (tmp_path / "gallery.md").read_text("utf-8") == again


@pytest.mark.skipif(not DOCS.is_dir(), reason="the documents are not part of the package")
def test_documents_show_every_experiment_in_little_room():
    text = (DOCS / "gallery.md").read_text("utf-8")
    commands = re.findall(r"^## (.+)\n\n`tidu show (\S+)`$", text, re.MULTILINE)
    assert commands == [(found.title, name) for name, found in EXPERIMENTS.items()]
    pictures = {f"{name}{end}.png" for name in EXPERIMENTS for end in ("", "-dark")}
    assert set(re.findall(r"\"gallery/(\S+)\"", text)) == pictures
    drawn = list((DOCS / "gallery").iterdir())
    assert {path.name for path in drawn} == pictures
    assert sum(path.stat().st_size for path in drawn) < 3e6
