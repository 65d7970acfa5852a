"""``tidu export``, as a user types it."""

import subprocess
import sys

import numpy as np
import pytest

import tidu as td
from tests.cli.running import tidu
from tidu.datasets import load_dataset

MODEL = "tidu-out/digits/model.safetensors"


def test_a_python_file_that_predicts(digits, tmp_path):
    folder, _ = digits
    done = tidu("export", MODEL, "--numpy", tmp_path / "digits.py", cwd=folder)
    assert done.status == 0, done.err
    assert f"python {tmp_path / 'digits.py'} inputs.npy" in done.out
    x = load_dataset("digits", "test").x[:20]
    np.save(tmp_path / "x.npy", x)
    alone = subprocess.run(
        [sys.executable, "digits.py", "x.npy"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    net = td.load(folder / MODEL)
    assert alone.stdout.split() == [net.classes[k] for k in net.predict(x)]


def test_an_onnx_file_and_both_at_once(digits, tmp_path):
    onnx = pytest.importorskip("onnx")
    folder, _ = digits
    files = tmp_path / "net.onnx", tmp_path / "net.py"
    done = tidu("export", MODEL, "--onnx", files[0], "--numpy", files[1], "--json", cwd=folder)
    assert done.json == {
        "model": MODEL,
        "written": [
            {"form": form, "file": str(file), "bytes": file.stat().st_size}
            for form, file in zip(("onnx", "numpy"), files, strict=True)
        ],
    }
    onnx.checker.check_model(onnx.load(files[0]), full_check=True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "say what to write: --onnx FILE.onnx, --numpy FILE.py, or both"),
        (["--numpy", "no/such/folder/net.py"], "there is no folder no/such/folder"),
        (["--numpy", "."], "it is a folder"),
    ],
)
def test_mistakes_are_sentences(digits, words, sentence):
    folder, _ = digits
    done = tidu("export", MODEL, *words, cwd=folder)
    assert done.status == 2
    assert sentence in done.err
    assert "Traceback" not in done.err
    assert tidu("export", "none.safetensors", "--numpy", "x.py", cwd=folder).status == 2
