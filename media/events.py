"""What the relay tells those above it."""

from __future__ import annotations

from typing import Protocol

from config.ids import SessionId


class RelayEvents(Protocol):
    """What the relay tells; called on the loop, synchronously; must not raise."""

    def publication_live(self, name: str) -> None:
        """The first packet has come, at the beginning or after a pause."""

    def publication_away(self, name: str) -> None:
        """Packets have ceased or the publisher's session has ended; the publication stays."""

    def audience_changed(self, name: str, viewers: int) -> None:
        """So many viewers are connected now."""

    def session_ended(self, session: SessionId) -> None:
        """A session that `publish` or `subscribe` has opened is over, whatever ended it."""


class Silence:
    """Hears events before the stage is set."""

    def publication_live(self, name: str) -> None: ...
    def publication_away(self, name: str) -> None: ...
    def audience_changed(self, name: str, viewers: int) -> None: ...
    def session_ended(self, session: SessionId) -> None: ...
