"""The compiled engine: the same steps from the same parts, by kernels that travel as machine code.

A network is laid out as a short program over buffers made once (`program`), and one compiled
function, the `interpreter`, carries out k steps of any program: batches gathered from data as they
are stored, forward, backward, update. So a network that is new in size compiles nothing, and a step
of a tiny network costs about a microsecond. The kernels it is made of have one idea a module, each
pointing to the textbook form that it speeds up and is held to.

Numba compiles the kernels when the package is built (`tidu.native`); at run time NumPy is enough.
"""

from tidu.engines.compiled.engine import CompiledEngine

__all__ = ["CompiledEngine"]
