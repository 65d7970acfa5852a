"""From a kernel to an object file: Numba's translation, optimized once for one kind of processor.

Used when the package is built; nothing at run time imports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import llvmlite.binding as llvm
import numba

C_TYPES = {"int64": "i64", "float64": "double"}

LONG_ROWS = r"kernels\d+(?:shares|blockwise|lanewise_losses)\d"
"""Kernels whose loops are over many numbers, by their names: vectors are as long as there are.

LLVM takes half of 512 bits elsewhere, which is better for rows of ten or fifty numbers.
"""
ENTERED = "(?:go_through_blocks|activate_share|activate_share_backward)B"
"""Those of them that are not compiled into their callers, which have short rows."""

NO_COUNTING = """
define void @NRT_incref(ptr %array) alwaysinline { ret void }
define void @NRT_decref(ptr %array) alwaysinline { ret void }
"""
"""Numba counts who uses an array. Kernels borrow all of theirs: there is nothing to count."""


def translate(name: str, kernel: Any, signature: Any) -> str:
    """Return a kernel, and all that it calls, in LLVM's language, with a C function around it.

    Numba would optimize each kernel by itself and then again in those that call it. Here it leaves
    that to `object_file`, which does it once when all are together: faster to do, faster code.

    Parameters
    ----------
    name : str
        The exported name.
    kernel
        A function compiled by Numba's ``njit``.
    signature
        Its Numba signature: numbers in, one number out.
    """
    with unoptimized():
        compiled = kernel._compiler.compile(signature.args, signature.return_type)
    kinds = [C_TYPES[str(kind)] for kind in signature.args]
    result = C_TYPES[str(signature.return_type)]
    parameters = ", ".join(f"{kind} %a{i}" for i, kind in enumerate(kinds))
    return (
        with_long_vectors(compiled.library.get_llvm_str())
        + f"""
define {result} @{name}({parameters}) {{
  %result = alloca {result}
  %error = alloca ptr
  %status = call i32 @"{compiled.fndesc.mangled_name}"(ptr %result, ptr %error, {parameters})
  %value = load {result}, ptr %result
  ret {result} %value
}}
"""
    )


def with_long_vectors(source: str) -> str:
    """Return a source in which kernels of `LONG_ROWS` ask for the longest vectors."""

    def marked(line: re.Match[str]) -> str:
        kept = "noinline " if re.search(ENTERED, line[0]) else ""
        return f'{line[1]}{kept}"prefer-vector-width"="512" {{'

    return re.sub(rf"^(define [^\n]*{LONG_ROWS}[^\n]*\) )\{{$", marked, source, flags=re.M)


def object_file(source: str, exported: str, processor: str) -> bytes:
    """Return position-independent machine code for a processor, with this function exported."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    module = llvm.parse_assembly(source)
    module.link_in(llvm.parse_assembly(NO_COUNTING))
    for value in (*module.functions, *module.global_variables):
        if not value.is_declaration:
            value.linkage = "external" if value.name == exported else "internal"
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=processor, features="", opt=3, reloc="pic", codemodel="default"
    )
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = True
    builder = llvm.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)
    return target.emit_object(module)


@contextmanager
def unoptimized() -> Iterator[None]:
    """Have Numba translate and not optimize."""
    config: Any = numba.config
    level = config.OPT
    config.OPT = type(level)(0)
    try:
        yield
    finally:
        config.OPT = level
