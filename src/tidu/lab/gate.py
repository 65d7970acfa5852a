"""Who may come in: the token in the address, and pages of this very server; nobody else.

The lab carries out what the page asks for, so a page from elsewhere must not be able to ask. The
address holds a token that only the terminal shows; ``Host`` must name this machine, so that a name
that was made to point here (DNS rebinding) is refused; and ``Origin``, which a browser always
sends with a WebSocket, must be this server. The page itself may load nothing from elsewhere.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

LOOPBACK = ("127.0.0.1", "localhost", "::1")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with every answer."""


@dataclass(frozen=True)
class Gate:
    """What a request must bring.

    Attributes
    ----------
    host, port
        Where the server listens.
    token
        What must stand in the address.
    """

    host: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def address(self) -> str:
        """What a person opens in a browser."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/{self.token}/"

    def objection(self, headers: Mapping[str, str], *, socket: bool = False) -> str:
        """Return why a request is refused, in a sentence; empty where it is not.

        Parameters
        ----------
        headers
            Those of the request, by lower-case names.
        socket
            Whether it asks for a WebSocket, which must name its origin.

        Examples
        --------
        >>> gate = Gate("127.0.0.1", 8765, "abc")
        >>> gate.objection({"host": "127.0.0.1:8765"})
        ''
        >>> gate.objection({"host": "evil.example:8765"})
        'the host evil.example:8765 is not this lab: open the address that the terminal shows'
        """
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._is_own(host):
            return (
                f"the host {host or '(none)'} is not this lab: open the address that the terminal "
                "shows"
            )
        if (socket and origin is None) or origin not in (None, f"http://{host}"):
            return f"a page of {origin or 'no origin'} may not use this lab"
        return ""

    def admits(self, token: str) -> bool:
        """Say whether a token is the right one, in the same time for any."""
        return secrets.compare_digest(token.encode(), self.token.encode())

    def _is_own(self, host: str) -> bool:
        name, _, port = host.rpartition(":")
        name = name.strip("[]")
        if port != str(self.port):
            return False
        if name in LOOPBACK or name == self.host:
            return True
        return self.host not in LOOPBACK and _is_address(name)


def _is_address(name: str) -> bool:
    """Say whether a name is a number, which nobody can make to point elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
