"""Machine code that travels with the package: built ahead, loaded with NumPy alone.

Kernels are Python functions that Numba compiles when the package is built (`build`, `codegen`,
`linking`). The result is one shared library for each level of processor, in the folder ``lib``. At
run time `library` loads the best one that this processor can run (`levels`), in a fraction of a
millisecond and without a compiler. Code is loaded from the package's own folder and from no other.
"""

from tidu.native.gate import address_of
from tidu.native.library import kernel_function, why_no_kernels

__all__ = ["address_of", "kernel_function", "why_no_kernels"]
