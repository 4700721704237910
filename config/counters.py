"""What the server counts about itself, in Prometheus objects that every part gets by constructor.

One `Counters` belongs to one registry, so that two servers in one process (as in tests) do not add up.
Parts only increase, set and observe; `/metrics` reads the registry.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

ANSWER_SECONDS = (1, 2, 5, 10, 15, 20, 30, 45, 60)
HTTP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
LAG_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)

FOREIGN = ("empty", "source", "stun", "connection")
DEADLINES = ("ice", "dtls", "media", "consent")
STOPS = ("ended", "limit", "quota", "disk_full", "failed", "moved")
SWEPT = ("picture", "call_file", "section", "object")
CALLS = ("requested", "accepted", "declined", "cancelled", "missed", "ended")
SIGN_INS = ("in", "wrong_password", "too_many_tries", "registered")


class Counters:
    """Every counter, gauge and histogram of one server; names in Prometheus begin with `showroom_`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._count_media()
        self._count_sessions()
        self._count_recordings()
        self._count_storage()
        self._count_people()
        self._count_server()

    def _count_media(self) -> None:
        self.packets_in = self._counter("packets_in", "Media packets taken from publishers")
        self.packets_out = self._counter("packets_out", "Media packets sent to viewers")
        self.bytes_in = self._counter("bytes_in", "Bytes of media taken from publishers")
        self.bytes_out = self._counter("bytes_out", "Bytes of media sent to viewers")
        self.foreign_datagrams = self._counter(
            "foreign_datagrams", "Datagrams dropped unread", "reason", *FOREIGN
        )
        self.malformed_packets = self._counter("malformed_packets", "Packets nobody could parse", "kind")
        self.retransmissions = self._counter("retransmissions", "Packets sent again after a NACK")
        self.keyframe_requests = self._counter("keyframe_requests", "Key frames asked of publishers")
        self.picture_pauses = self._counter("picture_pauses", "Pauses for viewers whose line loses too much")
        self.layer_moves = self._counter("layer_moves", "Viewers moved to another size of the picture")
        self.relay_faults = self._counter("relay_faults", "Failures that were kept to one peer or show")
        self.dropped_sends = self._counter("dropped_sends", "Packets given up because the socket stayed full")

    def _count_sessions(self) -> None:
        self.sessions = self._gauge("sessions", "Connected media sessions, by role", "role")
        self.pending_sessions = self._gauge("pending_sessions", "Media sessions not yet connected")
        self.expired_sessions = self._counter(
            "expired_sessions", "Sessions closed by a deadline", "stage", *DEADLINES
        )
        self.shows_live = self._gauge("shows_live", "Shows whose picture arrives here")

    def _count_recordings(self) -> None:
        self.recordings = self._gauge("recordings", "Shows being recorded here")
        self.recording_stops = self._counter(
            "recording_stops", "Recordings that have stopped", "reason", *STOPS
        )
        self.unrecorded_packets = self._counter("unrecorded_packets", "Packets that were not recorded")
        self.unindexed_facts = self._counter("unindexed_facts", "Facts of recordings not written down")
        self.transcodes = self._gauge("transcodes", "Shows in VP8 that are encoded for HLS now")
        self.transcode_restarts = self._counter("transcode_restarts", "Encoding processes that died or hung")
        self.untranscoded_packets = self._counter("untranscoded_packets", "Packets not encoded for HLS")
        self.hls_sizes = self._gauge("hls_sizes", "Smaller pictures written for HLS now")
        self.hls_size_restarts = self._counter("hls_size_restarts", "Writers of them that died or hung")
        self.unsized_packets = self._counter("unsized_packets", "Packets of them not written")
        self.writer_restarts = self._counter("writer_restarts", "Deaths of the recording process")

    def _count_storage(self) -> None:
        self.moved_bytes = self._counter("moved_bytes", "Bytes of recordings taken by the object store")
        self.move_failures = self._counter("move_failures", "Tries to move a section that failed")
        self.sections_waiting = self._gauge("sections_waiting", "Sections on their way, up to 64")
        self.swept_files = self._counter("swept_files", "Files deleted that no record named", "kind", *SWEPT)
        self.recording_free_bytes = self._gauge("recording_free_bytes", "Free on the disk of recordings")

    def _count_people(self) -> None:
        self.sockets = self._gauge("sockets", "Open sockets, by namespace", "namespace")
        self.posts = self._counter("posts", "Chat posts taken")
        self.lost_moments = self._counter("lost_moments", "Pins and posts of shows that were not kept")
        self.calls = self._counter("calls", "Private calls, by outcome", "outcome", *CALLS)
        self.call_answer_seconds = Histogram(
            "showroom_call_answer_seconds", "From the request of a call to its acceptance",
            registry=self.registry, buckets=ANSWER_SECONDS,
        )
        self.sign_ins = self._counter("sign_ins", "Tries to sign in, by outcome", "outcome", *SIGN_INS)

    def _count_server(self) -> None:
        self.http_seconds = Histogram(
            "showroom_http_seconds", "Time to answer a request", ("method", "route", "status"),
            registry=self.registry, buckets=HTTP_SECONDS,
        )
        self.store_answers = self._gauge("store_answers", "Whether the store answers: 1, or 0")
        self.store_takes_writes = self._gauge("store_takes_writes", "Whether the store is not full: 1, or 0")
        self.tasks = self._gauge("tasks", "Tasks of the event loop")
        self.loop_lag_seconds = Histogram(
            "showroom_loop_lag_seconds", "How late the event loop runs what is due",
            registry=self.registry, buckets=LAG_SECONDS,
        )

    def _counter(self, name: str, meaning: str, label: str = "", *known: str) -> Counter:
        """Return a counter that stands at 0 for each `known` value of its label from the start.

        What begins to be there at its first event has no increase that an alarm could see.
        """
        counter = Counter(f"showroom_{name}", meaning, [label] if label else [], registry=self.registry)
        for value in known:
            counter.labels(value)
        return counter

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"showroom_{name}", meaning, labels, registry=self.registry)
