"""The command ``tidu``: what the library does, from a terminal.

Commands only present: each reads its settings, calls the library, and shows the outcome as text or,
with ``--json``, as one JSON object. `app` gathers them and turns errors into sentences.
"""

from tidu.cli.app import main

__all__ = ["main"]
