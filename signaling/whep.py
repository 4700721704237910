"""WHEP (the IETF draft) without HTTP: viewers begin, change and end their sessions.

Rooms are public: nobody needs a bearer token to watch, except a rehearsal, and the session URL, which nobody
can guess, is all it takes to end one's own session.
"""

from __future__ import annotations

from config.ids import RoomId, SessionId
from media import sizes
from media.answers import Answered, Restarted
from media.sizes import Sizes
from media.subscription import Subscription
from rooms.fair.policy import Actor
from signaling.sessions import is_restart
from signaling.stage import Stage
from signaling.tickets import Grounds


class Whep:
    """The viewers' door."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def create(
        self, room: RoomId, offer: str, actor: Actor, address: str, bearer: str = "",
        grounds: Grounds | None = None,
    ) -> Answered:
        """Begin to view `room` and return the answer; `bearer` may be a ticket for its rehearsal.

        Who has signed in gives the `grounds`, and sees no more than they are good for.
        `Missing` (`no_room`), `Denied`, `Invalid` (`sdp_…`), `Conflict` (`not_live`), `Busy`.
        """
        return await self._stage.view(room, offer, actor, address, bearer, grounds)

    async def patch(
        self, room: RoomId, session: SessionId, bearer: str, etag: str | None, body: str, content_type: str
    ) -> Restarted | None:
        """Take trickled candidates, or restart ICE and return what the peer needs for that.

        The refusals are those of `is_restart`, `Invalid` (`sdp_…`), `Missing`.
        """
        held = self._stage.viewer(room, session)
        if is_restart(held, etag, content_type):
            return self._stage.restart_ice(held, body)
        self._stage.trickle(held, body)
        return None

    async def delete(self, room: RoomId, session: SessionId, bearer: str) -> None:
        """End the session, or find it ended."""
        self._stage.end(self._stage.viewer(room, session, or_ended=True))

    def sizes(self, room: RoomId, session: SessionId) -> Sizes:
        """Return in which sizes the picture comes, and which one this viewer is sent; `Missing`."""
        return sizes.sizes_of(self._seat(room, session))

    def choose(self, room: RoomId, session: SessionId, name: str | None) -> None:
        """Send this size from its next key frame on, or with None what fits; `Missing` (`no_size`)."""
        sizes.choose(self._seat(room, session), name)

    def bound(self, room: RoomId, session: SessionId, height: int | None) -> None:
        """Send no more than a place of so many pixels' height needs, with None what there is; `Missing`."""
        sizes.bound(self._seat(room, session), height)

    def show(self, room: RoomId, session: SessionId, *, is_on: bool) -> None:
        """Send the picture from its next key frame on, or sound alone; `Missing`."""
        sizes.show(self._seat(room, session), is_on=is_on)

    def _seat(self, room: RoomId, session: SessionId) -> Subscription:
        return self._stage.seat(self._stage.viewer(room, session))
