"""Which addresses an answer names when none are advertised."""

from __future__ import annotations

import ipaddress
import socket

_ANYWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}


def candidate_addresses(host: str) -> tuple[str, ...]:
    """Return the address bound; for a wildcard, the one this machine is reached at, and its loopback."""
    address = ipaddress.ip_address(socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)[0][4][0])
    if not address.is_unspecified:
        return (str(address),)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    loopback = "127.0.0.1" if address.version == 4 else "::1"
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ANYWHERE[family], 9))  # asks the routing table; sends nothing
        except OSError:
            return (loopback,)
        return tuple(dict.fromkeys((str(probe.getsockname()[0]), loopback)))
