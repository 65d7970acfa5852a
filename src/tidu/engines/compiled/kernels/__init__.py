"""Kernels: what Numba compiles, one idea a module, the `interpreter` on top.

Importing a module of this package, other than `operations`, loads Numba. Nothing else in Tidu does.
"""
