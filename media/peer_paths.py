"""The addresses of one peer: from which it is heard, and at which it is reached."""

from __future__ import annotations

from collections import deque

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

    def __init__(self, endpoint: Endpoint) -> None:
        self.remote: Address | None = None
        self._endpoint = endpoint
        self._known: deque[Address] = deque()
        self._nominated_at = self._proved_at = float("-inf")

    def is_anothers(self, address: Address, listener: Listener) -> bool:
        """Whether somebody else is known to be there: whoever forges a source address gets no answer."""
        owner = self._endpoint.listener_at(address)
        return owner is not None and owner is not listener and owner.holds(address)

    def holds(self, address: Address, now: float) -> bool:
        """Whether authentic packets of this peer came from there a moment ago."""
        return address == self.remote and now - self._proved_at < HOLD_SECONDS

    def remember(self, address: Address, listener: Listener) -> None:
        """Let datagrams from this address through; of too many, the oldest that is not in use goes.

        Who was silent may find another one at its address, and has it back.
        """
        if address not in self._known:
            self._known.append(address)
        elif self._endpoint.listener_at(address) is listener:
            return
        self._endpoint.trust(address, listener)
        if len(self._known) > MAX_ADDRESSES:
            oldest = next(known for known in self._known if known != self.remote)
            self._known.remove(oldest)
            self._endpoint.forget_address(oldest, listener)

    def nominate(self, address: Address, now: float) -> bool:
        """Send there from now on; tell whether that is another address."""
        if address == self.remote:
            return False
        self._nominated_at = now
        return self._use(address)

    def shake_hands(self, address: Address) -> bool:
        """Answer a handshake where it is made; as `nominate`."""
        return address != self.remote and self._use(address)

    def follow(self, address: Address, now: float) -> bool:
        """Note an authentic packet: the peer is sent to where it sends from; as `nominate`."""
        is_other = address != self.remote
        if is_other and now - self._nominated_at < SETTLE_SECONDS:
            return False
        if is_other:
            self._use(address)
        self._proved_at = now
        return is_other

    def forget(self, listener: Listener) -> None:
        """Let nothing through any more."""
        for address in self._known:
            self._endpoint.forget_address(address, listener)

    def _use(self, address: Address) -> bool:
        self.remote = address
        self._proved_at = float("-inf")
        return True
