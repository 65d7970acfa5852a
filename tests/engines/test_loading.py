"""Machine code in files: what is written is what is loaded, or it is made anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from tidu.engines.compiled import loading  # noqa: E402
from tidu.engines.compiled.kernels import entry, jit  # noqa: E402
from tidu.engines.compiled.machine_code import MachineCode, read, write  # noqa: E402

FLOAT32 = np.dtype("float32")


@jit.kernel
def _small(address, calm, thread):
    return address + int(2 * calm) + 100 * thread


@pytest.fixture(name="code", scope="module")
def small_code() -> MachineCode:
    """Return machine code that is compiled in a moment and called as the interpreter is."""
    signature = numba.int64(numba.int64, numba.float64, numba.int64)
    return jit.machine_code(_small, signature)


@pytest.fixture(name="compiled")
def compiled_instead(code, monkeypatch, tmp_path) -> list[str]:
    """Have the small code compiled in place of the kernels; return the dtypes that were asked."""
    asked = []

    def instead(dtype):
        asked.append(dtype.name)
        return code

    monkeypatch.setattr(entry, "entry", instead)
    monkeypatch.setattr(loading, "_LOADED", {})
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    return asked


def test_is_compiled_once_and_then_loaded(compiled, monkeypatch, capsys):
    first = loading.load_kernels(FLOAT32)
    assert first(7, 1.5, 2) == 210
    assert "compiling the float32 kernels" in capsys.readouterr().err
    monkeypatch.setattr(loading, "_LOADED", {})
    assert not loading.loaded(FLOAT32)
    assert loading.load_kernels(FLOAT32)(7, 1.5, 2) == 210
    assert loading.loaded(FLOAT32)
    assert compiled == ["float32"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("place", [0, 70, 200, -1])
def test_a_changed_file_is_never_loaded(place, compiled, monkeypatch):
    loading.load_kernels(FLOAT32)
    file = next(loading.kernel_folder().iterdir())
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert read(file) is None
    monkeypatch.setattr(loading, "_LOADED", {})
    assert loading.load_kernels(FLOAT32)(7, 1.5, 2) == 210
    assert compiled == ["float32"] * 2
    assert read(file) is not None


def test_a_file_cut_short_is_never_loaded(code, tmp_path):
    file = tmp_path / "code"
    write(file, code)
    content = file.read_bytes()
    assert read(file) == code
    for size in (0, 1, 64, 65, len(content) // 2, len(content) - 1):
        file.write_bytes(content[:size])
        assert read(file) is None


def test_without_a_folder_to_write_to_it_is_compiled_each_time(compiled, monkeypatch, capsys):
    monkeypatch.setenv("NUMBA_CACHE_DIR", os.devnull)
    for _ in range(2):
        monkeypatch.setattr(loading, "_LOADED", {})
        assert loading.load_kernels(FLOAT32)(0, 0.0, 1) == 100
    assert compiled == ["float32"] * 2
    assert "no folder to keep them in can be written to" in capsys.readouterr().err


def test_a_full_disk_is_no_reason_not_to_run(compiled, monkeypatch):
    def full(path, code):
        raise OSError("no space left on device")

    monkeypatch.setattr("tidu.engines.compiled.machine_code.write", full)
    assert loading.load_kernels(FLOAT32)(0, 0.0, 1) == 100
    assert compiled == ["float32"]


def test_another_source_or_processor_has_another_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    names = set()
    for kind in ("this", "that"):
        loading._digest.cache_clear()
        monkeypatch.setattr("tidu.engines.compiled.machine_code.processor", lambda k=kind: k)
        names.add(loading.kernel_folder().name)
    loading._digest.cache_clear()
    assert len(names) == 2


TRAINS = """
import sys
import numpy as np
import tidu as td
net = td.Network([td.Affine(4), td.Tanh(), td.Affine(3)], 5, td.SoftmaxCrossEntropy())
x, t = np.random.default_rng(0).normal(size=(50, 5)), np.arange(50) % 3
history = net.fit(x, t, epochs=2, engine="compiled", progress=False)
net.predict(x)
print(history.engine, "numba" in sys.modules, "llvmlite" in sys.modules)
"""


def test_trains_without_importing_numba_once_kernels_are_kept(tmp_path):
    loading.load_kernels(FLOAT32)
    environment = {**os.environ, "PYTHONPATH": str(Path(loading.__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", TRAINS],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment,
    )
    assert done.stdout.split() == ["compiled", "False", "True"], done.stderr
