"""The sound of a publication, or silence in its place for those who are not to hear it."""

from __future__ import annotations

from media.backlog import MediaPacket
from media.fan import Fan
from media.subscription import Subscription


class Sound:
    """Everybody who is connected is sent the same packets; those of who is hushed hold silence."""

    def __init__(self, fan: Fan) -> None:
        self._fan = fan
        self._hushed: set[Subscription] = set()

    def take(self, packet: MediaPacket) -> None:
        """Send a packet with what else comes in this turn of the loop, silence at once."""
        self._fan.take(packet)
        if self._hushed:
            silence = packet.hushed()
            for viewer in list(self._hushed):
                viewer.send(silence)

    def add(self, viewer: Subscription) -> None:
        """Begin with a viewer, as it is hushed or not."""
        if viewer.is_hushed:
            self._hushed.add(viewer)
        else:
            self._fan.add(viewer)

    def remove(self, viewer: Subscription) -> None:
        """Send nothing more to a viewer, who has got all that has come."""
        self._hushed.discard(viewer)
        self._fan.remove(viewer)

    def readdress(self, viewer: Subscription) -> None:
        """Send to the viewer's new address."""
        self._fan.readdress(viewer)

    def flush(self) -> None:
        """Send what waits for the end of this turn."""
        self._fan.flush()
