"""``tidu train --checkpoint DIR --resume``: the same call again finishes what was begun."""

import csv
import shutil

import pytest

import tidu as td
from tests.cli.running import tidu

WORDS = ("train", "digits", "--hidden", "8", "--early-stopping", "9", "--json")


def train(folder, epochs, *words):
    return tidu(*WORDS, "--epochs", epochs, "--out", "out", *words, cwd=folder)


def results(folder):
    """Return the bytes of the network, and the history without the seconds."""
    with (folder / "out" / "history.csv").open(encoding="utf-8") as file:
        rows = [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]
    return (folder / "out" / "model.safetensors").read_bytes(), rows


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder in which two epochs were done, as if the third had been cut off."""
    folder = tmp_path_factory.mktemp("begun")
    assert train(folder, 2, "--checkpoint", "run").status == 0
    return folder


def test_it_ends_as_if_it_had_never_stopped(begun, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(begun, folder)
    assert train(folder, 5, "--checkpoint", "run", "--resume").status == 0
    assert train(tmp_path, 5).status == 0
    assert results(folder) == results(tmp_path)
    assert td.load_run(folder / "run").run.epoch == 5


def test_resume_begins_where_there_is_nothing_yet(tmp_path):
    assert train(tmp_path, 1, "--checkpoint", "new/run", "--resume").status == 0
    assert td.load_run(tmp_path / "new" / "run").run.epoch == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--checkpoint", "run"], "holds a run already"),
        (["--resume"], "--resume needs the folder that the run is in"),
        (["--checkpoint", "run", "--resume", "--lr", "0.1"], "`optimizer` was Adam(lr="),
        (["--checkpoint", "run", "--resume", "--batch-norm"], "the network had 5 layers and has 6"),
        (["--checkpoint", "run", "--resume", "--seed", "1"], "`seed` was 0 and is 1"),
        (["--checkpoint", "out/model.safetensors"], "cannot save a run in out/model.safetensors"),
    ],
)
def test_mistakes_are_sentences(begun, words, sentence):
    before = results(begun)
    done = train(begun, 5, *words)
    assert done.status == 2
    assert sentence in done.err
    assert "Traceback" not in done.err
    assert results(begun) == before
