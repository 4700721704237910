"""WHIP (RFC 9725) without HTTP: publishers begin, change and end their sessions."""

from __future__ import annotations

from config.ids import RoomId, SessionId
from media.answers import Answered, Restarted
from signaling.sessions import is_restart
from signaling.stage import Stage


class Whip:
    """The publishers' door; `bearer` is a stream key or a publish ticket."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def create(
        self, room: RoomId, offer: str, bearer: str, address: str, *, to_rehearse: bool = False
    ) -> Answered:
        """Begin to publish into `room` and return the answer.

        `Missing` (`no_room`), `Denied` (`no_bearer`, `wrong_key`, `ticket_…`, `denied`), `Invalid` (`sdp_…`),
        `Conflict` (`already_publishing`, `no_rehearsal`), `Busy`.
        """
        return await self._stage.publish(room, offer, bearer, address, to_rehearse=to_rehearse)

    async def patch(
        self, room: RoomId, session: SessionId, bearer: str, etag: str | None, body: str, content_type: str
    ) -> Restarted | None:
        """Take trickled candidates, or restart ICE and return what the peer needs for that.

        The refusals are those of `is_restart`, `Invalid` (`sdp_…`), `Missing` and `Denied`.
        """
        held = await self._stage.publisher(room, session, bearer)
        if is_restart(held, etag, content_type):
            return self._stage.restart_ice(held, body)
        self._stage.trickle(held, body)
        return None

    async def delete(self, room: RoomId, session: SessionId, bearer: str) -> None:
        """End the session, or find it ended; the show waits for the picture to return."""
        self._stage.end(await self._stage.publisher(room, session, bearer, or_ended=True))
