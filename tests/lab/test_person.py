"""A person at the playground and at the keyboard; and what the page may do."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.lab.serving import at_step, settled, text_after
from tidu.lab.playground import Playground

pytestmark = pytest.mark.exhaustive

PARTS = ("playground", "step", "graph", "descent", "digits", "health")


def step_of(page):
    return int(re.search(r"(\d+)$", page.inner_text(".readout"))[1])


def asked(settings, step):
    part = Playground()
    head, arrays = part.ask("build", {"settings": settings})
    while head["runs"][0]["step"] < step:
        head, arrays = part.ask("go", {"step": step})
    return head, arrays


def test_play_goes_on_by_the_speed_and_back_shows_the_same_numbers(page):
    text_after(page, ".measures", lambda text: "0." in text)
    page.select_option(".transport select", "20")
    page.keyboard.press("Space")
    text_after(page, ".readout", lambda _: step_of(page) >= 100)
    page.keyboard.press("Space")
    seen = settled(page, ".measures")
    step = step_of(page)
    assert step % 20 == 0
    page.keyboard.press("Home")
    text_after(page, ".readout", at_step(0))
    first = settled(page, ".measures")
    page.locator(".timeline").fill(str(step))  # the slider
    text_after(page, ".readout", at_step(step))
    assert settled(page, ".measures") == seen != first
    page.keyboard.press("Shift+ArrowLeft")
    text_after(page, ".readout", lambda _: step_of(page) < step)
    assert step_of(page) % 11 == 0  # 210 points in batches of 20: an epoch
    head, _ = asked({}, step)
    loss, accuracy = head["runs"][0]["measures"][:2]
    assert f"{loss:.3g}" in seen
    assert f"{100 * accuracy:.1f} %" in seen


def test_an_edge_shows_the_weight_the_gradient_and_the_update_of_tidu(page):
    page.evaluate("location.hash = '#part=playground&step=30'")
    text_after(page, ".readout", at_step(30))
    head, arrays = asked({}, 30)
    for name, (i, j) in (("W1", (0, 3)), ("W2", (2, 1)), ("W3", (1, 0))):
        edge = page.locator(f"[data-edge='{name}[{i},{j}]']")
        edge.dispatch_event("pointerenter")
        shown = text_after(page, ".tip", lambda text, name=name: text.startswith(name))
        entry = next(e for e in head["runs"][0]["layout"] if e["name"] == name)
        at = entry["start"] + i * entry["shape"][1] + j
        numbers = [float(n.replace("−", "-")) for n in page.locator(".tip dd").all_inner_texts()]
        want = [arrays[f"{kind}0"][at] for kind in ("theta", "gradient", "update")]
        assert_allclose(numbers, want, rtol=6e-3), shown
    page.mouse.move(5, 5)
    page.keyboard.press("e")
    text_after(page, ".tip", lambda text: "W" in text)


def test_a_person_draws_points_of_two_classes_and_they_are_learned(page):
    page.click("button[name=own]")
    page.wait_for_selector(".waits", state="visible")
    box = page.locator(".surface").bounding_box()

    def place(x, y):
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y

    def draw(points):
        page.mouse.move(*place(*points[0]))
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*place(*point), steps=8)
        page.mouse.up()

    page.mouse.click(*place(0.25, 0.25))
    assert page.is_visible(".waits")  # one is not enough
    draw([(0.15, 0.5), (0.3, 0.9)])
    page.wait_for_selector(".waits", state="hidden")
    page.locator(".pen").nth(1).click()
    page.mouse.click(*place(0.75, 0.25))
    draw([(0.85, 0.5), (0.7, 0.9)])  # the pen is still that of the second class
    own = np.array(re.search(r"own=([^&]*)", page.url)[1].split(","), float).reshape(-1, 3)
    assert len(own) > 8
    assert_allclose(own[0], [-1.5, 1.5, 0], atol=0.02)
    assert ((own[:, 0] > 0) == (own[:, 2] == 1)).all()
    assert page.locator("#sentence").is_hidden()
    assert page.is_checked(".under input")  # those of the test are shown too
    page.locator(".timeline").focus()
    page.keyboard.press("Shift+ArrowRight")
    seen, link = settled(page, ".measures"), page.url
    page.goto("about:blank")
    page.goto(link)  # a shared link shows the same points and the same numbers
    text_after(page, ".measures", lambda text: text == seen)
    page.click("button:text-is('Undo')")
    page.wait_for_url(lambda url: url.count(",") == link.count(",") - 3)
    page.click("button:text-is('Clear')")
    page.wait_for_selector(".waits", state="visible")


def test_two_optimizers_stand_side_by_side(page):
    page.select_option("[name=versus]", "sgd")
    text_after(page, ".measures", lambda text: "adam" in text and "sgd" in text)
    page.keyboard.press("Shift+ArrowRight")
    shown = text_after(page, ".measures", lambda text: text.count("%") == 4)
    head, _ = asked({"versus": "sgd"}, 11)
    text_after(page, ".readout", at_step(11))
    shown = settled(page, ".measures")
    for run in head["runs"]:
        assert f"{run['measures'][0]:.3g}" in shown
    assert page.locator(".surface").count() == 2


def test_a_click_on_a_tab_is_not_lost_while_it_plays(page):
    text_after(page, ".measures", lambda text: "0." in text)
    page.evaluate(
        """() => {
            const before = location.hash;
            location.hash = "#part=graph";
            history.replaceState(null, "", before + "&step=1");  // as an answer does
        }"""
    )
    page.wait_for_selector("#graph")


REACHED = """() => [...document.querySelectorAll(
    "button, input, select, textarea, summary, [tabindex]")]
  .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0)
  .map((each) => { each.dataset.reach = "no"; return each; }).length"""


@pytest.mark.parametrize("part", PARTS)
def test_every_control_is_reached_by_the_keyboard(page, part):
    page.evaluate("(part) => { location.hash = `#part=${part}`; }", part)
    page.wait_for_selector(f"#{part}")
    page.wait_for_timeout(1500)
    clickable = """() => [...document.querySelectorAll("main *")].filter((each) =>
        getComputedStyle(each).cursor === "pointer" && each.checkVisibility()
        && !each.closest("button, summary, input, select, label, [tabindex]")).length"""
    assert page.evaluate(clickable) == 0
    n = page.evaluate(REACHED)
    for _ in range(n + 2):
        page.keyboard.press("Tab")
        page.evaluate("() => { document.activeElement.dataset.reach = 'yes'; }")
    left = page.locator("[data-reach=no]").evaluate_all("all => all.map((e) => e.outerHTML)")
    assert left == []
    unnamed = """() => [...document.querySelectorAll("button, input, select, textarea, summary")]
      .filter((each) => each.checkVisibility() && !each.getAttribute("aria-label") && !each.title
        && !each.textContent.trim() && !each.closest("label")).map((each) => each.outerHTML)"""
    assert page.evaluate(unnamed) == []


def test_the_page_can_load_and_run_nothing_else(page):
    broken = page.evaluate(
        """async () => {
          const broken = [];
          document.addEventListener("securitypolicyviolation", (event) =>
            broken.push(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.isRun = true";
          document.body.append(script);
          const image = new Image();
          image.src = "http://127.0.0.1:9/x.png";
          await fetch("http://127.0.0.1:9/").catch(() => broken.push("fetch"));
          try { new WebSocket("ws://127.0.0.1:9/"); } catch {}
          await new Promise((done) => setTimeout(done, 300));
          return [window.isRun === true, ...new Set(broken)].map(String).sort();
        }"""
    )
    page.requests.clear()
    assert broken == ["connect-src", "false", "fetch", "img-src", "script-src-elem"]
