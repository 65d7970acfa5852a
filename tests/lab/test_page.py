"""The page, as a person uses it; and the built page is that of its sources."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tidu as td
from tests.lab.serving import at_step, settled, text_after
from tidu.lab.server import pages

ROOT = Path(__file__).parents[2]
THREE = [28, 18, 50, 10, 70, 22, 66, 40, 48, 48, 68, 55, 74, 72, 55, 90, 28, 82]


@pytest.mark.exhaustive
def test_the_page_is_built_from_its_sources(tmp_path):
    if not (ROOT / "lab" / "node_modules").exists() or not shutil.which("npx"):
        pytest.skip("node is not set up: cd lab && npm ci")
    command = ["npx", "vite", "build", "--outDir", str(tmp_path), "--emptyOutDir"]
    subprocess.run(command, cwd=ROOT / "lab", check=True, capture_output=True)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == pages()


def test_the_locked_packages_have_checksums_and_no_addresses():
    lock = json.loads((ROOT / "lab" / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert "node_modules/uplot" in packages
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name


def test_the_page_loads_nothing_from_elsewhere():
    for name, content in pages().items():
        text = content.decode()
        for address in ("http://", "https://"):
            for part in text.split(address)[1:]:
                assert part.startswith(("www.w3.org/", "${", "127.0.0.1")), (name, part[:40])


@pytest.mark.exhaustive
def test_a_person_steps_forward_and_back_to_the_same_numbers(page):
    text_after(page, ".measures", lambda text: "0." in text)
    seen = {}
    for step in (1, 2, 3):
        page.keyboard.press("ArrowRight")
        text_after(page, ".readout", at_step(step))
        page.wait_for_timeout(300)
        seen[step] = page.inner_text(".measures")
    assert seen[1] != seen[3]
    for step in (2, 1):
        page.keyboard.press("ArrowLeft")
        text_after(page, ".readout", at_step(step))
        page.wait_for_timeout(300)
        assert page.inner_text(".measures") == seen[step]


@pytest.mark.exhaustive
def test_a_person_takes_the_program_home_and_it_makes_the_same_run(page, tmp_path):
    text_after(page, ".measures", lambda text: "0." in text)
    for step in (1, 2, 3):
        page.keyboard.press("ArrowRight")
        text_after(page, ".readout", at_step(step))
    page.click("[data-do=code]")
    with page.expect_download() as download:
        page.click("[data-do=save_code]")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert done.stdout == page.inner_text(".prints")
    assert "callbacks=[StopAt(3)]" in path.read_text(encoding="utf-8")


@pytest.mark.exhaustive
def test_a_link_is_copied_also_where_the_browser_gives_no_right_to_it(page):
    text_after(page, ".measures", lambda text: "0." in text)
    page.keyboard.press("ArrowRight")
    text_after(page, ".readout", at_step(1))
    page.evaluate(  # as over plain HTTP from another machine
        """() => {
            Object.defineProperty(navigator, "clipboard", { value: undefined });
            document.addEventListener("copy", () => {
                window.copied = document.getSelection().toString()
                    || document.activeElement.value;
            });
        }"""
    )
    page.click("[aria-label='Copy the link']")
    text_after(page, "#sentence", lambda text: text == "The address of what you see is copied.")
    assert page.evaluate("window.copied") == page.url
    assert "step=1" in page.url
    page.wait_for_selector("#sentence", state="hidden", timeout=6000)
    page.click("[data-do=code]")
    page.click("dialog button:text-is('Copy')")
    text_after(page, "dialog [role=status]", lambda text: text == "Copied.")
    assert page.evaluate("window.copied") == page.inner_text("dialog .source")


@pytest.mark.exhaustive
@pytest.mark.parametrize("part", ["playground", "digits", "health"])
def test_a_person_saves_the_model(page, tmp_path, part):
    page.evaluate("(part) => { location.hash = `#part=${part}`; }", part)
    page.wait_for_selector(f"#{part}")
    text_after(page, ".measures", lambda text: "." in text)
    with page.expect_download() as download:
        page.click("[data-do=model]")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    net = td.load(path)
    assert net.input_shape == ((2,) if part == "playground" else (64,))


@pytest.mark.exhaustive
def test_the_keyboard_opens_menus_and_does_not_step_behind_a_dialog(page):
    text_after(page, ".measures", lambda text: "0." in text)
    page.focus("[data-picture=network] summary")
    page.keyboard.press("Space")
    assert page.is_visible("[data-picture=network] .menu")
    page.keyboard.press("Escape")
    assert not page.is_visible("[data-picture=network] .menu")
    page.focus("[data-do=code]")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog .source")
    page.focus("dialog .source")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    page.wait_for_timeout(300)
    text_after(page, ".readout", at_step(0))


@pytest.mark.exhaustive
def test_a_far_step_is_reached_in_many_answers(page):
    page.goto(page.url.partition("#")[0] + "#part=playground&step=200000&hidden=3")
    text_after(page, ".readout", lambda text: "→ 200000" in text)
    text_after(page, ".readout", lambda text: "→" not in text and at_step(200000)(text))
    page.evaluate("location.hash = '#part=playground&step=1000000&batch_norm=true'")
    text_after(page, ".readout", lambda text: "→ 1000000" in text)
    page.keyboard.press("Home")
    text_after(page, ".readout", at_step(0))


@pytest.mark.exhaustive
def test_a_person_draws_a_digit_and_reads_its_answer(page):
    page.evaluate("location.hash = '#part=digits&step=700'")
    text_after(page, ".readout", at_step(700))
    box = page.locator(".pad").bounding_box()
    at = [(box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100)
          for x, y in zip(THREE[::2], THREE[1::2], strict=True)]  # fmt: skip
    page.mouse.move(*at[0])
    page.mouse.down()
    for x, y in at[1:]:
        page.mouse.move(x, y, steps=5)
    page.mouse.up()
    assert text_after(page, ".place1 b", lambda text: text == "3")
    assert page.locator(".answers .best").count() == 3
    shares, link = settled(page, ".answers"), page.url
    page.click("[data-do=clear_points]")
    page.wait_for_selector(".reading.empty")
    page.goto("about:blank")
    page.goto(link)  # a shared link shows the same drawing and the same answers
    text_after(page, ".answers", lambda text: text == shares)
    page.click(".wrong button")
    text_after(page, ".shown", lambda text: "test digit" in text)


@pytest.mark.exhaustive
def test_a_person_clicks_a_start_and_four_optimizers_race_from_it(page):
    page.evaluate("location.hash = '#part=descent&surface=bowl'")
    text_after(page, ".racers", lambda text: text.count("40 steps used up") == 4)
    assert page.locator("polyline.walk").count() == 4
    box = page.locator(".stage").bounding_box()
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.25 * box["height"])
    sentences = text_after(page, ".racers", lambda text: "f fell from 6.25" in text)
    assert "x² + y²" in page.inner_text("#descent .formula")
    assert "start=0%2C2.5" in page.url or "start=0,2.5" in page.url
    link = page.url
    page.goto("about:blank")
    page.goto(link)  # a shared link shows the same race
    assert text_after(page, ".racers", lambda text: text == sentences)
    page.focus(".stage")
    page.keyboard.press("ArrowRight")
    text_after(page, ".racers", lambda text: text.count("f fell from 6.31") == 4)
    page.keyboard.press("Home")
    text_after(page, ".racers", lambda text: text.count("f = 6.31") == 4)
    page.select_option("[name=sgd]", "3")
    text_after(page, "[data-rule=sgd]", lambda text: "The learning rate 3 is too large" in text)
    page.click("[name=own]")
    page.fill("textarea", "__import__('os')")
    page.keyboard.press("Enter")
    text_after(page, "#sentence", lambda text: "`own` cannot hold" in text)


@pytest.mark.exhaustive
def test_a_person_changes_the_language_and_the_doctor_speaks_it(page):
    page.evaluate("location.hash = '#part=health&disease=unscaled-inputs'")
    text_after(page, ".doctor", lambda text: "inputs not scaled: at the input of Affine1" in text)
    page.click(".tool.wide")
    text_after(page, ".doctor", lambda text: "输入未缩放：在 Affine1 的输入处" in text)
    page.click("[name=rate-too-high]")
    text_after(page, ".doctor", lambda text: "学习率过大：使用 SGD(lr=20.0) 时" in text)
    page.click(".tool.wide")
    text_after(page, ".doctor", lambda text: "learning rate too high: with SGD" in text)


def test_a_person_presses_each_disease_and_its_mend_and_reads_the_doctor(page):
    page.evaluate("location.hash = '#part=health'")
    text_after(page, ".doctor", lambda text: "healthy: none of" in text)
    for disease, sentence in (
        ("rate-too-high", "learning rate too high"),
        ("zero-weights", "dead ReLUs"),
        ("ten-sigmoids", "gradients vanish"),
        ("unscaled-inputs", "inputs not scaled"),
        ("shifted-labels", "targets out of step"),
    ):
        page.click(f"[name={disease}]")
        text_after(page, ".doctor", lambda text, sentence=sentence: sentence in text)
        page.click("[name=mend]")
        text_after(page, ".doctor", lambda text: "healthy: none of" in text)
    page.keyboard.press("Shift+ArrowRight")
    text_after(page, ".doctor", lambda text: "at step 29" in text)
    assert page.locator(".bodies tbody tr").count() == 4
    assert "disease=shifted-labels&mended=true&step=29" in page.url
    page.click("[name=none]")
    text_after(page, ".doctor", lambda text: "at step 0" in text)
    page.click(".play")
    text_after(page, ".readout", at_step(10))
    page.click(".play")
    text_after(page, ".doctor", lambda text: "at step" in text and "at step 0" not in text)
