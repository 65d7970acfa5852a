"""``tidu lab``: a page on this machine in which one builds, trains and opens up networks."""

from __future__ import annotations

import errno
import socket
import webbrowser
from typing import Annotated

import typer

from tidu.errors import InputError, check_choice
from tidu.language import speaking, translator

_ = translator("command")

PORT, TRIED = 8765, 50
LANGUAGES = ("auto", "en", "zh")


def lab(
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65535,
            metavar="INTEGER",
            help=f"Where it listens; {PORT} or the next that is free.",
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="The address it listens on; another than this one lets others in.",
        ),
    ] = "127.0.0.1",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    lang: Annotated[
        str,
        typer.Option(metavar="auto|en|zh", help="The language of the page; auto: the browser's."),
    ] = "auto",
) -> None:
    """Open the lab: a page in which one builds, trains, rewinds and opens up networks.

    It computes on this machine and loads nothing from elsewhere. Its address holds a token: who
    has the address can use it. Ctrl-C ends it.
    """
    from tidu.lab.gate import LOOPBACK, Gate
    from tidu.lab.server import Lab, serve

    check_choice("lang", lang, LANGUAGES)
    gate = Gate(host, _free_port(host, port))

    def ready() -> None:
        typer.echo(f"{_('The lab is open at')}\n\n  {gate.address}\n\n{_('Ctrl-C ends it.')}")
        if host not in LOOPBACK:
            typer.echo(
                _(
                    "Others on the network who have this address can use it. The connection is not "
                    "encrypted."
                )
            )
        if browser:
            webbrowser.open(gate.address)

    with speaking(None if lang == "auto" else lang):
        serve(Lab(gate, lang), ready)


def _free_port(host: str, wanted: int | None) -> int:
    """Return the port that is wanted, or the first that is free."""
    for port in (wanted,) if wanted else range(PORT, PORT + TRIED):
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                raise InputError(
                    _("--host {host!r} is no address of this machine: try 127.0.0.1").format(
                        host=host
                    )
                ) from None
            if wanted:
                raise InputError(
                    _(
                        "nothing can listen on {host}, port {port} ({why}): leave --port out, and "
                        "a free one is found"
                    ).format(host=host, port=port, why=error.strerror)
                ) from None
        else:
            return port
    raise InputError(
        _("the ports {first} to {last} are all in use: name one with --port").format(
            first=PORT, last=PORT + TRIED - 1
        )
    )
