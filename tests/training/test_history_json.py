"""A history as JSON, which any program reads."""

import json

import numpy as np

from tidu.outcome import Outcome
from tidu.training import History


def test_rows_and_how_it_ended(tmp_path):
    rows = [{"epoch": 1, "loss": 0.1 + 0.2, "mine": np.float32(0.5)}, {"epoch": 2, "loss": np.inf}]
    history = History(rows, "2 epochs done")
    history.outcome, history.engine = Outcome.DONE, "numpy"
    history.to_json(tmp_path / "history.json")
    text = (tmp_path / "history.json").read_text("utf-8")
    assert json.loads(text, parse_constant=lambda name: 1 / 0) == {
        "outcome": "done",
        "status": "2 epochs done",
        "failed": False,
        "engine": "numpy",
        "rows": [{"epoch": 1, "loss": 0.1 + 0.2, "mine": 0.5}, {"epoch": 2, "loss": None}],
    }
