"""The server: the built page, and a WebSocket for each session.

A session is one connection with one process (`tidu.lab.worker`). Its questions are answered in
order; the page asks for the next picture when it has drawn the last, so a slow page or a busy
machine gets fewer pictures and never a queue of old ones. A page that is lost (a closed laptop)
costs nothing: it comes back with its settings and its step, and the run is the same again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tidu import __version__
from tidu.errors import clause, need
from tidu.lab.frames import pack
from tidu.lab.gate import HEADERS, Gate
from tidu.lab.parts import PARTS
from tidu.lab.worker import LostError, SessionProcess, prepare, read, refusal
from tidu.plain import to_json
from tidu.threads import thread_limit

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.websockets import WebSocket

KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Limits:
    """What a lab does for those who use it.

    Attributes
    ----------
    sessions
        How many at a time.
    seconds
        How long one answer may take.
    idle
        After how many seconds without a question a session ends.
    question
        How many bytes a question may have: points, a formula, a table of one's own.
    """

    sessions: int = 200
    seconds: float = 20.0
    idle: float = 1800.0
    question: int = 1_000_000


@dataclass
class Lab:
    """The pages and sessions of one server."""

    gate: Gate
    language: str = "auto"
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.pages = pages()
        self.open = 0
        # Where many begin at once, they do so in turn, one a core: none has to wait for all, and
        # the server goes on to answer.
        self.starts = asyncio.Semaphore(thread_limit())
        self.threads = ThreadPoolExecutor(self.limits.sessions + 1, "tidu-lab")

    def application(self) -> Starlette:
        """Return the server as an ASGI application."""
        need("starlette", "lab")
        from starlette.applications import Starlette
        from starlette.routing import Route, WebSocketRoute

        return Starlette(
            routes=[
                Route("/{token}/{name:path}", self.page),
                WebSocketRoute("/{token}/session", self.session),
            ],
            lifespan=self._lifespan,
        )

    async def page(self, request: Any) -> Any:
        """Answer with a file of the built page; names are those of a fixed list."""
        from starlette.responses import PlainTextResponse, Response

        objection = self.gate.objection(request.headers)
        if objection or not self.gate.admits(request.path_params["token"]):
            message = objection or "this address has not the token: open the one in the terminal"
            return PlainTextResponse(f"{message}\n", 403, HEADERS)
        name = request.path_params["name"] or "index.html"
        if name == "about.json":
            return Response(self.about(), 200, HEADERS, "application/json")
        if name not in self.pages:
            return PlainTextResponse("there is no such page\n", 404, HEADERS)
        return Response(self.pages[name], 200, HEADERS, KINDS[name.rpartition(".")[2]])

    def about(self) -> str:
        """Return what the page asks first: the parts with their controls, and the language."""
        parts = {name: part.controls() for name, part in PARTS.items()}
        return to_json({"version": __version__, "language": self.language, "parts": parts})

    async def session(self, socket: WebSocket) -> None:
        """Answer the questions of one page until it leaves."""
        objection = self.gate.objection(socket.headers, socket=True)
        if objection or not self.gate.admits(socket.path_params["token"]):
            await socket.close(1008, objection[:120])
            return
        await socket.accept()
        if self.open >= self.limits.sessions:
            await socket.send_bytes(pack({"error": self._full(), "code": "full"}))
            await socket.close(1013)
            return
        self.open += 1
        try:
            await self._answer_all(socket)
        finally:
            self.open -= 1

    async def _answer_all(self, socket: WebSocket) -> None:
        from starlette.websockets import WebSocketDisconnect

        worker: SessionProcess | None = None
        seconds = self.limits.seconds
        try:
            while True:
                question = await asyncio.wait_for(socket.receive_text(), self.limits.idle)
                if len(question) > self.limits.question:
                    await socket.send_bytes(refusal(read(question), self._too_long(question)))
                    continue
                try:
                    if worker is None:
                        async with self.starts:
                            worker = await self._in_thread(SessionProcess)
                            frame = await self._in_thread(worker.ask, question, seconds)
                    else:
                        frame = await self._in_thread(worker.ask, question, seconds)
                except LostError as lost:
                    worker, frame = None, refusal(read(question), str(lost), code="lost")
                await socket.send_bytes(frame)
        except TimeoutError:
            await socket.send_bytes(pack({"error": "nothing was asked for long", "code": "idle"}))
            await socket.close(1001)
        except (WebSocketDisconnect, RuntimeError):  # it left, perhaps while it was answered
            pass
        finally:
            if worker is not None:
                await self._in_thread(worker.end)

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *arguments)

    def _full(self) -> str:
        return (
            f"{self.limits.sessions} people use this lab, as many as it takes: try again in a "
            "while, or run `tidu lab` on your own machine"
        )

    def _too_long(self, question: str) -> str:
        return clause(f"this has {len(question):,} letters; {self.limits.question:,} are the most")

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Any) -> AsyncIterator[None]:
        await self._in_thread(prepare)
        yield
        self.threads.shutdown(wait=False, cancel_futures=True)


def pages() -> dict[str, bytes]:
    """Return the files of the built page by name; nothing else is ever read for a request."""
    folder = files("tidu.lab").joinpath("page")
    return {file.name: file.read_bytes() for file in folder.iterdir() if "." in file.name}


def serve(lab: Lab, when_ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C.

    Raises
    ------
    MissingExtraError
        If the libraries of the extra ``lab`` are not installed.
    """
    uvicorn = need("uvicorn", "lab")
    need("websockets", "lab")

    class Server(uvicorn.Server):  # type: ignore[name-defined]
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if self.started:
                when_ready()

    Server(
        uvicorn.Config(
            lab.application(), lab.gate.host, lab.gate.port, log_level="warning",
            ws="websockets-sansio", ws_max_size=4 * lab.limits.question, ws_max_queue=4,
            server_header=False, timeout_graceful_shutdown=1,
        )
    ).run()  # fmt: skip
