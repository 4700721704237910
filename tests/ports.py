"""Ports for the servers that tests start."""

from __future__ import annotations

import socket
from contextlib import suppress


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on, by TCP or by UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            with suppress(OSError):
                udp.bind(("127.0.0.1", port))
                return port
