"""What the relay answers those who come to its doors."""

from __future__ import annotations

from dataclasses import dataclass

from config.ids import SessionId


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an offer: the session it opened, the SDP, and the entity tag of its ICE (unquoted)."""

    session: SessionId
    sdp: str
    etag: str


@dataclass(frozen=True, slots=True)
class Restarted:
    """The answer to an ICE restart: a fragment of SDP, and the entity tag of the new ICE (unquoted)."""

    fragment: str
    etag: str
