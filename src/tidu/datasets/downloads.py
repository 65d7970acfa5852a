"""Downloads with checksums, from whichever mirror answers.

pooch (the extra ``data``) does the work: a file is fetched to a temporary name, and gets its own
only if its SHA-256 is right.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tidu.errors import DataNotFoundError, clause, need

_SECONDS_TO_ANSWER = 10


def download(files: Mapping[str, str], mirrors: Sequence[str], into: Path) -> list[Path]:
    """Fetch files from the first mirror that has all that are still missing.

    Parameters
    ----------
    files
        The SHA-256 of each file, by its name.
    mirrors
        Addresses that end in a slash, the first to be asked first.
    into
        The folder for them; it is made if it is not there.

    Raises
    ------
    MissingExtraError
        If pooch is not installed.
    DataNotFoundError
        If no mirror gave a file; the message says for each why.
    """
    pooch = need("pooch", extra="data")
    need("tqdm", extra="data")
    downloader = pooch.HTTPDownloader(
        progressbar=sys.stderr.isatty(), chunk_size=2**16, timeout=_SECONDS_TO_ANSWER
    )
    failures = []
    for mirror in mirrors:
        try:
            return [
                Path(pooch.retrieve(mirror + name, sha256, name, into, downloader=downloader))
                for name, sha256 in files.items()
            ]
        except (OSError, ValueError) as error:
            failures.append(_why(mirror, error))
    raise DataNotFoundError("; ".join(failures))


def _why(mirror: str, error: Exception) -> str:
    from requests import HTTPError, RequestException

    if isinstance(error, HTTPError) and error.response is not None:
        return clause(f"{mirror} answers {error.response.status_code}")
    if isinstance(error, RequestException):
        return clause(f"{mirror} cannot be reached")
    if isinstance(error, ValueError):
        return clause(f"{mirror} gives a file with a wrong checksum")
    return clause(f"{mirror} gives a file that cannot be kept ({error})")
