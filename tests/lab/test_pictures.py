"""Every picture of every part can be saved, and the file shows what the page shows."""

import io
from xml.etree import ElementTree

import pytest

from tests.lab.serving import settled, text_after

pytestmark = pytest.mark.exhaustive

THREE = "28,18,50,10,70,22,66,40,48,48,68,55,74,72,55,90,28,82"

PICTURES = {
    # of each part: the pictures by the names of their files, and the elements that they show
    "playground&versus=sgd": {
        "network": ".network canvas, .network svg",
        "surface": ".surfaces figure:nth-child(1) canvas",
        "surface2": ".surfaces figure:nth-child(2) canvas",
        "loss": ".plots figure:nth-child(1) canvas",
        "accuracy": ".plots figure:nth-child(2) canvas",
    },
    "step&at=26&edge=W1[1,0]": {"network": ".units svg", "chain": ".chain"},
    "graph": {"graph": ".units svg"},
    "descent&step=40": {"descent": ".stage canvas, .stage svg", "heights": ".plots canvas"},
    f"digits&step=60&sample=-1&drawing={THREE}": {
        "reading": ".flow canvas",
        "weights": ".weights canvas",
        "loss": ".plots figure:nth-child(1) canvas",
        "accuracy": ".plots figure:nth-child(2) canvas",
        "mistakes": ".wrong canvas",
    },
    "health&disease=ten-sigmoids": {
        "layers": ".bodies canvas, .bodies svg",
        "loss": ".plots figure:nth-child(1) canvas",
        "spread": ".plots figure:nth-child(2) canvas",
        "gradient": ".plots figure:nth-child(3) canvas",
        "ratio": ".plots figure:nth-child(4) canvas",
    },
}

WITHOUT = """(selector) => [...document.querySelectorAll("main :is(canvas, svg)")]
  .filter((each) => each.checkVisibility() && !each.matches(selector)
    && !each.matches(".thumb") && !each.parentElement.closest("svg"))
  .map((each) => each.outerHTML.slice(0, 80))"""
"""What can be seen and is in no picture to save; the small ones on buttons are no pictures."""


def opened(page, part):
    page.evaluate("(part) => { location.hash = `#part=${part}`; }", part)
    page.wait_for_selector(f"#{part.partition('&')[0]}")
    page.wait_for_selector("[data-picture]")
    settled(page, "main")


def saved(page, picture, kind):
    page.click(f"[data-picture={picture}] summary")
    with page.expect_download() as download:
        page.click(f"[data-picture={picture}] button:text-is('{kind}')")
    assert download.value.suggested_filename == f"{picture}.{kind.lower()}"
    with open(download.value.path(), "rb") as file:
        return file.read()


def named(tree, name):
    return list(tree.iter(f"{{http://www.w3.org/2000/svg}}{name}"))


@pytest.mark.parametrize("part", PICTURES)
def test_a_person_saves_each_picture_and_there_is_none_without_a_save(page, part):
    pictures = PICTURES[part]
    opened(page, part)
    there = page.locator("[data-picture]").all()
    assert {each.get_attribute("data-picture") for each in there} == set(pictures)
    assert page.evaluate(WITHOUT, ", ".join(pictures.values())) == []
    for picture, shown in pictures.items():
        assert page.locator(shown).count()
        tree = ElementTree.fromstring(saved(page, picture, "SVG").decode())
        assert len(list(tree.iter())) > 2
        for shape in named(tree, "path"):
            assert shape.get("stroke"), "its colour is in a style sheet that the file has not"
        for image in named(tree, "image"):
            assert image.get("href").startswith("data:image/png")
        png = saved(page, picture, "PNG")
        assert png.startswith(b"\x89PNG")
        image = pytest.importorskip("PIL.Image").open(io.BytesIO(png)).convert("RGB")
        width, height = (round(2 * float(tree.get(side))) for side in ("width", "height"))
        assert abs(image.width - width) <= 1
        assert abs(image.height - height) <= 1
        assert len(image.getcolors(2**24)) > 3


def words(tree):
    return " ".join(text.text for text in named(tree, "text"))


def test_the_table_of_layers_is_saved_with_its_numbers_and_squares(page):
    opened(page, "health&disease=ten-sigmoids&step=29")
    text_after(page, ".readout", lambda text: "29" in text)
    tree = ElementTree.fromstring(saved(page, "layers", "SVG").decode())
    found = words(tree)
    rows = page.locator(".bodies tr").all()
    assert len(rows) == 12
    for row in rows:
        for cell in row.locator("th, td").all_inner_texts():
            assert " ".join(cell.split()) in found
    assert len(named(tree, "image")) == 11  # the squares of each layer's units
    bars = page.locator(".bodies rect").count()
    assert len(named(tree, "rect")) == bars + 11 + 1  # and a key for each layer, and the paper


def test_the_reading_of_a_digit_is_saved_with_its_ten_answers(page):
    opened(page, f"digits&step=300&hidden=32,16&sample=-1&drawing={THREE}")
    text_after(page, ".place1 b", lambda text: text == "3")
    tree = ElementTree.fromstring(saved(page, "reading", "SVG").decode())
    for share in page.locator(".answers .share").all_inner_texts():
        assert share in words(tree)
    assert "Undo" not in words(tree)
    assert len(named(tree, "image")) == 4  # the drawing, what the network sees of it, two layers
    widths = [float(bar.get("width")) for bar in named(tree, "rect")]
    assert max(widths[1:]) > 20  # the bar of the best answer


def test_the_chain_rule_is_saved_with_both_numbers(page):
    opened(page, "step&at=26&edge=W1[1,0]")
    product = text_after(page, ".product", lambda text: text)
    tree = ElementTree.fromstring(saved(page, "chain", "SVG").decode())
    for text in (product, page.inner_text(".measured"), page.input_value("[name=weight]"), "∂L"):
        assert text in words(tree)
