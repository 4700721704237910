"""The stage: the one object where a room and its media meet.

It lets publishers and viewers to the relay, turns "packets flow" and "packets have ceased" into the life of
a show, and ends shows. A show begins with the first packet, is away when packets cease, whatever the reason,
and ends when the anchor ends it or when the picture does not return within its grace.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable
from contextlib import suppress

from config.errors import Denied, FairError, Missing
from config.ids import RoomId, SessionId
from config.settings import ShowSettings
from media.answers import Answered, Restarted
from media.facts import PublicationFacts
from media.publication import Feeder, Publication
from media.relay import Relay
from media.subscription import Subscription
from rooms.fair.companies import Companies
from rooms.fair.policy import Actor, Permission, require
from rooms.fair.programme import Programme
from rooms.fair.shows_log import ShowLog
from rooms.live.audience import Audience
from rooms.live.rehearsals import Rehearsals
from rooms.live.shows import Shows, ShowState
from signaling.backstage import Beginnings, ShowArchive, StageListener
from signaling.bearers import Anchor, Bearers
from signaling.billing import Bill
from signaling.old_keys import OldKeys
from signaling.recording_news import RecordingNews
from signaling.rehearsal import RehearsalStage
from signaling.replies import attempt
from signaling.sessions import Held, Sessions, digest
from signaling.show_ends import ShowEnds
from signaling.shows_here import Fate, ShowsHere
from signaling.stills import Decoder, Stills
from signaling.tasks import end
from signaling.tickets import Grounds
from signaling.viewer_counts import ViewerCounts

RETRY_SECONDS = 1.0


class Stage:
    """Hears the relay's events and acts on them in a task of its own: `start` it, `close` it.

    Of several changes of one room that come while a store is away only the last is acted on.
    """

    def __init__(
        self, relay: Relay, shows: Shows, audience: Audience, show_log: ShowLog, companies: Companies,
        bearers: Bearers, decoder: Decoder, archive: ShowArchive, chronicle: Beginnings,
        settings: ShowSettings, listener: StageListener, programme: Programme, rehearsals: Rehearsals,
        clock: Callable[[], float], node: str = "",
    ) -> None:
        self._relay, self._shows, self._audience = relay, shows, audience
        self._show_log, self._companies = show_log, companies
        self._bearers, self._archive, self._listener = bearers, archive, listener
        self.rehearsals = RehearsalStage(relay, shows, rehearsals, bearers, listener)
        self.bill = Bill(programme, shows, listener, clock)
        self._ends = ShowEnds(shows, show_log, archive, self.bill, listener)
        self._chronicle = chronicle
        self._node = node or platform.node()
        self._here = ShowsHere(shows, show_log, self._node)
        self.stills = Stills(relay, decoder, settings.thumbnail_seconds)
        self._publishers, self._viewers = Sessions(), Sessions()
        self.old_keys = OldKeys(self._publishers, bearers, self.end)
        self._anchors: dict[RoomId, Anchor] = {}
        self._changes: dict[RoomId, bool] = {}
        self.counts = ViewerCounts(audience, listener)
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        relay.events = self

    async def start(self) -> None:
        """Begin to act; shows left running when this node stopped are away. The relay runs already."""
        self.counts.node = f"{self._node}:{self._relay.port}"
        await self._audience.forget(self.counts.node)
        for show in await self._shows.live():
            if show.state is ShowState.LIVE and not self._relay.is_live(show.room):
                await self._shows.away(show.room)
        self._task = asyncio.create_task(self._act())

    async def close(self) -> None:
        """Stop acting. Running shows stay as they are: within their grace a restart finds them again."""
        if self._task:
            await end(self._task)

    async def publish(
        self, room: RoomId, offer: str, bearer: str, address: str, *, to_rehearse: bool = False
    ) -> Answered:
        """Let a publisher on; the same account replaces its own session, all others wait until it is away.

        Who comes `to_rehearse` begins no show: `Conflict` (`no_rehearsal`) where the rehearsal is over.
        """
        anchor = await self._bearers.anchor(room, bearer)
        present = self._anchors.get(room)
        is_same = anchor.has_account and present is not None and present.owner == anchor.owner
        name = await self.rehearsals.place(room, anchor if to_rehearse else None)
        answered = await self._relay.publish(name, offer, address, replace=is_same)
        self._anchors[room] = anchor
        self._here.expect(room)
        self.rehearsals.published(name, anchor)
        held = Held(answered.session, room, answered.etag, anchor.owner, digest(bearer), anchor.grounds)
        self._publishers.keep(held)
        return answered

    async def feed(self, room: RoomId, anchor: Anchor, feeder: Feeder) -> Publication:
        """Let a film on and return what it is fed into; `Conflict` unless the room is free."""
        await self.rehearsals.require_free(room)
        publication = self._relay.feed(room, feeder)
        self._anchors[room] = anchor
        self._here.expect(room)
        return publication

    async def view(
        self, room: RoomId, offer: str, actor: Actor, address: str, bearer: str, grounds: Grounds | None
    ) -> Answered:
        """Let a viewer in; staff with a ticket for it see what is rehearsed, others what is on the air."""
        require(actor, Permission.WATCH, room)
        if self._relay.publication(room) is None:  # what is on the air is seen without the records, too
            await self._companies.by_room(room)
        name, own = self.rehearsals.seen_by(room, bearer)
        answered = await self._relay.subscribe(name, offer, address)
        self._viewers.keep(Held(answered.session, room, answered.etag, actor.id, grounds=own or grounds))
        return answered

    async def publisher(
        self, room: RoomId, session: SessionId, bearer: str, *, or_ended: bool = False
    ) -> Held:
        """Return a publisher's session to who opened it, by its token or by a newer one of the same owner."""
        held = self._publishers.get(room, session, or_ended=or_ended)
        if not bearer:
            raise Denied("Send the token this session was opened with.", code="no_bearer")
        if held.was_opened_with(bearer):
            return held
        if held.owner != (await self._bearers.anchor(room, bearer)).owner:
            raise Denied("This session was opened by somebody else.", code="denied")
        return held

    def viewer(self, room: RoomId, session: SessionId, *, or_ended: bool = False) -> Held:
        """Return a viewer's session; whoever knows its address may change it."""
        return self._viewers.get(room, session, or_ended=or_ended)

    def seat(self, held: Held) -> Subscription:
        """Return the viewer of a session, who may choose what is sent."""
        return self._relay.viewer(held.session)

    def trickle(self, held: Held, fragment: str) -> None:
        """Check trickled candidates, which an ICE-lite agent does not need."""
        self._relay.trickle(held.session, fragment)

    def restart_ice(self, held: Held, fragment: str) -> Restarted:
        """Let a peer come by another network; the session, its show and its viewers stay as they are."""
        restarted = self._relay.restart_ice(held.session, fragment)
        for sessions in (self._publishers, self._viewers):
            sessions.retag(held.session, restarted.etag)
        return restarted

    def end(self, held: Held) -> None:
        """End one session, which may have ended by itself: encoders close their line before they say so."""
        self.session_ended(held.session)
        with suppress(Missing):
            self._relay.end_session(held.session)

    def void(self, is_void: Callable[[Grounds], bool]) -> list[Held]:
        """Return what is sent and seen at this node on grounds that are good no more."""
        return [*self._publishers.void(is_void), *self._viewers.void(is_void)]

    async def end_show(self, actor: Actor, room: RoomId) -> None:
        """End the show of a room now; where none runs nothing happens."""
        require(actor, Permission.END_SHOW, room)
        await self._finish(room)

    async def finish(self, room: RoomId) -> None:
        """End the show of a room whoever would have it go on: a film that is over, an exhibitor who left."""
        await self._finish(room)

    def sending(self, room: RoomId) -> PublicationFacts | None:
        """Return how the picture of a room arrives, while it does."""
        return self._relay.facts(room) if self._relay.is_live(room) else None

    def recording(self, room: RoomId) -> RecordingNews:
        """Return how the recording of a room's show goes."""
        return self._archive.news(room)

    def publication_live(self, name: str) -> None:
        """Hear that packets flow."""
        if not self.rehearsals.hears(name):
            self._note(RoomId(name), is_live=True)

    def publication_away(self, name: str) -> None:
        """Hear that packets have ceased."""
        if not self.rehearsals.hears(name):
            self._archive.away(RoomId(name))
            self._note(RoomId(name), is_live=False)

    def audience_changed(self, name: str, viewers: int) -> None:
        """Hear how many watch; told to others once a second."""
        if not self.rehearsals.hears(name):
            self.counts.note(RoomId(name), viewers)

    def session_ended(self, session: SessionId) -> None:
        """Hear that a session is over: most end without a word by their door, and would be remembered."""
        self._publishers.forget(session)
        self._viewers.forget(session)

    async def end_overdue(self) -> None:
        """End shows whose picture did not return in time; called each second, on any node."""
        await self._ends.write_rest()
        for room, epoch in (await self._shows.expired()).items():
            if not self._relay.is_live(room):
                await self._finish(room, epoch)

    async def compare(self) -> None:
        """Follow what became of this node's shows: ended or gone on at another, or forgotten by the store."""
        for show, fate in await self._here.fates(self._relay.is_live):
            if fate is Fate.ENDED:
                self._drop(show.room)
            elif fate is Fate.ELSEWHERE:
                self._archive.went_on(show.id, has_picture=self._relay.is_live(show.room))
            else:
                self._note(show.room, is_live=self._relay.is_live(show.room))

    async def report_sending(self) -> None:
        """Tell the consoles how their pictures arrive; called each two seconds."""
        shown = ((room, self.sending(room)) for room in self._here.rooms())
        for room, facts in (*shown, *self.rehearsals.facts().items()):
            if facts:
                await self._listener.sending_changed(room, facts)

    def _note(self, room: RoomId, *, is_live: bool) -> None:
        self._changes[room] = is_live
        self._changed.set()

    async def _act(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self._changes:
                room = next(iter(self._changes))  # the oldest: one that is put back holds up no other
                is_live = self._changes.pop(room)
                if await attempt(self._change(room, is_live=is_live), "show changed"):
                    self._changes.setdefault(room, is_live)
                    await asyncio.sleep(RETRY_SECONDS)

    async def _change(self, room: RoomId, *, is_live: bool) -> None:
        if await self._here.put_back(room):
            self.counts.note(room, self._relay.viewers(room))
        if not is_live:
            show = await self._shows.away(room, self._node)
            if show:
                await self._listener.show_changed(room, show)
            return
        anchor, announced = self._anchors.get(room), await self.bill.next_of(room)
        title = announced.wish.title if announced else ""
        name, film = (anchor.name, anchor.film) if anchor else ("", None)
        show = await self._shows.begin(room, name, title, film, self._node, self._here.epoch_of(room))
        if show.node != self._node:  # it went on there while nothing was seen here
            self._relay.end_publication(room)
            return
        if self._relay.publication(room) is None:  # somebody ended it before it was known here
            await self._finish(room, show.epoch)
            return
        self._here.keep(show)
        self.stills.expect(room)
        if show.film is None:
            self._archive.begin(show, show.title)
            self._chronicle.began(show)
        await self._listener.show_changed(room, show)
        await self._show_log.begin(show, show.title)
        await self.bill.begun(announced, show)

    async def _finish(self, room: RoomId, epoch: int | None = None) -> None:
        """End the show that runs in a room, or that which is away at `epoch`, unless its picture is back."""
        try:
            show = await self._ends.end(room, epoch)
        except FairError:
            if epoch is None:  # who wants it off the air has it so: it is away until it can be ended
                self._relay.end_publication(room)
                self._note(room, is_live=False)
            raise
        if epoch is None or (show is not None and not self._relay.is_live(room)):
            self._drop(room)
        if show is not None:
            await self._ends.write(show)

    def _drop(self, room: RoomId) -> None:
        show = self._here.pop(room)
        if show is not None:
            self._archive.end(show.id)
        self._anchors.pop(room, None)
        self.stills.forget(room)
        self._relay.end_publication(room)
        self._changes.pop(room, None)
