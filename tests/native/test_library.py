"""The library of kernels: found, checked against its sources, loaded without a compiler."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tidu as td
from tidu.errors import MissingExtraError
from tidu.native import build, kernel_function, levels, library, sources, why_no_kernels

LEVEL = levels.runnable()[0]


@pytest.fixture(name="anew")
def loaded_anew(monkeypatch):
    """Forget what was loaded, before and after."""
    library._load.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    library._load.cache_clear()


def test_the_kernels_of_this_checkout_are_those_of_its_sources():
    assert why_no_kernels() == ""
    assert build.is_built(LEVEL)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"X86_V2", "X86_V3", "X86_V4"}, ("x86-64-v4", "x86-64-v3", "x86-64-v2")),
        ({"X86_V2", "X86_V3"}, ("x86-64-v3", "x86-64-v2")),
        ({"SSE42", "POPCNT", "AVX2", "FMA3"}, ("x86-64-v3", "x86-64-v2")),
        ({"SSE42", "POPCNT", "AVX2"}, ("x86-64-v2",)),
        ({"SSE42", "POPCNT", "AVX2", "FMA3", "AVX512_SKX"}, levels.LEVELS["x86_64"]),
        (set(), ()),
    ],
)
def test_the_levels_of_a_processor(found, expected, monkeypatch):
    monkeypatch.setattr(levels, "architecture", lambda: "x86_64")
    assert levels.runnable(found) == expected


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ("AMD64", "x86_64"),
        ("x86_64", "x86_64"),
        ("arm64", "aarch64"),
        ("aarch64", "aarch64"),
        ("riscv64", "riscv64"),
    ],
)
def test_the_names_of_an_architecture(machine, expected, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert levels.architecture() == expected
    assert levels.levels() == levels.LEVELS.get(expected, ())


def test_an_unknown_architecture_has_no_kernels_and_trains_with_numpy(anew):
    anew.setattr("platform.machine", lambda: "riscv64")
    net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy())
    history = net.fit([[0.0, 1.0, 2.0]], [1], epochs=1)
    assert history.engine == "numpy"
    assert history.why_engine.startswith("this installation has no kernels for this riscv64")
    assert "make kernels" in history.why_engine
    with pytest.raises(MissingExtraError, match="no kernels for this riscv64"):
        net.fit([[0.0, 1.0, 2.0]], [1], epochs=1, engine="compiled")


def test_kernels_of_other_sources_are_refused(anew):
    anew.setattr(library, "digest", lambda: "0" * 64)
    assert "are not those of their sources" in why_no_kernels()
    with pytest.raises(MissingExtraError, match="make kernels"):
        kernel_function("tidu_float32", ctypes.c_int64)


def test_sources_that_are_not_installed_are_no_reason_to_refuse(anew, tmp_path):
    anew.setattr(sources, "PACKAGE", tmp_path)
    assert sources.digest() == ""
    assert why_no_kernels() == ""


@pytest.fixture(name="copied")
def library_in_another_folder(anew, tmp_path):
    """Take the library and its manifest from a folder in which they can be spoilt."""
    for path in (library.library_path(LEVEL), library.manifest_path(LEVEL)):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    anew.setattr(library, "FOLDER", tmp_path)
    return library.library_path(LEVEL)


@pytest.mark.parametrize("size", [0, 100, 5000, -1])
def test_a_file_cut_short_is_a_sentence_and_not_a_crash(copied, size):
    copied.write_bytes(copied.read_bytes()[:size])
    assert "are damaged; install Tidu again" in why_no_kernels()


def test_a_changed_byte_is_seen(copied):
    content = bytearray(copied.read_bytes())
    content[len(content) // 2] ^= 1
    copied.write_bytes(content)
    assert "are damaged" in why_no_kernels()


@pytest.mark.parametrize("text", [None, "", "{}", "[1"])
def test_without_its_manifest_a_library_is_not_loaded(copied, text):
    manifest = library.manifest_path(LEVEL)
    if text is None:
        manifest.unlink()
    else:
        manifest.write_text(text)
    assert "are damaged" in why_no_kernels()


def test_without_the_best_level_the_next_is_taken(copied, anew):
    anew.setattr(library, "runnable", lambda: ("better", LEVEL))
    assert why_no_kernels() == ""
    copied.unlink()
    library._load.cache_clear()
    assert "no kernels" in why_no_kernels()


def test_the_digest_follows_the_sources(monkeypatch, tmp_path):
    before = sources.digest()
    for pattern in sources.PATTERNS:
        for path in sources.PACKAGE.glob(pattern):
            copy = tmp_path / path.relative_to(sources.PACKAGE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(sources, "PACKAGE", tmp_path)
    assert sources.digest() == before
    changed = next(tmp_path.glob("engines/compiled/kernels/updates.py"))
    text = changed.read_text("utf-8")
    changed.write_bytes(text.replace("\n", "\r\n").encode())
    assert sources.digest() == before
    changed.write_text(text + "\n# another\n", encoding="utf-8")
    assert sources.digest() != before


TRAINS = """
import sys
import numpy as np
import tidu as td
net = td.Network([td.Affine(4), td.Tanh(), td.Affine(3)], 5, td.SoftmaxCrossEntropy())
x, t = np.random.default_rng(0).normal(size=(50, 5)), np.arange(50) % 3
history = net.fit(x, t, epochs=2, engine="compiled", progress=False)
net.predict(x)
net.check_gradients(x, t)
print(history.engine, *({"numba", "llvmlite", "scipy"} & set(sys.modules)))
"""


def test_training_imports_no_compiler(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(td.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", TRAINS],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment,
    )
    assert done.stdout.split() == ["compiled"], done.stderr


def test_what_is_built_needs_nothing_but_mathematics():
    """Every symbol that the library leaves open is one of the C library's."""
    done = subprocess.run(
        ["nm", "-D", "--undefined-only", library.library_path(LEVEL)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"nm cannot list the symbols here: {done.stderr}")
    names = {line.split()[-1].partition("@")[0] for line in done.stdout.splitlines()}
    hooks = {"__cxa_finalize", "__gmon_start__"}
    assert {n for n in names if not n.startswith("_ITM")} - hooks <= {
        "log", "logf", "log1p", "memset", "memcpy", "memmove",
    }  # fmt: skip
