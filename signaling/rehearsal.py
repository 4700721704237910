"""The rehearsal: what a room sends while only its staff may see it.

It flows through the relay under a name of its own, so that nothing public, neither a viewer's door nor a show
nor a recording, can come upon it. Going live gives it the room's name; its sessions stay.
"""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from config.errors import Conflict, FairError
from config.ids import RoomId
from media.facts import PublicationFacts
from media.relay import Relay
from rooms.fair.policy import Actor, Permission, require
from rooms.live.rehearsals import Rehearsal, Rehearsals
from rooms.live.shows import Shows
from signaling.bearers import Anchor, Bearers
from signaling.tickets import Grounds

PREFIX = "rehearsal:"


class RehearsalListener(Protocol):
    """Who is told about rehearsals."""

    async def rehearsal_changed(
        self, room: RoomId, rehearsal: Rehearsal | None, *, has_picture: bool
    ) -> None: ...


class RehearsalStage:
    """Begins rehearsals, shows them to staff, opens them. Each node sees to those whose picture it has."""

    def __init__(
        self, relay: Relay, shows: Shows, rehearsals: Rehearsals, bearers: Bearers,
        listener: RehearsalListener,
    ) -> None:
        self._relay = relay
        self._shows = shows
        self._rehearsals = rehearsals
        self._bearers = bearers
        self._listener = listener
        self._here: dict[RoomId, Anchor] = {}
        self._changed: Counter[RoomId] = Counter()
        """How often a rehearsal has changed that is still to be told."""

    async def begin(self, actor: Actor, room: RoomId) -> None:
        """Keep what comes next from the audience; `Denied`, `Conflict` (`on_air`)."""
        require(actor, Permission.REHEARSE, room)
        if self._relay.facts(room) is not None:
            raise Conflict("This room is on air. End the show before you rehearse.", code="on_air")
        await self._rehearsals.begin(room, actor.name)
        await self._tell(room)

    async def go_live(self, actor: Actor, room: RoomId) -> None:
        """Show everybody what is rehearsed, without a new session; `Conflict` (`no_rehearsal`)."""
        require(actor, Permission.PUBLISH, room)
        if not await self._rehearsals.open(room):
            raise Conflict("There is no rehearsal in this room any more.", code="no_rehearsal")
        if room in self._here:
            await self._open(room)
        await self._tell(room)

    async def end(self, actor: Actor, room: RoomId) -> None:
        """Stop the rehearsal; where none is nothing happens.

        `Conflict` (`still_sending`) while another program sends: it would come back at once, and be live.
        """
        require(actor, Permission.REHEARSE, room)
        if self._returns(room):
            message = "Stop the stream in OBS or FFmpeg first: it would come back at once, and be live."
            raise Conflict(message, code="still_sending")
        await self._rehearsals.end(room)
        self._close(room)
        await self._tell(room)

    async def require_free(self, room: RoomId) -> None:
        """Raise `Conflict` while a room rehearses (`rehearsing`) or has a show (`already_publishing`).

        A show that waits for its picture counts: what is fed into its room would become part of it.
        """
        if await self.of(room):
            raise Conflict("This room rehearses. Stop the rehearsal first.", code="rehearsing")
        if await self._shows.get(room):
            message = "A show runs in this room, or waits for its picture. End it first."
            raise Conflict(message, code="already_publishing")

    async def place(self, room: RoomId, rehearsing: Anchor | None = None) -> str:
        """Return under which name a publisher of this room comes in now.

        Who comes to rehearse goes on the air only where what they rehearsed was opened to all: `Conflict`
        (`no_rehearsal`) where it has ended meanwhile, as while their computer slept.
        """
        rehearsal = await self._rehearsals.of(room)
        if rehearsal is None and rehearsing is not None:
            show = await self._shows.get(room)
            if show is None or show.anchor != rehearsing.name:
                raise Conflict("The rehearsal has ended meanwhile. Nothing is sent.", code="no_rehearsal")
        return room if rehearsal is None or rehearsal.is_opening else PREFIX + room

    def published(self, name: str, anchor: Anchor) -> None:
        """Note whose picture is rehearsed here now, if this is a rehearsal."""
        if name.startswith(PREFIX):
            self._here[RoomId(name.removeprefix(PREFIX))] = anchor

    def seen_by(self, room: RoomId, bearer: str) -> tuple[str, Grounds | None]:
        """Return the name of what a viewer of this room may see: with a ticket for it, its rehearsal.

        And on what grounds; None for what everybody may see.
        """
        if not bearer or room not in self._here:
            return room, None
        return PREFIX + room, self._bearers.check_rehearsal(room, bearer)

    def hears(self, name: str) -> bool:
        """Take what the relay says of a rehearsal; tell whether it was one."""
        if not name.startswith(PREFIX):
            return False
        self._changed[RoomId(name.removeprefix(PREFIX))] += 1
        return True

    def facts(self) -> dict[RoomId, PublicationFacts]:
        """Return how the pictures that are rehearsed here arrive."""
        live = {room for room in self._here if self._relay.is_live(PREFIX + room)}
        found = {room: self._relay.facts(PREFIX + room) for room in live}
        return {room: facts for room, facts in found.items() if facts}

    def has_picture(self, room: RoomId) -> bool:
        """Tell whether the picture of a rehearsal arrives here now."""
        return self._relay.is_live(PREFIX + room)

    async def of(self, room: RoomId) -> Rehearsal | None:
        """Return the rehearsal of a room."""
        rehearsal = await self._rehearsals.of(room)
        return None if rehearsal is None or rehearsal.is_opening else rehearsal

    async def sweep(self) -> None:
        """Do what other nodes decided about the rehearsals here, and tell what changed; each second."""
        for room in list(self._here):
            rehearsal = await self._rehearsals.of(room)
            if rehearsal is None and self._returns(room):
                await self._rehearsals.begin(room, self._here[room].name)
            elif rehearsal is None:
                self._close(room)
            elif rehearsal.is_opening:
                await self._open(room)
        for room, changes in list(self._changed.items()):
            await self._tell(room)
            if self._changed[room] == changes:  # else it has changed while it was told
                del self._changed[room]

    def _returns(self, room: RoomId) -> bool:
        """Tell whether what sends here is a program that comes back by itself when its session ends."""
        anchor = self._here.get(room)
        return anchor is not None and not anchor.has_account and self.has_picture(room)

    def _close(self, room: RoomId) -> None:
        self._here.pop(room, None)
        self._relay.end_publication(PREFIX + room)

    async def _open(self, room: RoomId) -> None:
        """Give the rehearsal the room's name; one that sends nothing has nothing to show and is over."""
        del self._here[room]
        try:
            self._relay.rename(PREFIX + room, room)
        except FairError:
            self._relay.end_publication(PREFIX + room)
        await self._rehearsals.end(room)

    async def _tell(self, room: RoomId) -> None:
        has_picture = self.has_picture(room)
        await self._listener.rehearsal_changed(room, await self.of(room), has_picture=has_picture)
