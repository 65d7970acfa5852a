"""A classroom in the lab: many sessions at once with a real WebSocket client, and one browser.

All come at one moment. Each fetches the files of the page, builds the playground's default run over
a connection of its own, and then clicks: once every few seconds, as a person does, or again as soon
as it has its answer, as a page that plays does. One session more than the lab takes must be refused
in a sentence. Where Chromium and Playwright are installed, two more things are measured in it: the
way from a click to its picture, and how long a page that opens when all others do shows neither a
picture nor the sentence that it waits for one. The numbers go to
``tidu-out/benchmarks/lab.json``. ``docs/measured/lab.json`` holds those of the documentation, and
``python -m benchmarks.lab print`` prints of them what stands in docs/lab.md and its translation.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import load, machine, sentence
from benchmarks.quick import run
from tidu.lab import unpack
from tidu.lab.server import Limits

SESSIONS = Limits().sessions
PAUSE, SECONDS = 5.0, 20.0
"""Seconds between two clicks of a person, and for how long a round lasts."""
CLICKS, ARRIVALS = 60, 3
LIBRARIES = ("tidu", "numpy", "starlette", "uvicorn", "websockets")
BROWSER = True
QUICK = {"SESSIONS": 3, "PAUSE": 0.1, "SECONDS": 0.5, "CLICKS": 3, "ARRIVALS": 1, "BROWSER": False}

OUT = Path("tidu-out", "benchmarks", "lab.json")
DOCUMENTED = Path(__file__).parents[1] / "docs" / "measured" / "lab.json"

WORDS = {
    "head": ("| what | answers | median, ms | p95, ms | longest, ms |",
             "| 内容 | 回答数 | 中位数，毫秒 | p95，毫秒 | 最长，毫秒 |"),
    "alone": ("one session, click to answer", "一个会话，从点击到回答"),
    "page": ("one page in Chromium, click to picture", "Chromium 里的一个页面，从点击到画面"),
    "fetched": ("{sessions} people come at once: the page is there",
                "{sessions} 个人同时打开：页面就绪"),
    "opened": ("{sessions} people come at once: the first picture",
               "{sessions} 个人同时打开：第一个画面"),
    "beside": ("one page in Chromium beside them: a picture, or that it waits",
               "此时 Chromium 里的一个页面：出现画面，或提示正在等待"),
    "people": ("{sessions} people, a click every {pause:g} s each",
               "{sessions} 个人，每人每 {pause:g} 秒点击一次"),
    "playing": ("{sessions} pages play at once", "{sessions} 个页面同时播放"),
    "about": ("{machine}; load before: {load:.1f}. A session took {megabytes:.0f} MB of memory.",
              "{machine}；测量前的负载：{load:.1f}。一个会话占用 {megabytes:.0f} MB 内存。"),
}  # fmt: skip
"""What is printed, in English and Chinese."""


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

    def row(self, name: str) -> Row:
        """Return how many there were, and how long they took."""
        return Row(name, len(self.times), *np.percentile(self.times, [50, 95, 100]).tolist())


@dataclass(frozen=True)
class Row:
    """How long answers took, in milliseconds; ``name`` is a key of `WORDS`."""

    name: str
    answers: int
    median: float
    p95: float
    longest: float


async def fetch(address: str, name: str) -> None:
    """Fetch a file of the page, over a connection of its own."""
    host, _, path = address.removeprefix("http://").partition("/")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    head = f"GET /{path}{name} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    found = await reader.read()
    assert found.startswith(b"HTTP/1.1 200"), found[:80]
    writer.close()


async def come(address: str, fetched: Clock, built: Clock) -> Any:
    """Open the page as a browser does, up to its first picture, and return its connection."""
    from websockets.asyncio.client import connect

    start = time.perf_counter()
    await fetch(address, "")
    await asyncio.gather(*(fetch(address, name) for name in ("lab.js", "lab.css")))
    await fetch(address, "about.json")
    fetched.times.append(1000 * (time.perf_counter() - start))
    origin = address[: address.index("/", len("http://"))]
    where = address.replace("http://", "ws://") + "session"
    one = await connect(where, origin=origin, max_size=None, open_timeout=60)
    await Clock().ask(one, "build", settings={})
    built.times.append(1000 * (time.perf_counter() - start))
    return one


async def arrive(address: str) -> tuple[list[Any], list[Row | None]]:
    """Let all come at once, some times, and one page in Chromium besides."""
    fetched, built, beside = Clock(), Clock(), Clock()
    chromium = installed("async_api")
    async with AsyncExitStack() as stack:
        if chromium:
            playwright = await stack.enter_async_context(chromium.api.async_playwright())
            browser = await playwright.chromium.launch(**chromium.options)
            stack.push_async_callback(browser.close)
        for _ in range(ARRIVALS):
            people = [come(address, fetched, built) for _ in range(SESSIONS - 1)]
            if chromium:
                page = await browser.new_page(viewport={"width": 1280, "height": 720})
                *opened, _ = await asyncio.gather(*people, see(page, address, beside))
                await page.close()
            else:
                opened = await asyncio.gather(*people)
            for one in opened:
                await one.close()
            await asyncio.sleep(PAUSE)  # their processes end
    opened = [await come(address, Clock(), Clock()) for _ in range(SESSIONS)]
    return opened, [
        fetched.row("fetched"),
        built.row("opened"),
        beside.row("beside") if chromium else None,
    ]


async def see(page: Any, address: str, clock: Clock) -> None:
    """Open the page in Chromium until it shows a picture, or the sentence that it waits."""
    start = time.perf_counter()
    await page.goto(address, wait_until="commit")
    await page.wait_for_selector("#sentence:not([hidden]), .measures td", state="visible")
    clock.times.append(1000 * (time.perf_counter() - start))


async def classroom(address: str, pid: int) -> tuple[list[Row | None], dict[str, Any]]:
    """Let all come at once, click and play, and try one more."""
    from websockets.asyncio.client import connect

    origin = address[: address.index("/", len("http://"))]
    where = address.replace("http://", "ws://") + "session"
    clicked, played = Clock(), Clock()
    opened, rows = await arrive(address)
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
    rows += [clicked.row("people"), played.row("playing")]
    about: dict[str, Any] = {"megabytes": megabytes(pid) / SESSIONS}
    if Limits().sessions == SESSIONS:
        async with connect(where, origin=origin) as more:
            head, _ = unpack(await more.recv())
            about["the next one"] = head["error"]
    for one in opened:
        await one.close()
    return rows, about


async def alone(address: str) -> Row:
    """Let one session click."""
    from websockets.asyncio.client import connect

    origin = address[: address.index("/", len("http://"))]
    clock = Clock()
    async with connect(address.replace("http://", "ws://") + "session", origin=origin) as one:
        await Clock().ask(one, "build", settings={})
        for step in range(1, CLICKS + 1):
            await clock.ask(one, "go", step=step)
    return clock.row("alone")


CLICK = """() => new Promise((done) => {
  const shown = () => document.querySelector(".readout").textContent;
  const [before, start] = [shown(), performance.now()];
  document.querySelector("[data-do=forward]").click();
  const look = () => shown() === before
    ? requestAnimationFrame(look)
    : requestAnimationFrame(() => done(performance.now() - start));
  look();
})"""


@dataclass(frozen=True)
class Chromium:
    """Playwright's module, and how it launches the browser."""

    api: Any
    options: dict[str, Any]


def installed(api: str) -> Chromium | None:
    """Return Chromium under Playwright's ``sync_api`` or ``async_api``; None where one is not."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not (BROWSER and path and find_spec("playwright")):
        return None
    options = {"executable_path": path, "args": ["--no-sandbox"]}
    return Chromium(import_module(f"playwright.{api}"), options)


def browser(address: str) -> Row | None:
    """Click in Chromium, up to the frame that shows the new picture; None where there is none."""
    chromium = installed("sync_api")
    if chromium is None:
        print("not measured: a page in Chromium, for it or Playwright is not installed")
        return None
    clock = Clock()
    with chromium.api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(**chromium.options)
        page = opened.new_page(viewport={"width": 1280, "height": 720})
        page.goto(address)
        page.wait_for_selector(".measures td")
        clock.times = [page.evaluate(CLICK) for _ in range(CLICKS)]
        opened.close()
    return clock.row("page")


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


def measured() -> dict[str, Any]:
    """Measure everything."""
    about = {
        "machine": machine(LIBRARIES),
        "load": load() or 0.0,
        "sessions": SESSIONS,
        "pause": PAUSE,
    }
    with lab() as (address, pid):
        rows = [asyncio.run(alone(address)), browser(address)]
        more, seen = asyncio.run(classroom(address, pid))
    return about | seen | {"rows": [asdict(row) for row in (*rows, *more) if row]}


def table(found: dict[str, Any], language: int = 0) -> str:
    """Return a table in Markdown and what it was made on, in English or (1) in Chinese."""
    words = {name: texts[language] for name, texts in WORDS.items()}
    lines = [words["head"], "| --- | ---: | ---: | ---: | ---: |"]
    for row in found["rows"]:
        name = words[row["name"]].format(**found)
        times = " | ".join(f"{row[key]:.0f}" for key in ("median", "p95", "longest"))
        lines.append(f"| {name} | {row['answers']} | {times} |")
    about = words["about"].format(**found | {"machine": sentence(found["machine"])})
    return "\n".join([*lines, "", *(textwrap.wrap(about, 100) if language == 0 else [about])])


def main() -> None:
    """Measure, print, and write the numbers."""
    found = measured()
    print(table(found))
    print(f"the next one is told: {found.get('the next one', 'not tried')}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(f"{json.dumps(found, indent=1)}\n", "utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["print"]:
        documented = json.loads(DOCUMENTED.read_text("utf-8"))
        print(f"{table(documented)}\n\n{table(documented, 1)}")
    else:
        run(globals())
