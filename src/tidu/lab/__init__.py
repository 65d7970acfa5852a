"""The lab: a page on this machine in which a person builds, trains, rewinds and opens up networks.

``tidu lab`` serves it (`server`); nothing is loaded from elsewhere, and who has not the token in
its address is refused (`gate`). A connection is a session with a process of its own (`worker`),
which can be stopped at any moment; the page holds all settings, so that a new connection goes on
where the last one was lost. A message names a part, one of its actions and values; the answer is
a JSON head and raw float32 (`frames`).

Each part of the page is one class in one file here (`parts` lists them), with a file beside it in
``lab/src/parts`` of the repository, where the page's sources are. ``page/`` is what is built of
them.
"""

from tidu.lab.frames import pack, unpack
from tidu.lab.parts import PARTS, Part

__all__ = ["PARTS", "Part", "pack", "unpack"]
