"""What may go wrong around a page: lines, processes, strangers, uploads; it goes on."""

import contextlib
import http.server
import os
import signal
import socket
import threading
from types import SimpleNamespace

import pytest

from tests.lab.serving import at_step, serving, settled, text_after
from tidu.lab import server, worker
from tidu.lab.gate import Gate
from tidu.lab.server import Limits

pytestmark = pytest.mark.exhaustive


class Line:
    """A line between browser and lab, which can be cut and mended."""

    def __init__(self, to):
        self.to, self.whole, self.ends = to, True, []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.server.accept()
                if not self.whole:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.to))
                self.ends += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self.carry, args=ends, daemon=True).start()

    @staticmethod
    def carry(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def cut(self):
        self.whole = False
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends.clear()


class Behind(Gate):
    """The gate of a lab that is reached through a line."""

    line = None

    def _is_own(self, host):
        return super()._is_own(host) or host == f"127.0.0.1:{self.line}"


@pytest.fixture
def opened(browser):
    """Return a function that starts a lab with some limits, behind a line, and opens its pages."""

    def start(**limits):
        lab = serving("en", Limits(**limits), Behind)
        line = Line(lab.gate.port)
        object.__setattr__(lab.gate, "line", line.port)
        address = f"http://127.0.0.1:{line.port}/{lab.gate.token}/"

        def page():
            found = browser.new_page(viewport={"width": 1280, "height": 720})
            found.goto(address)
            return found

        return SimpleNamespace(page=page, line=line, address=address, lab=lab)

    return start


def numbers(page):
    return text_after(page, ".measures", lambda text: "0." in text)


def stepped(page, times):
    """Take some steps, and return the numbers of the last."""
    seen = numbers(page)
    for step in range(1, times + 1):
        page.keyboard.press("ArrowRight")
        text_after(page, ".readout", at_step(step))
        seen = text_after(page, ".measures", lambda text, before=seen: text != before)
    return seen


def test_a_closed_laptop_comes_back_to_the_same_numbers(opened):
    lab = opened()
    page = lab.page()
    seen = stepped(page, 3)
    lab.line.cut()
    text_after(page, "#sentence", lambda text: "connection is lost" in text)
    lab.line.whole = True
    page.wait_for_selector("#sentence", state="hidden", timeout=20_000)
    assert numbers(page) == seen
    page.keyboard.press("ArrowRight")
    text_after(page, ".readout", at_step(4))
    page.keyboard.press("ArrowLeft")
    text_after(page, ".measures", lambda text: text == seen)


def test_a_killed_process_costs_nothing(opened, monkeypatch):
    begun = []
    start = worker.SessionProcess.__init__

    def noted(self):
        start(self)
        begun.append(self._process.pid)

    monkeypatch.setattr(worker.SessionProcess, "__init__", noted)
    page = opened().page()
    seen = stepped(page, 3)
    killed = len(begun)
    for process in begun:  # the session's, and one that was to load what sessions share
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    page.keyboard.press("ArrowRight")  # this question is lost with the process
    for _ in range(200):
        if len(begun) > killed:
            break
        page.wait_for_timeout(50)
    text_after(page, ".readout", at_step(4))  # it is asked again
    page.keyboard.press("ArrowLeft")
    text_after(page, ".readout", at_step(3))
    assert settled(page, ".measures") == seen


def test_a_page_too_many_says_so_and_has_its_turn(opened):
    lab = opened(sessions=1)
    first = lab.page()
    numbers(first)
    second = lab.page()
    text_after(second, "#sentence", lambda text: "As many people use this lab" in text)
    first.close()
    numbers(second)
    second.wait_for_selector("#sentence", state="hidden")


def test_a_page_that_waits_for_its_answer_says_so_within_a_second(opened, monkeypatch):
    turn, begun = threading.Event(), worker.SessionProcess.ask

    def ask(self, question, seconds):
        assert turn.wait(30)
        return begun(self, question, seconds)

    monkeypatch.setattr(server, "SessionProcess", type("Waits", (worker.SessionProcess,),
                                                       {"ask": ask}))  # fmt: skip
    page = opened().page()
    page.wait_for_selector("#sentence:not(.opening)", state="visible", timeout=1000)
    assert page.inner_text("#sentence") == "Waiting for the lab's answer …"
    page.wait_for_timeout(1000)
    assert page.is_visible("#sentence")
    turn.set()
    page.wait_for_selector("#sentence", state="hidden", timeout=5000)
    numbers(page)
    page.keyboard.press("ArrowRight")
    text_after(page, ".readout", at_step(1))
    assert page.is_hidden("#sentence")


def test_a_page_that_loads_slowly_says_so(opened, monkeypatch):
    turn, about = threading.Event(), server.Lab.about

    def slow(self):
        assert turn.wait(30)
        return about(self)

    monkeypatch.setattr(server.Lab, "about", slow)
    page = opened().page()
    page.wait_for_selector(".opening", state="visible", timeout=1000)
    turn.set()
    page.wait_for_selector(".opening", state="detached")
    numbers(page)


def test_a_page_that_is_left_alone_lets_go_and_comes_back_with_a_key(opened):
    lab = opened(idle=1.5)
    page = lab.page()
    seen = numbers(page)
    text_after(page, "#sentence", lambda text: "press any key" in text)
    assert lab.lab.open == 0
    page.wait_for_timeout(1500)
    assert lab.lab.open == 0  # it does not come back by itself
    page.keyboard.press("Shift")
    page.wait_for_selector("#sentence", state="hidden")
    assert numbers(page) == seen


def test_a_foreign_page_gets_nothing(opened):
    lab = opened()

    class Evil(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<p>evil</p>")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil) as evil:
        threading.Thread(target=evil.serve_forever, daemon=True).start()
        page = lab.page()
        page.goto(f"http://127.0.0.1:{evil.server_port}/")
        socket_ended = page.evaluate(
            """(address) => new Promise((done) => {
                const socket = new WebSocket(address);
                socket.onopen = () => done("open");
                socket.onerror = () => done("refused");
            })""",
            lab.address.replace("http", "ws") + "session",
        )
        assert socket_ended == "refused"
        fetched = page.evaluate(
            "(address) => fetch(address).then((found) => found.text(), () => 'refused')",
            lab.address + "about.json",
        )
        assert fetched == "refused"
        framed = page.evaluate(
            """(address) => new Promise((done) => {
                const frame = document.createElement("iframe");
                frame.src = address;
                frame.onload = () => {
                    try { done(frame.contentDocument ? "open" : "refused"); }
                    catch { done("refused"); }
                };
                document.body.append(frame);
            })""",
            lab.address,
        )
        assert framed == "refused"
        evil.shutdown()


UPLOADS = [
    (b"", "rows"),
    (b"1,2,a\n3,4\n", "two numbers and a class"),
    (b"x,y,k\n1,inf,a\n2,3,b\n", "finite"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\xff\xfe", ""),
    (b"1,2,a\n" * 100_000, "too large"),
    (b"1,2,a\n2,3,b\n" * 300, "500"),
]


def upload(page, content):
    file = {"name": "t.csv", "mimeType": "text/csv", "buffer": content}
    page.set_input_files("dialog input[type=file]", file)


def test_a_bad_upload_gets_a_sentence_and_a_good_one_is_learned(opened):
    page = opened().page()
    numbers(page)
    page.click("button:has-text('Paste or upload')")
    for content, sentence in UPLOADS:
        upload(page, content)
        if "too large" not in sentence:
            page.wait_for_timeout(200)
            page.click("dialog .primary")
        found = text_after(page, "dialog .error", lambda text, s=sentence: s in text and text)
        assert len(found) > 10
        assert page.is_visible("dialog")
    good = b"width,height,kind\n" + b"".join(b"%d,%d,%s\n" % (i, i * i, b"ab"[i % 2 : i % 2 + 1])
                                            for i in range(20))  # fmt: skip
    upload(page, good)
    page.wait_for_timeout(200)
    page.click("dialog .primary")
    page.wait_for_selector("dialog", state="detached")
    page.wait_for_url("**data=own**", timeout=10_000)
