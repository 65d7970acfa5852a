"""The server: who may come in, what is answered, and what happens when a process dies."""

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab.serving import serving
from tidu.lab import unpack
from tidu.lab.server import Limits

pytest.importorskip("starlette", reason="the extra [lab] is not installed")
pytest.importorskip("uvicorn", reason="the extra [lab] is not installed")
client = pytest.importorskip("websockets.sync.client", reason="the extra [lab] is not installed")

LIMITS = Limits(sessions=2, seconds=15.0, question=20_000)


@pytest.fixture(scope="module")
def lab():
    return serving(limits=LIMITS)


@pytest.fixture
def gate(lab):
    """Return the gate of a lab that all earlier sessions have left."""
    for _ in range(200):
        if not lab.open:
            return lab.gate
        time.sleep(0.05)
    raise AssertionError(f"{lab.open} sessions are still open")


def fetch(gate, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{gate.port}/{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def session(gate, token=None, origin="own", host=None):
    own = f"http://127.0.0.1:{gate.port}"
    headers = {"Host": host} if host else None
    return client.connect(
        f"ws://127.0.0.1:{gate.port}/{token or gate.token}/session",
        origin=own if origin == "own" else origin, additional_headers=headers, max_size=2**24,
    )  # fmt: skip


def asked(connection, do, part="playground", number=1, lang="en", **values):
    question = {"id": number, "part": part, "do": do, "with": values, "lang": lang}
    connection.send(json.dumps(question))
    return unpack(connection.recv(timeout=30))


@pytest.mark.parametrize(
    ("lang", "disease", "sentence", "status"),
    [
        ("en", "inputs not scaled", "at the input of Affine1, number", "60 steps used up: f fell"),
        ("zh", "输入未缩放", "在 Affine1 的输入处，每个样本的第", "60 步已用完：f 从"),
    ],
)
def test_the_sentences_of_an_answer_are_in_the_language_of_the_question(
    gate, lang, disease, sentence, status
):
    with session(gate) as connection:
        head, _ = asked(connection, "race", "descent", lang=lang, settings={})
        assert head["walks"][0]["status"].startswith(status)
        asked(connection, "build", "health", settings={"disease": "unscaled-inputs"})
        found = {"done": False}
        while not found["done"]:
            found, _ = asked(connection, "examine", "health", lang=lang)
        assert found["findings"][0][0] == disease
        assert found["findings"][0][1].startswith(sentence)
        refused, _ = asked(connection, "examine", "health", lang="tlh")
        assert refused["error"].startswith("`lang` cannot be 'tlh'")


def test_the_page_and_its_files_are_served_to_who_has_the_token(gate):
    status, page, headers = fetch(gate, f"{gate.token}/")
    assert status == 200
    assert b"lab.js" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for name in ("lab.js", "lab.css", "about.json"):
        assert fetch(gate, f"{gate.token}/{name}")[0] == 200
    about = json.loads(fetch(gate, f"{gate.token}/about.json")[1])
    assert {c["name"] for c in about["parts"]["playground"]} >= {"lr", "hidden", "data"}


@pytest.mark.parametrize("path", ["", "wrong/", "wrong/lab.js", "wrong/about.json"])
def test_without_the_token_nothing_is_served(gate, path):
    assert fetch(gate, path)[0] in (403, 404)


@pytest.mark.parametrize("path", ["../gate.py", "..%2fgate.py", "%2e%2e/gate.py", "gate.py", "x"])
def test_there_is_no_way_from_the_page_to_files(gate, path):
    assert fetch(gate, f"{gate.token}/{path}")[0] in (403, 404)


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"},
    {"Host": "evil.example:80"},
    {"Origin": "http://evil.example"},
])  # fmt: skip
def test_a_page_from_elsewhere_is_refused(gate, headers):
    status, text, _ = fetch(gate, f"{gate.token}/", **headers)
    assert status == 403
    assert b"lab" in text


@pytest.mark.parametrize("given", [
    {"origin": "http://evil.example"},
    {"origin": None},
    {"token": "wrong"},
])  # fmt: skip
def test_a_session_needs_the_token_and_the_origin(gate, given):
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus):
        session(gate, **given)


def test_a_session_builds_and_goes(gate):
    with session(gate) as connection:
        head, arrays = asked(connection, "build", settings={"data": "xor"}, number=7)
        assert head["id"] == 7
        assert arrays["theta0"].dtype == "float32"
        head, _ = asked(connection, "go", step=20)
        assert head["runs"][0]["step"] == 20


def test_bad_questions_get_a_sentence_and_the_session_goes_on(gate):
    with session(gate) as connection:
        for text in ("[]", "{", '{"id": 1}', '{"id": 1, "part": "playground", "do": "ask"}'):
            connection.send(text)
            assert unpack(connection.recv(timeout=30))[0]["error"]
        connection.send("x" * (LIMITS.question + 1))
        assert "letters" in unpack(connection.recv(timeout=30))[0]["error"]
        assert "`lr`" in asked(connection, "build", settings={"lr": -1})[0]["error"]
        assert "runs" in asked(connection, "build", settings={})[0]


def test_one_session_more_than_it_takes_is_refused_in_a_sentence(gate):
    with session(gate) as one, session(gate) as two:
        asked(one, "build", settings={})
        asked(two, "build", settings={})
        with session(gate) as third:
            head, _ = unpack(third.recv(timeout=30))
            assert head["code"] == "full"
            assert "2 people use this lab" in head["error"]


def test_an_answer_that_takes_too_long_is_stopped_with_a_sentence():
    slow = serving(limits=Limits(seconds=0.2)).gate
    with session(slow) as connection:
        head, _ = asked(connection, "build", settings={"samples": 1000}, step=900_000, number=4)
        while "error" not in head:  # a quick machine: go on until an answer is late
            head, _ = asked(connection, "go", step=900_000, number=4)
        assert (head["code"], head["id"]) == ("lost", 4)
        assert head["error"] == "it took more than 0.2 seconds and was stopped"


def test_many_people_at_once_get_their_own_numbers():
    many = serving().gate

    def click(seed):
        with session(many) as connection:
            asked(connection, "build", settings={"seed": seed})
            return [asked(connection, "go", step=k)[0]["runs"][0]["measures"] for k in range(1, 6)]

    seeds = [0, 1, 2, 3] * 6
    with ThreadPoolExecutor(len(seeds)) as people:
        found = list(people.map(click, seeds))
    for seed, numbers in zip(seeds, found, strict=True):
        assert numbers == found[seed]
    assert len({str(numbers) for numbers in found}) == 4


def test_sessions_that_begin_at_once_have_their_turns(monkeypatch):
    from tidu.lab import server
    from tidu.threads import thread_limit

    lock, beginning, most = threading.Lock(), set(), []

    class Slow(server.SessionProcess):
        def __init__(self):
            with lock:
                beginning.add(self)
                most.append(len(beginning))
            super().__init__()

        def ask(self, question, seconds):
            time.sleep(0.05)
            with lock:
                beginning.discard(self)
            return super().ask(question, seconds)

    monkeypatch.setattr(server, "SessionProcess", Slow)
    many = serving().gate
    people = 4 * thread_limit() + 2

    def come(_):
        with session(many) as connection:
            return "runs" in asked(connection, "build", settings={})[0]

    with ThreadPoolExecutor(people) as pool:
        assert all(pool.map(come, range(people)))
    assert len(most) == people
    assert max(most) == thread_limit()


def test_a_session_has_so_much_memory_and_no_more():
    code = (
        "import numpy as np\nfrom tidu.lab import worker\nworker._limit_memory()\n"
        "np.ones(2**26)\n"  # 512 MB
        "try: np.ones(2**28)\nexcept MemoryError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    if sys.platform == "linux":
        assert done.stdout == "refused\n"


def test_a_process_that_dies_is_replaced(gate, monkeypatch):
    import multiprocessing
    import os
    import signal

    from tidu.lab import worker

    begun = []
    start = worker.SessionProcess.__init__

    def noted(self):
        start(self)
        begun.append(self._process.pid)

    monkeypatch.setattr(worker.SessionProcess, "__init__", noted)
    assert multiprocessing.get_all_start_methods()
    with session(gate) as connection:
        asked(connection, "build", settings={})
        os.kill(begun[-1], signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        head, _ = asked(connection, "go", step=3, number=9)
        assert (head["code"], head["id"]) == ("lost", 9)
        assert "runs" in asked(connection, "build", settings={}, step=3)[0]
