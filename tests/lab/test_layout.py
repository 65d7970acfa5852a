"""Each part is legible: nothing is cut off, and what belongs together is in sight together.

At both sizes, in both languages, in normal and in large letters.
"""

import itertools

import pytest

from tests.lab.serving import settled

pytestmark = pytest.mark.exhaustive

PARTS = {
    "playground": "&step=150&versus=sgd&schedule=cosine",
    "step": "&at=24&edge=W1%5B1,0%5D",
    "graph": "",
    "descent": "&surface=himmelblau",
    "digits": "&step=60",
    "health": "&disease=rate-too-high&mended=true&step=29",
}
SIZES = [(1280, 720), (1024, 768), (768, 1024)]

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


OUT_OF_SIGHT = """(selector) => [...document.querySelectorAll(selector)].filter((each) => {
  const { left, top, right, bottom } = each.getBoundingClientRect();
  const inside = (box) => left >= box.left - 1 && top >= box.top - 1
    && right <= box.right + 1 && bottom <= box.bottom + 1;
  if (!inside({ left: 0, top: 0, right: innerWidth, bottom: innerHeight })) return true;
  for (let around = each.parentElement; around; around = around.parentElement) {
    const cuts = getComputedStyle(around).overflowY !== "visible";
    if (cuts && !inside(around.getBoundingClientRect())) return true;
  }
  return false;
}).map((each) => each.tagName + "." + each.getAttribute("class"))"""

TOGETHER = {
    # what one watches and what one operates while one watches it
    "playground": ".network, .surface, .measures, .plot, .transport",
    "step": ".units svg, .arithmetic, .transport, .product, .measured, .power input, .agree",
    "graph": ".units svg, .inputs .range",
    "descent": ".stage, .racer, .plot, .transport",
    "digits": ".pad, .pad-tools, .seen, .cells, .answers, .weights canvas, .measures, .plot, "
              ".wrong button, .transport",
    "health": ".hills button, [name=mend], .doctor, .bodies tr, .measures, .plot, .transport",
}  # fmt: skip
ON_A_TABLET = {
    "playground": ".network, .surface, .transport",
    "step": ".units svg, .arithmetic, .transport",
    "graph": ".units svg, [name=function], .inputs div:first-child .range",
    "descent": ".stage, .transport",
    "digits": ".pad, .pad-tools, .seen, .cells, .answers, .weights canvas, .transport",
    "health": ".doctor, .bodies tr, .transport",
}


def shown(page, size, language, large, part, state):
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(
        """([language, large, hash]) => {
            localStorage.setItem("tidu-large", large);
            document.documentElement.classList.toggle("large", large === "yes");
            location.hash = hash;
        }""",
        [language, large, f"#part={part}{state}"],
    )
    if page.inner_text(".tool.wide") != {"en": "中文", "zh": "English"}[language]:
        page.click(".tool.wide")
    page.wait_for_selector(f"#{part}")
    settled(page, "main")


TALLEST = {
    "playground": ["&step=150", "&step=150&versus=sgd", "&step=150&data=own&own=1,1,0,-1,-1,1"],
    "step": ["&at=24&edge=W1%5B1,0%5D"],
    "graph": [""],
    "descent": ["&surface=rosenbrock&step=400"],
    "digits": ["&step=60&sample=3", "&step=20&sample=3&hidden=100,100,100", "&step=20&hidden="],
    "health": ["&disease=ten-sigmoids&mended=true&step=29"],
}


@pytest.mark.parametrize("part", TALLEST)
def test_what_one_watches_and_operates_is_in_sight_together(page, part):
    for size, language, large in itertools.product(SIZES, ("en", "zh"), ("no", "yes")):
        together = (TOGETHER if size == (1280, 720) else ON_A_TABLET)[part]
        for state in TALLEST[part]:
            shown(page, size, language, large, part, state)
            for selector in () if "hidden=" in state else together.split(", "):
                page.wait_for_selector(selector, state="attached")
            missed = page.evaluate(OUT_OF_SIGHT, together)
            assert missed == [], (size, language, large, state)


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_cut_off(page, part):
    heights = {}
    for size, language, large in itertools.product(SIZES, ("en", "zh"), ("no", "yes")):
        width, _ = size
        shown(page, size, language, large, part, PARTS[part])
        assert page.evaluate(CUT_OFF) == [], (width, language, large)
        heights[width, language, large] = page.evaluate(LETTERS)
    for (width, language, large), numbers in heights.items():
        if large == "yes":
            small = heights[width, language, "no"]
            assert all(a > b for a, b in zip(numbers, small, strict=True)), (width, language)
