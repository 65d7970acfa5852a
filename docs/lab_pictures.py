"""Take the pictures of docs/lab.md anew: ``python -m docs.lab_pictures [NAME ...]``.

It needs Chromium and Playwright, as the tests of the page do. Each part is seen at both sizes that
the page is made for: light on a screen, dark on a tablet. Those of MNIST are taken where it is on
this machine. A picture is taken when nothing on the page has changed for a second.
"""

from __future__ import annotations

import io
import shutil
import sys
import time
from pathlib import Path

from benchmarks.lab import lab
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tidu.datasets.mnist import MNIST, is_here

IMAGES = Path(__file__).parent / "images"
SIZES = {"light": (1280, 720), "large": (1280, 720), "dark": (1024, 768)}
THREE = "28,18,50,10,70,22,66,40,48,48,68,55,74,72,55,90,28,82"
OWN = "data=own&classes=3&own=" + ",".join(
    f"{x},{y},{k}"
    for k, (a, b) in enumerate([(-1.5, 1.0), (1.4, 1.2), (0.2, -1.5)])
    for x, y in [(a, b), (a + 0.4, b), (a, b + 0.4), (a - 0.5, b - 0.2), (a + 0.1, b - 0.5)]
)
PICTURES = {
    # theme, language and place
    "lab": ("light", "en", "part=playground&step=275"),
    "lab-dark": ("dark", "zh", "part=playground&data=spiral&classes=3&versus=sgd&step=275"),
    "lab-own": ("light", "en", f"part=playground&{OWN}&step=40"),
    "lab-large": ("large", "en", "part=playground&data=xor&hidden=4&step=660"),
    "lab-step": ("light", "en", "part=step&at=26&edge=W1%5B1,0%5D"),
    "lab-step-dark": ("dark", "en", "part=step&at=8&loss=softmax-cross-entropy&t=0,1"),
    "lab-graph": ("light", "en", "part=graph"),
    "lab-graph-dark": ("dark", "zh", "part=graph&function=sigmoid(w*x+%2B+b)&values=2,1,-1"),
    "lab-descent": ("light", "en", "part=descent&step=60"),
    "lab-descent-dark": ("dark", "en", "part=descent&surface=own&start=-4,3.5&step=100"),
    "lab-digits": ("light", "en", f"part=digits&sample=-1&drawing={THREE}&step=675"),
    "lab-digits-dark": ("dark", "zh", "part=digits&hidden=&sample=8&step=675"),
    "lab-digits-mnist": (
        "light",
        "en",
        f"part=digits&data=mnist&sample=-1&drawing={THREE}&step=1880",
    ),
    "lab-health": ("light", "en", "part=health&disease=rate-too-high&mended=true&step=145"),
    "lab-health-dark": ("dark", "en", "part=health&disease=ten-sigmoids&step=87"),
    "lab-code": ("light", "en", "part=playground&step=44"),
}


def main() -> None:
    """Take all pictures, or those that are named."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with lab() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in sys.argv[1:] or PICTURES:
            theme, language, place = PICTURES[name]
            if "mnist" in place and not is_here(MNIST):
                print(f"{name}: left as it is, for MNIST is not on this machine")
                continue
            width, height = SIZES[theme]
            page = browser.new_page(viewport={"width": width, "height": height})
            chosen = {
                "tidu-theme": "dark" if theme == "dark" else "light",
                "tidu-large": "yes" if theme == "large" else "no",
                "tidu-language": language,
            }
            page.add_init_script(
                f"Object.entries({chosen}).forEach(([k, v]) => localStorage.setItem(k, v))"
            )
            page.goto(f"{address}#{place}")
            page.wait_for_selector("main")
            settle(page)
            if name == "lab-code":
                page.click("[data-do=code]")
                page.wait_for_selector("dialog .source")
            page.mouse.move(2, 2)
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            picture.save(IMAGES / f"{name}.png", optimize=True)
            page.close()
            print(name)
        browser.close()


def settle(page: Page) -> None:
    """Wait until nothing is waited for, and nothing on the page has changed for a second."""
    waits = page.locator("#sentence:visible, .doctor p", has_text="…")
    seen, since = "", time.monotonic()
    while time.monotonic() - since < 1:
        page.wait_for_timeout(50)
        if (now := page.inner_text("body")) != seen or waits.count():
            seen, since = now, time.monotonic()


if __name__ == "__main__":
    main()
