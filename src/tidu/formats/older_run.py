"""Saved runs of an older form, whose parts had other names; they resume to the same bits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tidu.outcome import Outcome

OLDER_NAMES = {
    "start_epoch": "begun", "stop_reason": "ended",
    "callback_state": "memory", "fingerprint": "conditions",
}  # fmt: skip
"""Names of today, and what older files call the same things."""


def in_todays_form(
    saved: Mapping[str, Any], tensors: dict[str, np.ndarray]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return what a file says of its run, and its tensors, by the names of today."""
    run = {"optimizer_start": 0, "last_batch_joins": False} | dict(saved)
    if "stop_reason" in saved:
        return run, tensors
    run |= {new: saved[old] for new, old in OLDER_NAMES.items()}
    outcome = _outcome_of(run["history"]["status"], run["history"]["failed"])
    run["history"] = {**run["history"], "outcome": outcome.value}
    run["stop_reason"] = [outcome.value, run["stop_reason"]] if run["stop_reason"] else None
    return run, {_todays_name(name): tensor for name, tensor in tensors.items()}


def _todays_name(tensor: str) -> str:
    rest = tensor.removeprefix("memory.")
    return tensor if rest == tensor else f"callback_state.{rest}"


def _outcome_of(status: str, failed: bool) -> Outcome:
    """Return the code of a status that stands in a file without one."""
    if failed:
        return Outcome.NOT_FINITE
    known = {"under way": Outcome.RUNNING, "interrupted": Outcome.INTERRUPTED}
    done = "epochs done" in status.partition(";")[0]
    found = next((code for start, code in known.items() if status.startswith(start)), None)
    return found or (Outcome.DONE if done else Outcome.STOPPED_EARLY)
