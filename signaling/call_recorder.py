"""Records private calls, and only while everybody in them has agreed: the one place that begins and ends it.

What may be recorded is asked of the records each time, in turn with the answers given on this node, and again
each second, because an answer may have been given on another. What comes meanwhile is held back: it is
written once the records, asked later, say that all agree yet, and forgotten when they do not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Protocol
from weakref import WeakValueDictionary

from redis.asyncio import Redis

from config.errors import Busy, Conflict, Denied, Invalid, Missing
from config.ids import AccountId, CallId, RoomId, ShowId, new_id
from media.recording.facts import FULL, StopReason
from media.recording.sink import Recordable
from media.relay import Relay
from rooms.fair.database import Database
from rooms.negotiation.call import Call
from rooms.negotiation.calls import Calls
from rooms.negotiation.consent_rules import ConsentState
from rooms.negotiation.consents import Consents
from rooms.negotiation.states import CallState
from rooms.negotiation.thirds import Thirds
from signaling import keys
from signaling.call_channels import Channels, is_for_all
from signaling.call_notes import CallNotes, CallRecording
from signaling.call_stage import CallStage
from signaling.replies import attempt
from signaling.seats import KEEP_SECONDS

log = logging.getLogger(__name__)

FLAG_SECONDS = 5
LOOK_SECONDS = 0.05
REST_SECONDS = 30.0
"""After a recording of a call has stopped none is begun for so long: a full disk stays full for a while."""


class CallArchive(Protocol):
    """Who writes recordings."""

    can_record: bool

    async def refusal(self, call: str, room: RoomId) -> StopReason | None: ...
    async def begin_call(
        self, recording: str, room: RoomId, title: str, parties: Sequence[AccountId], publication: Recordable
    ) -> None: ...
    def moment(self) -> float: ...
    def confirm(self, recording: str, moment: float) -> None: ...
    def hush(self, recording: str, is_hushed: bool) -> None: ...
    def end(self, show: ShowId) -> None: ...
    def is_recording(self, recording: str) -> bool: ...
    def why_stopped(self, recording: str) -> StopReason | None: ...


class CallRecorder:
    """Follows the calls that go through this node; `on_change` hears when recording begins or ends."""

    def __init__(
        self, redis: Redis, database: Database, relay: Relay, stage: CallStage, archive: CallArchive,
        calls: Calls, consents: Consents, thirds: Thirds, clock: Callable[[], float],
    ) -> None:
        self.on_change: Callable[[CallId], Awaitable[None]] = _nobody
        self._redis = redis
        self._notes = CallNotes(database, thirds, clock)
        self._relay = relay
        self._stage = stage
        self._archive = archive
        self._calls = calls
        self._consents = consents
        self._thirds = thirds
        self._clock = clock
        self._running: dict[CallId, dict[str, str]] = {}
        self._in_doubt: set[tuple[CallId, AccountId]] = set()
        """Of whom it is not known what they want in a call: until they have said it again, or are gone."""
        self._rests_until: dict[CallId, float] = {}
        self._turns: WeakValueDictionary[CallId, asyncio.Lock] = WeakValueDictionary()
        """Whose turn it is in a call, for as long as anybody has or awaits it."""

    @property
    def can_record(self) -> bool:
        """Whether this fair records at all."""
        return self._archive.can_record

    async def parties(self, call: Call) -> frozenset[AccountId]:
        """Return who must agree: the two, and every third person who was let in."""
        thirds = {third.id for third in await self._thirds.of(call.id) if third.joined_at is not None}
        return frozenset({call.buyer, *thirds} | ({call.answered_by} if call.answered_by else set()))

    async def is_recorded(self, call: CallId) -> bool:
        """Tell whether a call is being recorded, on whichever node."""
        return bool(await self._redis.exists(keys.recorded(call)))

    async def why_stopped(self, call: CallId) -> str:
        """Return why the last recording stopped by itself (a `StopReason`), empty unless one did."""
        is_recorded, reason = await self._redis.mget(keys.recorded(call), keys.recording_stopped(call))
        return "" if is_recorded or not reason else str(reason)

    async def recordings(self, call: CallId) -> list[CallRecording]:
        """Return what was recorded of a call, the oldest first."""
        return await self._notes.of(call)

    async def change(self, call: Call, who: AccountId, work: Awaitable[object]) -> None:
        """Do `work`, by which `who` changes what is allowed, and follow it before anything else happens here.

        When the records cannot take it, nobody knows what they want: nothing is recorded until they have
        said it again, whatever others do meanwhile. What may be recorded no more has stopped at all nodes.
        """
        async with self._turn(call.id):
            was_in_doubt = (call.id, who) in self._in_doubt
            self._in_doubt.add((call.id, who))
            try:
                await work
            except (Invalid, Denied, Missing, Conflict):
                if not was_in_doubt:
                    self._in_doubt.discard((call.id, who))
                raise
            except Busy:
                await self._stop(call.id)
                raise
            self._in_doubt.discard((call.id, who))
            is_allowed = await self._follow(call.id)
        if not is_allowed:
            await self._until_stopped(call.id)

    async def follow(self, call_id: CallId) -> None:
        """Look at a call now."""
        async with self._turn(call_id):
            await self._follow(call_id)

    async def end(self, call_id: CallId) -> None:
        """End what is recorded of a call that is over, whatever the stores say."""
        async with self._turn(call_id):
            await attempt(self._keep_rest(call_id), "end of a call")
            await attempt(self._stop(call_id), "stop recording")

    async def sweep(self) -> None:
        """Look at each call that goes through here; called each second."""
        in_doubt = {call_id for call_id, _ in self._in_doubt}
        for call_id in self._stage.calls() | set(self._running) | in_doubt | set(self._rests_until):
            async with self._turn(call_id):
                if await attempt(self._follow(call_id), "follow call"):
                    await attempt(self._stop(call_id), "stop recording")

    def _turn(self, call_id: CallId) -> asyncio.Lock:
        return self._turns.setdefault(call_id, asyncio.Lock())

    async def _until_stopped(self, call_id: CallId) -> None:
        """Return once no other node records a call: each looks once a second, and a dead one says so no more.

        Whoever has withdrawn is not refused because that cannot be seen.
        """
        with suppress(Busy, TimeoutError):
            async with asyncio.timeout(FLAG_SECONDS):
                while True:
                    if not await self.is_recorded(call_id):
                        return
                    await asyncio.sleep(LOOK_SECONDS)

    async def _follow(self, call_id: CallId) -> bool:
        """Do what the records say now; return whether the call may be recorded."""
        moment = self._archive.moment()
        connected = self._stage.connected(call_id)  # before it is read who may be: nobody comes in between
        call = await self._calls.get(call_id)
        channels = await self._stage.keep_channels(call_id)
        if call.state is CallState.TALKING:
            for gone in connected - await self.parties(call):  # sent away at another node
                self._stage.send_away(call_id, gone)
        is_allowed = call.state is CallState.TALKING and await self._is_agreed(call)
        if not is_allowed:
            await self._stop(call_id)
            self._stage.drop_idle(call_id)
        else:
            await self._record(call, channels)
            self._keep(call.id, channels, moment)
        if call.state is not CallState.TALKING:
            self._stage.end(call_id)
            self._rests_until.pop(call_id, None)
            self._in_doubt -= {doubt for doubt in self._in_doubt if doubt[0] == call_id}
        return is_allowed

    async def _keep_rest(self, call_id: CallId) -> None:
        """Write the last of a call in which all agreed to its end."""
        if self._running.get(call_id):
            moment = self._archive.moment()
            channels = await self._stage.keep_channels(call_id)
            if await self._is_agreed(await self._calls.get(call_id)):
                self._keep(call_id, channels, moment)

    def _keep(self, call_id: CallId, channels: Channels, moment: float) -> None:
        """Write what came up to a moment, and of sounds only what is for all now."""
        for seat, recording in self._running.get(call_id, {}).items():
            self._archive.hush(recording, not is_for_all(channels, seat))
            self._archive.confirm(recording, moment)

    async def _is_agreed(self, call: Call) -> bool:
        """Tell whether all who are in a call agree that it is recorded, or did so to its end."""
        if not self.can_record:
            return False
        parties = await self.parties(call)
        if any((call.id, party) in self._in_doubt for party in parties):
            return False
        found = await self._consents.standing(call.id, parties)
        return found.state is ConsentState.AGREED

    async def _record(self, call: Call, channels: Channels) -> None:
        running = self._running.setdefault(call.id, {})
        was_idle = not running
        await self._drop_stopped(call.id, running)
        if self._clock() >= self._rests_until.get(call.id, 0.0):
            await self._begin(call, running, channels)
        if running:
            await self._redis.set(keys.recorded(call.id), "1", ex=FLAG_SECONDS)
        if running and was_idle:
            await self._redis.delete(keys.recording_stopped(call.id))
            log.info("a call is recorded", extra={"call": call.id})
            await self.on_change(call.id)
        elif not running and not was_idle:
            await self._tell_of_end(call.id)

    async def _drop_stopped(self, call_id: CallId, running: dict[str, str]) -> None:
        """Let go of what is recorded no more, for a while, or for good when all there is was used."""
        for seat, recording in list(running.items()):
            if not self._archive.is_recording(recording):
                reason = self._archive.why_stopped(recording) or StopReason.FAILED
                await self._redis.set(keys.recording_stopped(call_id), reason, ex=KEEP_SECONDS)
                rest = float("inf") if reason in FULL else REST_SECONDS
                self._rests_until[call_id] = self._clock() + rest
                del running[seat]
                self._archive.end(ShowId(recording))

    async def _begin(self, call: Call, running: dict[str, str], channels: Channels) -> None:
        for sent in self._stage.live(call.id):
            publication = self._relay.publication(sent.name)
            if sent.seat not in running and publication is not None:
                if await self._is_refused(call):
                    return
                recording = new_id()
                await self._notes.add(call, sent, recording)
                parties = [account for account in (call.buyer, call.answered_by) if account]
                await self._archive.begin_call(recording, call.room, _title(call), parties, publication)
                self._archive.hush(recording, not is_for_all(channels, sent.seat))
                running[sent.seat] = recording

    async def _is_refused(self, call: Call) -> bool:
        """Tell whether there is no room to begin in, and say so in the call; it asks again after a rest."""
        why = await self._archive.refusal(call.id, call.room)
        if why is None:
            return False
        self._rests_until[call.id] = self._clock() + REST_SECONDS
        told = await self._redis.set(keys.recording_stopped(call.id), why, ex=KEEP_SECONDS, get=True)
        if told != why:
            await self.on_change(call.id)
        return True

    async def _stop(self, call_id: CallId) -> None:
        """End what is recorded of a call; packets that come from now on reach no file."""
        running = self._running.pop(call_id, None)
        if not running:
            return
        for recording in running.values():
            self._archive.end(ShowId(recording))
        await self._tell_of_end(call_id)

    async def _tell_of_end(self, call_id: CallId) -> None:
        await self._redis.delete(keys.recorded(call_id))
        log.info("a call is recorded no more", extra={"call": call_id})
        await self.on_change(call_id)


def _title(call: Call) -> str:
    return f"{call.buyer_name} - {call.answered_by_name or ''}"


async def _nobody(call: CallId) -> None:
    """Tell nobody: there are no sockets yet."""
