"""Calls of a function, and what came of them, as text that can go to another process and back.

This file needs NumPy alone and is run as a program, too: it reads a learner's code and a list of
calls from its standard input, sets limits to its own time and memory, runs the code, and writes
what each call returned. The code is never run by the process that asks. What comes back is JSON,
which is read without running anything.
"""

from __future__ import annotations

import copy
import json
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

Arguments = dict[str, Any]
"""The arguments of a call by name: arrays, numbers, words, or `Code`."""

Outcome = dict[str, Any]
"""What came of a call: ``"returned"``, or ``"raised"`` with a type, a message and a line."""

LARGEST = 1_000_000
"""How many numbers a result may hold."""


@dataclass(frozen=True)
class Code:
    """An argument that is a function, as the expression that makes it."""

    text: str


def value_of(value: Any) -> Any:
    """Return an argument as the function takes it: a copy, or what its code makes."""
    if isinstance(value, Code):
        return eval(value.text, {"np": np})  # ours: no learner writes it
    return copy.deepcopy(value)


def written(value: Any) -> str:
    """Return an argument as Python code."""
    if isinstance(value, Code):
        return value.text
    if isinstance(value, np.ndarray):
        return f"np.array({np.round(value, 6).tolist()})"
    return repr(value)


def bound_function(code: CodeType, name: str) -> Callable[..., Any]:
    """Run code and return the function of this name that it defines."""
    namespace: dict[str, Any] = {"np": np, "__name__": "exercise"}
    exec(code, namespace)
    return namespace[name]


def outcome(function: Callable[..., Any], arguments: Arguments) -> Outcome:
    """Call a function with copies of the arguments, and return what came of it."""
    given = {name: value_of(value) for name, value in arguments.items()}
    before = {name: value_of(value) for name, value in arguments.items()}
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: Outcome = {"returned": _plain_result(function(**given))}
    except Exception as error:
        return {"raised": described_error(error)}
    changed = [
        name
        for name, value in before.items()
        if isinstance(value, np.ndarray) and not np.array_equal(value, given[name], equal_nan=True)
    ]
    return {**found, "changed": changed} if changed else found


def _plain_result(value: Any) -> Any:
    """Return numbers as an array, several results as a list, all else as the name of its type."""
    if isinstance(value, tuple):
        return [_plain_result(item) for item in value]
    try:
        array = np.asarray(value)
    except ValueError:  # a list of arrays of several shapes
        return [_plain_result(item) for item in value]
    if array.dtype.kind in "biuf" and array.size <= LARGEST:
        return array
    return type(value).__name__


def described_error(error: BaseException) -> dict[str, Any]:
    """Return an error's type, its message, and the line of the learner's file where it rose."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == FILE]
    line = error.lineno if isinstance(error, SyntaxError) else (lines[-1] if lines else None)
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return {"type": type(error).__name__, "message": message[:500], "line": line}


FILE = "<your file>"
"""What the learner's file is called in tracebacks."""


def encoded(value: Any) -> Any:
    """Return a value as JSON can hold it; `decoded` is the way back."""
    if isinstance(value, Code):
        return {"code": value.text}
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        return {"array": array.tolist(), "dtype": array.dtype.str, "shape": list(array.shape)}
    if isinstance(value, (list, tuple)):
        return [encoded(item) for item in value]
    if isinstance(value, Mapping):
        return {"dict": {str(key): encoded(item) for key, item in value.items()}}
    return value


def decoded(value: Any) -> Any:
    """Return what `encoded` was given; lists and tuples come back as lists.

    Raises
    ------
    ValueError
        If it is not what `encoded` gives.
    """
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"array", "dtype", "shape"}:
        dtype = np.dtype(value["dtype"])
        if dtype.kind not in "biuf":
            raise ValueError(f"an array of {dtype}")
        return np.array(value["array"], dtype=dtype).reshape(value["shape"])
    if value.keys() == {"code"}:
        return Code(value["code"])
    if value.keys() == {"dict"}:
        return {key: decoded(item) for key, item in value["dict"].items()}
    raise ValueError(f"unknown entries {sorted(value)}")


def limit(seconds: int, megabytes: int) -> None:
    """Let this process take no more than so much time, memory and file space, where that exists."""
    try:
        import resource
    except ImportError:  # Windows: the time limit of the process that asks remains
        return
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_AS, megabytes * 2**20, megabytes * 2**20),
        (resource.RLIMIT_FSIZE, 64 * 2**20, 64 * 2**20),
    ):
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError):  # macOS does not limit address space
            continue


def answers_of(job: Mapping[str, Any]) -> dict[str, Any]:
    """Run the code of a job and its calls; return the outcomes, or why it could not be run."""
    try:
        namespace: dict[str, Any] = {"__name__": "exercise", "__file__": FILE}
        exec(compile(job["code"], FILE, "exec"), namespace)
    except BaseException as error:
        return {"failed": described_error(error)}
    function = namespace.get(job["function"])
    if not callable(function):
        names = [n for n, v in namespace.items() if callable(v) and not n.startswith("__")]
        return {"missing": names}
    return {"outcomes": [outcome(function, call) for call in job["calls"]]}


def main() -> None:
    """Read a job from standard input, do it, and write the answers to standard output."""
    job = decoded(json.load(sys.stdin))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # the learner's prints are for the learner's own runs
        os.dup2(nowhere, stream)
    limit(job["seconds"], job["megabytes"])
    json.dump(encoded(answers_of(job)), answers)
    answers.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
