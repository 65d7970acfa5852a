"""A learner's file in a process of its own: with limits to time, memory and files, and no input.

The file is never imported here. Its process gets the code and the calls as text, and gives numbers
back as text; the verdict is formed here, so the file cannot pronounce it. It is a guard against
accidents (an endless loop, an array too large) and against code that writes its own verdict; it is
no jail: the code may read what its user may read.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tidu.errors import InputError, check_integer
from tidu.exercises import calls
from tidu.exercises.exercise import Exercise
from tidu.exercises.judging import verdict
from tidu.exercises.verdict import Verdict, failed, missing_function
from tidu.language import translator

_ = translator("exercises")

SECONDS, MEGABYTES = 10, 2048
"""The limits, unless others are given: of time, and of memory with Python's and NumPy's own."""

_LARGEST_FILE = 1_000_000

_START = """import runpy, sys
sys.path += [path for path in sys.argv[2:] if path not in sys.path]
runpy.run_path(sys.argv[1], run_name="__main__")"""
"""What the process runs: the file that makes the calls, with the packages that are found here."""


def check_file(
    exercise: Exercise,
    path: str | Path,
    seed: int = 0,
    *,
    seconds: int = SECONDS,
    megabytes: int = MEGABYTES,
) -> Verdict:
    """Run a learner's file in a process of its own, and judge what its function returns.

    Parameters
    ----------
    exercise
        Which exercise it is about.
    path
        The file.
    seed
        Which numbers it is tried with.
    seconds, megabytes
        The limits.

    Raises
    ------
    OSError
        If the file cannot be read.
    InputError
        If it is no text.
    """
    check_integer("seconds", seconds)
    check_integer("megabytes", megabytes)
    code = _text_of(Path(path))
    answers = _answers(
        {
            "code": code,
            "function": exercise.function_name,
            "calls": exercise.calls(seed),
            "seconds": seconds,
            "megabytes": megabytes,
        },
        seconds,
    )
    if answers is None:
        return failed(
            exercise, seed, "too-slow",
            _("the file ran for {seconds} seconds and was stopped: does a loop never end?").format(
                seconds=seconds
            ),
        )  # fmt: skip
    if "missing" in answers:
        return missing_function(exercise, seed, [str(name) for name in answers["missing"]])
    if "failed" in answers:
        error = answers["failed"]
        line = _("line {line}: ").format(line=error["line"]) if error.get("line") else ""
        return failed(
            exercise, seed, "does-not-run",
            _("the file does not run: {line}{error}: {message}").format(
                line=line, error=error.get("type"), message=error.get("message")
            ),
        )  # fmt: skip
    outcomes = answers.get("outcomes")
    if not isinstance(outcomes, list) or len(outcomes) != len(exercise.calls(seed)):
        return failed(
            exercise, seed, "ended",
            _(
                "the process ended before all calls were made: does the file call exit(), or does "
                "it need more than {megabytes} MB?"
            ).format(megabytes=megabytes),
        )  # fmt: skip
    return verdict(exercise, seed, outcomes)


def _text_of(path: Path) -> str:
    if path.stat().st_size > _LARGEST_FILE:
        raise InputError(f"{path} has {path.stat().st_size:,} bytes: an exercise has far fewer")
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no Python file in UTF-8: {error}") from error


def _answers(job: dict[str, Any], seconds: int) -> dict[str, Any] | None:
    """Have a job done by another process; return its answers, or None if it took too long."""
    kept = {"PATH", "SYSTEMROOT", "LANG", "TMPDIR", "TEMP"}
    environment = {name: value for name, value in os.environ.items() if name in kept}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as written:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, calls.__file__, *filter(None, sys.path)],
            stdin=subprocess.PIPE,
            stdout=written,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        try:
            process.communicate(json.dumps(calls.encoded(job)).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)
        if process.returncode == -_signal("SIGXCPU"):
            return None
        written.seek(0)
        try:
            answers = calls.decoded(json.loads(written.read()))
        except (ValueError, TypeError, RecursionError):
            return {}
        return answers if isinstance(answers, dict) else {}


def _signal(name: str) -> int:
    return int(getattr(signal, name, 0))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and those that it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
