"""Take the pictures of docs/lab.md anew: ``python docs/lab_pictures.py [NAME ...]``.

It needs Chromium and Playwright, as the tests of the page do. Each part is seen at both sizes that
the page is made for: light on a screen, dark on a tablet.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from benchmarks.lab import lab
from PIL import Image
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
SIZES = {"light": (1280, 720), "dark": (1024, 768)}
THREE = "28,18,50,10,70,22,66,40,48,48,68,55,74,72,55,90,28,82"
OWN = "data=own&classes=3&own=" + ",".join(
    f"{x},{y},{k}"
    for k, (a, b) in enumerate([(-1.5, 1.0), (1.4, 1.2), (0.2, -1.5)])
    for x, y in [(a, b), (a + 0.4, b), (a, b + 0.4), (a - 0.5, b - 0.2), (a + 0.1, b - 0.5)]
)
PICTURES = {
    # theme, language, place, and how many epochs are done before
    "lab": ("light", "en", "part=playground", 25),
    "lab-dark": ("dark", "zh", "part=playground&data=spiral&classes=3&versus=sgd", 25),
    "lab-own": ("light", "en", f"part=playground&{OWN}", 40),
    "lab-step": ("light", "en", "part=step&at=26&edge=W1%5B1,0%5D", 0),
    "lab-step-dark": ("dark", "en", "part=step&at=8&loss=softmax-cross-entropy&t=0,1", 0),
    "lab-graph": ("light", "en", "part=graph", 0),
    "lab-graph-dark": ("dark", "zh", "part=graph&function=sigmoid(w*x+%2B+b)&values=2,1,-1", 0),
    "lab-descent": ("light", "en", "part=descent&step=60", 0),
    "lab-descent-dark": ("dark", "en", "part=descent&surface=own&start=-4,3.5&step=100", 0),
    "lab-digits": ("light", "en", f"part=digits&sample=-1&drawing={THREE}", 15),
    "lab-digits-dark": ("dark", "zh", "part=digits&hidden=&sample=8", 15),
    "lab-health": ("light", "en", "part=health&disease=rate-too-high&mended=true", 5),
    "lab-health-dark": ("dark", "en", "part=health&disease=ten-sigmoids", 3),
    "lab-code": ("light", "en", "part=playground", 4),
}


def main() -> None:
    """Take all pictures, or those that are named."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with lab() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in sys.argv[1:] or PICTURES:
            theme, language, place, epochs = PICTURES[name]
            width, height = SIZES[theme]
            page = browser.new_page(viewport={"width": width, "height": height})
            chosen = {"tidu-theme": theme, "tidu-language": language}
            page.add_init_script(
                f"Object.entries({chosen}).forEach(([k, v]) => localStorage.setItem(k, v))"
            )
            page.goto(f"{address}#{place}")
            page.wait_for_timeout(2000)
            for _ in range(epochs):
                page.keyboard.press("Shift+ArrowRight")
                page.wait_for_timeout(150)
            page.wait_for_timeout(2500)
            if name == "lab-code":
                page.click("[data-do=code]")
                page.wait_for_selector("dialog .source")
            page.mouse.move(2, 2)
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            picture.save(IMAGES / f"{name}.png", optimize=True)
            page.close()
            print(name)
        browser.close()


if __name__ == "__main__":
    main()
