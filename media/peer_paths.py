"""The addresses of one peer: from which it is heard, and at which it is reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from media.batch import Address
from media.endpoint import Endpoint, Listener

MAX_ADDRESSES = 8
SETTLE_SECONDS = 1.0
"""So long after a nomination what is still under way on the old path does not lead back to it."""
HOLD_SECONDS = 3.0
"""So long after its last authentic packet an address is the peer's own, whoever else shows up there."""


class PeerPaths:
    """Where a session listens and sends.

    The peer is sent to where it nominated a path last (RFC 8445 section 7.3.1.5), and then to where it sends
    from itself. A browser that nominates each path it tries, and then uses the best one (Firefox),
    would else be answered on the one whose check came last.
    """

    def __init__(self, endpoint: Endpoint, listener: Listener, moved: Callable[[], None]) -> None:
        self.remote: Address | None = None
        self._endpoint = endpoint
        self._listener = listener
        self._moved = moved
        self._known: deque[Address] = deque()
        self._nominated_at = self._proved_at = float("-inf")

    def is_anothers(self, address: Address) -> bool:
        """Whether somebody else is known to be there: whoever forges a source address gets no answer."""
        owner = self._endpoint.listener_at(address)
        return owner is not None and owner is not self._listener and owner.holds(address)

    def holds(self, address: Address, now: float) -> bool:
        """Whether authentic packets of this peer came from there a moment ago."""
        return address == self.remote and now - self._proved_at < HOLD_SECONDS

    def remember(self, address: Address) -> None:
        """Let datagrams from this address in; of too many, the oldest that is not in use goes."""
        if address in self._known:
            return
        self._known.append(address)
        self._endpoint.trust(address, self._listener)
        if len(self._known) > MAX_ADDRESSES:
            oldest = next(known for known in self._known if known != self.remote)
            self._known.remove(oldest)
            self._endpoint.forget_address(oldest, self._listener)

    def nominate(self, address: Address, now: float) -> None:
        """Send there from now on."""
        if address != self.remote:
            self._nominated_at = now
            self._use(address)

    def shake_hands(self, address: Address) -> None:
        """Answer a handshake where it is made."""
        if address != self.remote:
            self._use(address)

    def follow(self, address: Address, now: float) -> None:
        """Note an authentic packet: the peer is sent to where it sends from."""
        if address != self.remote:
            if now - self._nominated_at < SETTLE_SECONDS:
                return
            self._use(address)
        self._proved_at = now

    def forget(self) -> None:
        """Let nothing in any more."""
        for address in self._known:
            self._endpoint.forget_address(address, self._listener)

    def _use(self, address: Address) -> None:
        self.remote = address
        self._proved_at = float("-inf")
        self._moved()
