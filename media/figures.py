"""Carries what the packet path counts in plain numbers over to Prometheus, once a second."""

from __future__ import annotations

from config.counters import Counters
from media.audience import Audience
from media.endpoint import Endpoint
from media.malformed import Malformed
from media.publication import Publication
from media.session import Role, Session


class Figures:
    """Takes sums away from where they are counted and adds them to the server's counters."""

    def __init__(self, counters: Counters, endpoint: Endpoint) -> None:
        self.malformed = Malformed()
        self._counters = counters
        self._endpoint = endpoint

    def add(self, publication: Publication, audience: Audience) -> None:
        """Take over what a publication counted since the last time."""
        counters = self._counters
        counters.packets_in.inc(publication.packets_in)
        counters.bytes_in.inc(publication.bytes_in)
        counters.packets_out.inc(audience.packets_out)
        counters.bytes_out.inc(audience.bytes_out)
        counters.keyframe_requests.inc(publication.keyframe_requests)
        counters.picture_pauses.inc(audience.pauses)
        counters.layer_moves.inc(audience.moves)
        publication.packets_in = publication.bytes_in = publication.keyframe_requests = 0
        audience.packets_out = audience.bytes_out = audience.pauses = audience.moves = 0
        for viewer in audience.viewers:
            if viewer.resent:
                counters.retransmissions.inc(viewer.resent)
                viewer.resent = 0

    def flush(self, sessions: list[Session], shows_live: int) -> None:
        """Take over what the socket and the sessions counted, and set the gauges."""
        if self._endpoint.tcp is not None:
            self._endpoint.dropped += self._endpoint.tcp.dropped
            self._endpoint.foreign["connection"] += self._endpoint.tcp.refused
            self._endpoint.tcp.dropped = self._endpoint.tcp.refused = 0
        for reason, count in self._endpoint.foreign.items():
            self._counters.foreign_datagrams.labels(reason).inc(count)
        self._endpoint.foreign.clear()
        malformed = {**self.malformed.counts, "stun": self._endpoint.malformed_stun}
        for kind, count in malformed.items():
            self._counters.malformed_packets.labels(kind).inc(count)
        self.malformed.counts.update(dict.fromkeys(self.malformed.counts, 0))
        self._endpoint.malformed_stun = 0
        self._counters.relay_faults.inc(self._endpoint.guard.faults)
        self._endpoint.guard.faults = 0
        self._counters.dropped_sends.inc(self._endpoint.dropped)
        self._endpoint.dropped = 0
        self._counters.pending_sessions.set(sum(s.is_pending for s in sessions))
        for role in Role:
            self._counters.sessions.labels(role).set(
                sum(s.role is role and not s.is_pending for s in sessions))
        self._counters.shows_live.set(shows_live)
