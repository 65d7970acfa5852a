"""The command ``tidu``: what the library does, from a terminal.

Commands only present: each reads its settings, calls the library, and shows the result as text or,
with ``--json``, as one JSON object. `app` gathers them and turns errors into sentences; flags come
from the signatures of recipes and experiments (`flags`).
"""

import sys
from collections.abc import Sequence

from tidu.language import translator

_ = translator("command")

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it: 128 and the number of the signal."""


class Interrupted(BaseException):
    """Ctrl-C, with a note on the work; typer would end silently at a KeyboardInterrupt."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors become a sentence on stderr and an exit status.

    Raises
    ------
    SystemExit
        Always, with the exit status: 0 for success, 1 for a bad result, 2 for a wrong argument or
        file, 130 after Ctrl-C.
    """
    try:
        from tidu.cli.app import run

        run(arguments)
    except (KeyboardInterrupt, Interrupted) as end:
        print(_("tidu: interrupted") + str(end), file=sys.stderr)
        sys.exit(INTERRUPTED)


__all__ = ["main"]
