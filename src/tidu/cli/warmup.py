"""``tidu warmup``: the kernels of the compiled engine, compiled ahead."""

from __future__ import annotations

import time
from typing import Annotated

import numpy as np
import typer

from tidu.cli.output import Json, print_json
from tidu.engines.compiled import kernel_folder, load_kernels
from tidu.errors import check_choice


def warmup(
    dtype: Annotated[str, typer.Option(help="float32, float64, or all.")] = "all",
    as_json: Json = False,
) -> None:
    """Compile the kernels that training uses, so that the first training does not wait.

    They are kept in the user's cache folder, or in that which NUMBA_CACHE_DIR names.
    """
    check_choice("dtype", dtype, ("float32", "float64", "all"))
    seconds = {}
    for name in ("float32", "float64") if dtype == "all" else (dtype,):
        start = time.perf_counter()
        load_kernels(np.dtype(name))
        seconds[name] = time.perf_counter() - start
    folder = kernel_folder()
    if as_json:
        print_json({"seconds": seconds, "folder": None if folder is None else str(folder)})
    else:
        for name, taken in seconds.items():
            print(f"{name} kernels ready in {taken:.1f} s")
        print(f"kept in {folder}" if folder else "kept nowhere: no cache folder can be written to")
