"""Which addresses an answer names when none are advertised."""

from __future__ import annotations

import ipaddress
import socket

_ANYWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
_LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


def candidate_addresses(host: str) -> tuple[str, ...]:
    """Return the address bound; for a wildcard, those this machine is reached at, and its loopbacks.

    That of IPv6 stands for both families, IPv6 first.
    """
    address = ipaddress.ip_address(socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)[0][4][0])
    if not address.is_unspecified:
        return (str(address),)
    families = (socket.AF_INET,) if address.version == 4 else (socket.AF_INET6, socket.AF_INET)
    found = [_own_address(family) for family in families]
    return tuple(dict.fromkeys((*filter(None, found), *(_LOOPBACK[family] for family in families))))


def _own_address(family: socket.AddressFamily) -> str | None:
    """Return from where this machine would speak to others, if it can."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ANYWHERE[family], 9))  # asks the routing table; sends nothing
        except OSError:
            return None
        return str(probe.getsockname()[0])
