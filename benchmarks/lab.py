"""A classroom in the lab: many sessions at once with a real WebSocket client, and one browser.

Each session is one connection that builds the playground's default run and then clicks: once every
few seconds, as a person does, or again as soon as it has its answer, as a page that plays does. One
session more than the lab takes must be refused in a sentence. The way from a click to its picture
is measured in Chromium, where that and Playwright are installed. The table is printed as Markdown,
as it stands in docs/lab.md.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import machine, sentence
from benchmarks.quick import run
from tidu.lab import unpack
from tidu.lab.server import Limits

SESSIONS = Limits().sessions
PAUSE, SECONDS = 5.0, 20.0
"""Seconds between two clicks of a person, and for how long a round lasts."""
CLICKS = 60
BROWSER = True
QUICK = {"SESSIONS": 3, "PAUSE": 0.1, "SECONDS": 0.5, "CLICKS": 3, "BROWSER": False}

Ask = Callable[..., Awaitable[dict[str, Any]]]


@contextmanager
def lab() -> Iterator[tuple[str, int]]:
    """Yield the address of a lab in a process of its own, and the number of that process."""
    command = [sys.executable, "-m", "tidu", "lab", "--no-browser"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        try:
            assert server.stdout is not None
            found = next(filter(None, (re.search(r"http://\S+", row) for row in server.stdout)))
            yield found[0], server.pid
        finally:
            server.terminate()


class Clock:
    """How long answers took, in milliseconds."""

    def __init__(self) -> None:
        self.times: list[float] = []

    async def ask(self, connection: Any, do: str, **values: Any) -> dict[str, Any]:
        """Ask a question of the playground and wait for its answer."""
        start = time.perf_counter()
        question = {"id": 1, "part": "playground", "do": do, "with": values}
        await connection.send(json.dumps(question))
        head, _ = unpack(await connection.recv())
        self.times.append(1000 * (time.perf_counter() - start))
        return head

    def row(self, name: str) -> list[str]:
        """Return the median, p95 and the longest."""
        p50, p95, p100 = np.percentile(self.times, [50, 95, 100])
        return [name, str(len(self.times)), f"{p50:.0f}", f"{p95:.0f}", f"{p100:.0f}"]


async def classroom(address: str, pid: int) -> list[list[str]]:
    """Open all sessions, let them click and play, and try one more."""
    from websockets.asyncio.client import connect

    origin = address[: address.index("/", len("http://"))]
    where = address.replace("http://", "ws://") + "session"
    opened = [await connect(where, origin=origin, max_size=None) for _ in range(SESSIONS)]
    built, clicked, played = Clock(), Clock(), Clock()
    await asyncio.gather(*(built.ask(one, "build", settings={}) for one in opened))
    rng = np.random.default_rng(0)

    async def person(one: Any, wait: float) -> None:
        await asyncio.sleep(wait)
        end, step = time.perf_counter() + SECONDS, 0
        while time.perf_counter() < end:
            step += 1
            await clicked.ask(one, "go", step=step)
            await asyncio.sleep(rng.uniform(0.5, 1.5) * PAUSE)

    async def player(one: Any) -> None:
        end, step = time.perf_counter() + SECONDS, 0
        while time.perf_counter() < end:
            step += 5
            await played.ask(one, "go", step=step)

    await asyncio.gather(*(person(one, rng.uniform(0, PAUSE)) for one in opened))
    await asyncio.gather(*map(player, opened))
    rows = [
        built.row(f"{SESSIONS} sessions open at once"),
        clicked.row(f"{SESSIONS} people, a click every {PAUSE:g} s each"),
        played.row(f"{SESSIONS} pages play at once"),
    ]
    print(f"{megabytes(pid) / SESSIONS:.0f} MB a session")
    if Limits().sessions == SESSIONS:
        async with connect(where, origin=origin) as more:
            head, _ = unpack(await more.recv())
            print(f"the next one is told: {head['error']}")
    for one in opened:
        await one.close()
    return rows


async def alone(address: str) -> list[str]:
    """Let one session click."""
    from websockets.asyncio.client import connect

    origin = address[: address.index("/", len("http://"))]
    clock = Clock()
    async with connect(address.replace("http://", "ws://") + "session", origin=origin) as one:
        await Clock().ask(one, "build", settings={})
        for step in range(1, CLICKS + 1):
            await clock.ask(one, "go", step=step)
    return clock.row("one session, click to answer")


CLICK = """() => new Promise((done) => {
  const shown = () => document.querySelector(".readout").textContent;
  const [before, start] = [shown(), performance.now()];
  document.querySelector("[data-do=forward]").click();
  const look = () => shown() === before
    ? requestAnimationFrame(look)
    : requestAnimationFrame(() => done(performance.now() - start));
  look();
})"""


def browser(address: str) -> list[str] | None:
    """Click in Chromium, up to the frame that shows the new picture; None where there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if not (BROWSER and chromium):
        print("not measured: a click in Chromium, for it or Playwright is not installed")
        return None
    clock = Clock()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = opened.new_page(viewport={"width": 1280, "height": 720})
        page.goto(address)
        page.wait_for_selector(".measures td")
        clock.times = [page.evaluate(CLICK) for _ in range(CLICKS)]
        opened.close()
    return clock.row("one page in Chromium, click to picture")


def megabytes(pid: int) -> float:
    """Return the memory of the server's sessions, pages that are shared counted once."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/smaps_rollup"):
        try:
            stat = (path.parent / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            rows = path.read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        if int(stat[3]) == pid:  # its session, in the words of the system
            total += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return total / 1024


def main() -> None:
    print(sentence(machine()))
    with lab() as (address, pid):
        rows = [asyncio.run(alone(address)), browser(address)]
        rows += asyncio.run(classroom(address, pid))
    print("\n| what | answers | median, ms | p95, ms | longest, ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for row in filter(None, rows):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    run(globals())
