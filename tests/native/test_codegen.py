"""What is asked of LLVM beyond the kernels themselves."""

import re

import pytest

from tidu.native import codegen

numba = pytest.importorskip("numba", reason="Numba, which compiles kernels, is not installed")


def test_kernels_of_long_rows_ask_for_long_vectors():
    from tidu.engines.compiled.kernels import blockwise, shares
    from tidu.engines.compiled.kernels.lanewise_losses import _row

    row = numba.float32[::1]
    with codegen.unoptimized():
        compiled = _row._compiler.compile((row, numba.int64, numba.int64), row)
    source = compiled.library.get_llvm_str()
    named = re.compile("define.*lanewise_losses4_row")
    (line,) = (line for line in source.splitlines() if named.match(line))
    marked = codegen.with_long_vectors(source)
    assert line[:-1] + '"prefer-vector-width"="512" {' in marked.splitlines()
    assert len(marked.splitlines()) == len(source.splitlines())
    entered = line.replace("lanewise_losses4_row", "blockwise17go_through_blocks")
    assert codegen.with_long_vectors(entered).endswith(' noinline "prefer-vector-width"="512" {')
    assert codegen.with_long_vectors(line.replace("lanewise_losses", "updates")).endswith(") {")
    for name in re.findall(r"\w{6,}", codegen.ENTERED):
        assert hasattr(blockwise, name) or hasattr(shares, name)
