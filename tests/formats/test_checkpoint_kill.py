"""A training process is killed again and again, and ends in the bits of one that never was."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.formats.runs import OF_ONE_PROCESS, bits, train

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed")
@pytest.mark.parametrize("engine", OF_ONE_PROCESS)
@pytest.mark.parametrize(
    "kills", [20, pytest.param(100, marks=pytest.mark.exhaustive)], ids=lambda kills: str(kills)
)
def test_a_run_survives_being_killed_at_any_moment(tmp_path, engine, kills):
    done = subprocess.run(
        [sys.executable, "-m", "tests.formats.runs", tmp_path, str(kills), "0", engine],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    never_stopped = bits(train(engine=engine))
    assert outcome["killed"] == kills
    assert outcome["while_writing"] >= kills / 10  # about half of the kills wait for a write
    for end in outcome["ends"]:
        assert end == never_stopped
