"""The process that computes for one session: it answers one question at a time, and can be killed.

It is forked from a clean process that has Tidu loaded (`multiprocessing`'s fork server), where the
platform has one, and spawned elsewhere: so a session costs some milliseconds and megabytes.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import warnings
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from tidu.errors import TiduError, clause
from tidu.lab.frames import pack
from tidu.lab.parts import PARTS, Part
from tidu.language import LANGUAGES, localized_error, speaking

MEGABYTES = 1024
"""How much memory a session may use, where the platform can limit it."""


class LostError(Exception):
    """The process took too long, or has ended; another one may be started."""


class SessionProcess:
    """A process of a session, seen from the server; its methods block."""

    def __init__(self) -> None:
        self._ours, theirs = _context().Pipe()
        self._process = _context().Process(target=answer_all, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, question: str, seconds: float) -> bytes:
        """Return the answer to a question.

        Raises
        ------
        LostError
            If there is none within so many seconds; the process is then ended.
        """
        try:
            self._ours.send_bytes(question.encode())
            if self._ours.poll(seconds):
                return self._ours.recv_bytes()
        except (EOFError, OSError):
            self.end()
            raise LostError("the process that computes has ended") from None
        self.end()
        raise LostError(f"it took more than {seconds:g} seconds and was stopped")

    def end(self) -> None:
        """End the process at once."""
        self._ours.close()
        self._process.kill()
        self._process.join()


def prepare() -> None:
    """Start the process that others are forked from, so that the first session need not wait."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before the fork server loads NumPy
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    worker = SessionProcess()
    worker.ask("{}", 60)
    worker.end()


def answer_all(connection: Connection) -> None:
    """Answer questions until the other end is closed."""
    _limit_memory()
    parts: dict[str, Part] = {}
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    while True:
        try:
            question = connection.recv_bytes()
        except (EOFError, KeyboardInterrupt):
            return
        connection.send_bytes(answer(parts, question.decode()))


def answer(parts: dict[str, Part], text: str) -> bytes:
    """Return the answer to one question: what the action gives, or a sentence, in its ``lang``.

    Examples
    --------
    >>> from tidu.lab.frames import unpack
    >>> unpack(answer({}, '{"id": 1, "part": "kitchen"}'))[0]["error"]
    "there is no part 'kitchen'"
    """
    question = read(text)
    try:
        name = question.get("part")
        if name not in PARTS:
            raise ValueError(f"there is no part {name!r}")
        part = parts.setdefault(name, PARTS[name]())
        with speaking(question.get("lang")):
            head, arrays = part.ask(question["do"], question.get("with", {}))
    except MemoryError:
        return refusal(question, clause(f"this needs more than {MEGABYTES} MB of memory"))
    except (TiduError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return refusal(question, str(error))
    return pack({"id": question.get("id"), **head}, arrays)


def read(text: str) -> dict[str, Any]:
    """Return a question, which is empty if it cannot be read.

    Examples
    --------
    >>> read('{"id": 1}'), read("{")
    ({'id': 1}, {})
    """
    try:
        question = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return question if isinstance(question, dict) else {}


def refusal(question: dict[str, Any], sentence: str, **more: Any) -> bytes:
    """Return the answer to a question that has none but a sentence, told in its ``lang``.

    Examples
    --------
    >>> from tidu.lab.frames import unpack
    >>> unpack(refusal({"id": 1, "lang": "zh"}, "there is no part 'kitchen'"))[0]
    {'id': 1, 'error': "没有部分 'kitchen'"}
    """
    spoken = question.get("lang")
    with speaking(spoken if spoken in LANGUAGES else None):
        return pack({"id": question.get("id"), "error": localized_error(sentence), **more})


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    used = _address_space()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + MEGABYTES * 2**20
    if most == resource.RLIM_INFINITY or wanted < most:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


def _address_space() -> int:
    """Return how many bytes this process has reserved already, the kernels and libraries too."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 2**30


def _context() -> Any:
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload(["tidu.lab.worker", "tidu.lab.warm"])
    return context
