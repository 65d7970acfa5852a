"""``python -m tidu.native.build``: compile the kernels into the package's shared libraries.

It needs Numba, and a C compiler or the package ``ziglang``. Kernels are translated once, and
optimized for each level of processor.
"""

from __future__ import annotations

import argparse
import importlib
import json
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from tidu.native.levels import levels, llvm_processor, runnable
from tidu.native.library import FOLDER, fault_of, library_path, manifest_path
from tidu.native.sources import digest

ROOMS = (
    "tidu.engines.compiled.kernels.entry",
    "tidu.engines.compiled.kernels.epochs",
    "tidu.perturbation.kernels",
)
"""Modules that export kernels: each has a function ``exports()`` of (name, kernel, signature)."""


def build(names: Sequence[str]) -> list[Path]:
    """Compile the kernels for these levels; return the libraries."""
    from tidu.native import codegen
    from tidu.native.linking import link

    kernels = [kernel for room in ROOMS for kernel in importlib.import_module(room).exports()]
    sources = {kernel[0]: codegen.translate(*kernel) for kernel in kernels}
    FOLDER.mkdir(exist_ok=True)
    for level in names:
        with tempfile.TemporaryDirectory() as folder:
            objects = [Path(folder, f"{name}.o") for name in sources]
            for path, (name, source) in zip(objects, sources.items(), strict=True):
                path.write_bytes(codegen.object_file(source, name, llvm_processor(level)))
            link(objects, library_path(level))
        checksum = sha256(library_path(level).read_bytes()).hexdigest()
        manifest = json.dumps({"library": checksum, "sources": digest()}, indent=2)
        manifest_path(level).write_text(manifest + "\n", encoding="utf-8")
    return [library_path(level) for level in names]


def is_built(level: str) -> bool:
    """Return whether the library of a level is that of the sources as they are now."""
    return library_path(level).is_file() and not fault_of(level)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build what is missing or older than its sources."""
    parser = argparse.ArgumentParser(prog="python -m tidu.native.build", description=__doc__)
    parser.add_argument(
        "--level",
        choices=("host", "all", *levels()),
        default="host",
        help="host: the best level that this processor can run (the default)",
    )
    level = parser.parse_args(arguments).level
    wanted = {"host": runnable()[:1], "all": levels()}.get(level, (level,))
    missing = [name for name in wanted if not is_built(name)]
    for path in build(missing) if missing else ():
        print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
