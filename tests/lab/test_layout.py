"""Each part is legible: nothing is cut off, at both sizes, in both languages, in large letters."""

import itertools

import pytest

pytestmark = pytest.mark.exhaustive

PARTS = {
    "playground": "&step=150&versus=sgd&schedule=cosine",
    "step": "&at=24&edge=W1%5B1,0%5D",
    "graph": "",
    "descent": "&surface=himmelblau",
    "digits": "&step=60",
    "health": "&disease=rate-too-high&mended=true&step=29",
}
SIZES = [(1280, 720), (1024, 768)]

CUT_OFF = """() => {
  const found = [];
  const name = (each) => each.tagName + "." + each.className + " " + each.textContent.slice(0, 20);
  for (const select of document.querySelectorAll("select")) {
    const alone = select.cloneNode(false);
    alone.append(select.selectedOptions[0].cloneNode(true));
    alone.style.cssText = "position: absolute; width: auto; flex: none";
    select.after(alone);
    if (alone.offsetWidth > select.offsetWidth + 1) found.push(name(select.selectedOptions[0]));
    alone.remove();
  }
  const boxes = "main, .panel, .right, .head, .buttons, .readout, .bodies, .racer .line, .doctor";
  for (const each of [document.documentElement, ...document.querySelectorAll(boxes)]) {
    if (each.scrollWidth > each.clientWidth + 1) found.push(name(each));
  }
  return found;
}"""

LETTERS = """() => [...document.querySelectorAll(".units .number")].map(
  (text) => text.getBoundingClientRect().height)"""


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_cut_off(page, part):
    heights = {}
    for (width, height), language, large in itertools.product(SIZES, ("en", "zh"), ("no", "yes")):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(
            """([language, large, hash]) => {
                localStorage.setItem("tidu-large", large);
                document.documentElement.classList.toggle("large", large === "yes");
                location.hash = hash;
            }""",
            [language, large, f"#part={part}{PARTS[part]}"],
        )
        if page.inner_text(".tool.wide") != {"en": "中文", "zh": "English"}[language]:
            page.click(".tool.wide")
        page.wait_for_selector(f"#{part}")
        page.wait_for_timeout(700)
        assert page.evaluate(CUT_OFF) == [], (width, language, large)
        heights[width, language, large] = page.evaluate(LETTERS)
    for (width, language, large), numbers in heights.items():
        if large == "yes":
            small = heights[width, language, "no"]
            assert all(a > b for a, b in zip(numbers, small, strict=True)), (width, language)
