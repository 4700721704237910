"""The sessions of a process: admission, deadlines, and who belongs to which publication."""

from __future__ import annotations

from collections import Counter as Tally

from config.counters import Counters
from config.errors import Busy, Missing
from config.ids import SessionId
from config.settings import MediaSettings
from media.session import Role, Session


class Registry:
    """Knows every session from its offer to its end."""

    def __init__(self, settings: MediaSettings, counters: Counters) -> None:
        self._settings = settings
        self._counters = counters
        self._sessions: dict[SessionId, tuple[str, Session]] = {}
        self._publishers: dict[str, Session] = {}

    @property
    def sessions(self) -> list[Session]:
        """All sessions that are not closed."""
        return [session for _, session in self._sessions.values()]

    def admit(self, address: str) -> None:
        """Raise `Busy` unless one more session may begin, here and from this network address."""
        pending = [s for s in self.sessions if s.is_pending]
        if len(self._sessions) >= self._settings.max_sessions:
            raise Busy("this server is full; try again in a moment", code="full", retry_after_seconds=10)
        if len(pending) >= self._settings.max_pending:
            raise Busy("too many connections are being made; try again in a moment", code="too_many_pending")
        if Tally(s.network_address for s in pending)[address] >= self._settings.max_pending_per_address:
            raise Busy("too many connections are being made from your network; try again in a moment",
                       code="too_many_pending")

    def add(self, name: str, session: Session) -> None:
        """Note a new session of the publication `name`."""
        self._sessions[session.id] = (name, session)
        if session.role is Role.PUBLISHER:
            self._publishers[name] = session

    def remove(self, session: Session) -> str:
        """Forget a session; return the name of its publication."""
        name = self._sessions.pop(session.id)[0]
        if self._publishers.get(name) is session:
            del self._publishers[name]
        return name

    def rename(self, name: str, new: str) -> None:
        """Let the sessions of a publication belong to it under another name."""
        for id_, (owner, session) in self._sessions.items():
            if owner == name:
                self._sessions[id_] = (new, session)
        if name in self._publishers:
            self._publishers[new] = self._publishers.pop(name)

    def get(self, session: SessionId) -> Session:
        """Return a session; raises `Missing` when there is none."""
        try:
            return self._sessions[session][1]
        except KeyError:
            raise Missing("there is no such session, or it has ended", code="no_session") from None

    def publisher_of(self, name: str) -> Session | None:
        """Return the session that publishes `name`, or that is about to."""
        return self._publishers.get(name)

    def sessions_of(self, name: str) -> list[Session]:
        """Return the sessions of one publication."""
        return [session for owner, session in self._sessions.values() if owner == name]

    def close_overdue(self, now: float) -> None:
        """Close the sessions whose deadline has passed, and count by which."""
        for session in self.sessions:
            stage = session.overdue(now, self._settings.pending_seconds, self._settings.consent_seconds)
            if stage is not None:
                self._counters.expired_sessions.labels(stage).inc()
                session.close()

    def retransmit_handshakes(self, now: float) -> None:
        """Repeat handshake flights whose answer is overdue."""
        for session in self.sessions:
            if session.retransmit_at is not None:
                session.retransmit_handshake(now)
