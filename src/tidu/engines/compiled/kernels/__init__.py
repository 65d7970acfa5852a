"""Kernels: what Numba compiles, one idea a module, the `interpreter` on top.

`operations`, `arguments`, `scalar`, `activations` and `rules` are plain Python, which the rest of
the engine reads, too. Importing any other module of this package loads Numba.
"""
