"""Calls that can stand still in the middle: what a coroutine does, for code that is not one."""

from __future__ import annotations

import contextvars
import threading
import warnings
from collections.abc import Callable
from typing import Any

WARNING_STATE = ("filters", "showwarning", "_showwarnmsg_impl")
"""What ``warnings.catch_warnings`` changes for the whole process and puts back at its end."""


class Abandoned(BaseException):
    """Ends a call that nobody will resume; no ``except Exception`` of the call takes it."""


class PausableCall:
    """A call on a thread of its own that runs only within `resume`.

    It pauses where it calls `ask`. So of all calls at most one runs at a time, and each finds the
    filters of warnings as it left them, whatever another changed meanwhile.
    """

    def __init__(self, function: Callable[[], Any]) -> None:
        self.request: Any = None
        self.result: Any = None
        self.error: BaseException | None = None
        self._function = function
        self._answer: Any = None
        self._may_run, self._stands = threading.Semaphore(0), threading.Semaphore(0)
        self._warnings: dict[str, Any] | None = None
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._run,), daemon=True)

    @property
    def ended(self) -> bool:
        """Whether there is a result, or an error."""
        return self._thread.ident is not None and self.request is None

    def resume(self, answer: Any = None) -> None:
        """Start the call, or give it what it asked for, and wait until it asks or ends."""
        outside = _warning_state()
        _set_warning_state(self._warnings or outside)
        try:
            self._let_run(answer)
            self._stands.acquire()
        finally:
            self._warnings = _warning_state()
            _set_warning_state(outside)

    def ask(self, request: Any) -> Any:
        """Pause, on the call's own thread, until there is an answer; an exception is raised."""
        self.request = request
        self._stands.release()
        self._may_run.acquire()
        self.request = None
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer

    def abandon(self) -> None:
        """Raise `Abandoned` where the call stands, or will next ask, and wait for its end."""
        if self._thread.ident is not None:
            self._let_run(Abandoned())
            self._thread.join()

    def _let_run(self, answer: Any) -> None:
        self._answer = answer
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._may_run.release()

    def _run(self) -> None:
        _LOCAL.call = self
        try:
            self.result = self._function()
        except BaseException as error:
            self.error = error
        finally:
            self._stands.release()


def running_call() -> PausableCall | None:
    """Return the call to which this thread belongs, if it is one."""
    return getattr(_LOCAL, "call", None)


_LOCAL = threading.local()


def _warning_state() -> dict[str, Any]:
    return {name: getattr(warnings, name) for name in WARNING_STATE if hasattr(warnings, name)}


def _set_warning_state(state: dict[str, Any]) -> None:
    for name, value in state.items():
        setattr(warnings, name, value)
    with warnings.catch_warnings():
        pass  # lets Python see that the filters are others
