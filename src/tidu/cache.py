"""The folder for files that can be created or downloaded again."""

from __future__ import annotations

from pathlib import Path


def cache_folder() -> Path:
    r"""Return Tidu's folder in the user's cache, by the rule of the platform.

    ``%LOCALAPPDATA%\tidu\Cache`` on Windows, ``~/Library/Caches/tidu`` on macOS, and elsewhere
    ``$XDG_CACHE_HOME/tidu`` or ``~/.cache/tidu``. The folder need not exist.
    """
    from platformdirs import user_cache_path

    return user_cache_path("tidu", appauthor=False)
