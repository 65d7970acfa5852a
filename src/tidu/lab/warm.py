"""Imported in the process from which sessions are forked.

What a process loads at its first question (the kernels, NumPy's parts that load when used) is then
loaded once, and a session begins in a fifth of the time.
"""

from tidu.lab.playground import Playground

_part = Playground()
_part.ask("build", {"settings": {}, "step": 1})
