"""The program ``tidu``: the command line, whose import Ctrl-C may end as well.

Importing NumPy and the rest takes a moment. In it there is nothing to lose, so Ctrl-C ends the
process there and then, with a sentence in place of a traceback through half an import.
"""

import os
import signal
import sys


def main() -> None:
    """Run the command line of Tidu."""
    before = signal.signal(signal.SIGINT, _end)
    import tidu.cli.app  # the long part of the import

    signal.signal(signal.SIGINT, before)
    tidu.cli.main()


def _end(signum: int, frame: object) -> None:
    sys.stderr.write("tidu: interrupted\n")
    sys.stderr.flush()
    os._exit(130)


if __name__ == "__main__":
    main()
