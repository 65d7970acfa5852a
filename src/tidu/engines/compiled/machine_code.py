"""Machine code in a file: compiled once, and loaded without the compiler.

What a compiler hands over is optimized and turned into an object file here, which needs nothing but
some of the C library's mathematics, and is linked into a process in some milliseconds.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm

from tidu.atomic import write_atomically

COUNT = re.compile(r"^ *(tail )?call void @NRT_(in|de)cref\(.*\n", re.MULTILINE)
"""How Numba counts who uses an array. All of ours are borrowed, and there is nothing to count."""
CALLED = ("log", "logf")
"""Functions of the C library for which processors have no instruction."""


@dataclass(frozen=True)
class MachineCode:
    """An object file, and the name of its function."""

    name: str
    content: bytes


def processor() -> str:
    """Return what this machine's code depends on: the kind of processor, and what it can do."""
    _initialized()
    return f"{llvm.get_process_triple()} {llvm.get_host_cpu_name()} {_features()}"


def assembled(source: str, name: str) -> MachineCode:
    """Return a function as machine code for this processor, from the compiler's own language."""
    module = llvm.parse_assembly(COUNT.sub("", source))
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = True
    target = _target()
    builder = llvm.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)
    return MachineCode(name, target.emit_object(module))


def linked(code: MachineCode, *kinds: Any) -> Callable[..., int]:
    """Return the function, to be called with numbers of these C types; it returns an integer.

    A function of the compiler's returns a status, which is 0, and puts its result at an address.
    """
    for name in CALLED:
        if llvm.address_of_symbol(name) is None:
            function = getattr(_c_library(), name)
            llvm.add_symbol(name, ctypes.cast(function, ctypes.c_void_p).value)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code.content))
    engine.finalize_object()
    prototype = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *kinds)
    function = prototype(engine.get_function_address(code.name))

    def call(*numbers: Any, engine: Any = engine) -> int:  # keeps the engine alive
        result, error = ctypes.c_int64(), ctypes.c_void_p()
        if function(ctypes.addressof(result), ctypes.addressof(error), *numbers):
            raise SystemError(f"{code.name} ended with an error")
        return result.value

    return call


def write(path: Path, code: MachineCode) -> None:
    """Put machine code in a file, after a line with its name and one with the checksum of both."""
    content = code.name.encode() + b"\n" + code.content
    write_atomically(path, sha256(content).hexdigest().encode() + b"\n" + content)


def read(path: Path) -> MachineCode | None:
    """Return what `write` put in a file; None if there is none, or not as it was written."""
    if not path.exists():
        return None
    checksum, _, content = path.read_bytes().partition(b"\n")
    if checksum != sha256(content).hexdigest().encode():
        return None
    name, _, code = content.partition(b"\n")
    return MachineCode(name.decode(), code)


@cache
def _initialized() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def _features() -> str:
    try:
        return str(llvm.get_host_cpu_features().flatten())
    except RuntimeError:  # not known for every processor; the name stands for them then
        return ""


def _target() -> llvm.TargetMachine:
    """Return a new description of this processor, which an engine disposes of with itself."""
    _initialized()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=_features(), opt=3,
        reloc="static" if target.name.startswith("x86") else "default", codemodel="jitdefault",
        jit=True,
    )  # fmt: skip


def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
