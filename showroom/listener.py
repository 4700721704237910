"""The TCP socket the fair listens on, bound before anything else so that a taken port is told at once."""

from __future__ import annotations

import errno
import socket

from config.errors import Conflict, Invalid
from config.settings import HttpSettings


def bind(http: HttpSettings) -> socket.socket:
    """Return a socket bound to the address of `http`; port 0 takes any free one. The caller closes it.

    Until one listens two can have a port; `listen` says whether it is ours.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            http.host, http.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise Invalid(f"http.host {http.host!r} is no address of this machine: {error.strerror}") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise _refusal(http, error) from None
    listener.setblocking(False)
    return listener


def listen(listener: socket.socket, http: HttpSettings, backlog: int) -> None:
    """Take connections from now on; `Conflict` when somebody else has begun to since the port was bound.

    It is not left to the event loop, because uvloop tells nobody that it failed.
    """
    try:
        listener.listen(backlog)
    except OSError as error:
        raise _refusal(http, error) from None


def _refusal(http: HttpSettings, error: OSError) -> Conflict:
    where = f"{http.host}:{http.port}"
    if error.errno == errno.EADDRINUSE:
        return Conflict(
            f"port {http.port} is in use: stop what listens on {where},"
            " or choose another with SHOWROOM_HTTP_PORT"
        )
    return Conflict(f"cannot listen on {where}: {error.strerror}; see http.host and http.port")
