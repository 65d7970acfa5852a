"""A lab that serves, and what a test waits for in its page."""

import re
import socket
import threading

from tidu.lab.gate import Gate
from tidu.lab.server import Lab, Limits, serve


def serving(language="auto", limits=None, kind=Gate):
    """Return a lab that answers at a free port of this machine, behind a gate of some kind."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        gate = kind("127.0.0.1", probe.getsockname()[1])
    lab, ready = Lab(gate, language, limits or Limits()), threading.Event()
    threading.Thread(target=serve, args=(lab, ready.set), daemon=True).start()
    assert ready.wait(30)
    return lab


def text_after(page, selector, holds):
    """Return the text of an element as soon as it fits; no script runs in the page for that."""
    for _ in range(1200):
        text = page.inner_text(selector)
        if holds(text):
            return text
        page.wait_for_timeout(50)
    raise AssertionError(f"{selector} still shows {text!r}")


def settled(page, selector):
    """Return the text of an element when neither it nor the address has changed for a second.

    The page must not say meanwhile that it waits for something.
    """
    waits = page.locator("#sentence:visible", has_text="…")
    before, since = None, 0
    for _ in range(600):
        now = page.inner_text(selector), page.url
        since = since + 1 if now == before and not waits.count() else 0
        before = now
        if since == 20:
            return now[0]
        page.wait_for_timeout(50)
    raise AssertionError(f"{selector} goes on changing")


def at_step(k):
    return lambda text: re.search(rf"\b{k}\b", text.replace(",", ""))
