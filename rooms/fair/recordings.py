"""The durable facts of recordings: what was recorded, what it is made of, who may watch, what must go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Conflict, Invalid, Missing
from config.ids import AccountId, RoomId
from rooms.fair import recording_access as access_rules
from rooms.fair import recording_queries as queries
from rooms.fair import recording_rows as rows
from rooms.fair import words
from rooms.fair.database import Database, insert_once
from rooms.fair.models import RecordingRow
from rooms.fair.policy import Actor
from rooms.fair.recording import (
    Access,
    Guest,
    KeptSection,
    KeptSegment,
    Kind,
    LeftFiles,
    Place,
    Recording,
    RecordingState,
    left_files_of,
    recording_of,
    section_of,
)

TITLE_LENGTH = 120
PAGE_LIMIT = 1000
SEGMENTS_LIMIT = 100_000
SEGMENTS_AT_ONCE = 500
WHOLE_AFTER = frozenset({"ended", "limit", "quota"})
"""Reasons to stop after which nothing more will come; after any other the recording may go on."""
FULL = WHOLE_AFTER - {"ended"}
"""Those after which it does not even go on with its show."""
DAY_SECONDS = 24 * 3600


class Recordings:
    """Keeps recordings and finds them. Times come from `clock`, in Unix seconds.

    What is asked about a recording that is not there, or was deleted, is `Missing` (`no_recording`).
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def begin(
        self, recording: str, room: RoomId, started_at: float, node: str, kind: Kind = Kind.SHOW,
        title: str = "", parties: Sequence[AccountId] = (),
    ) -> Recording:
        """Return the recording with this id, running on `node`: a new one, or the one there is goes on.

        One that was at another node goes on with numbers that this one has not used and will not use.
        `parties` are those of a call. `Conflict` (`recording_deleted`) when it was deleted meanwhile, or
        (`recording_full`) when it has used all the room or time it may.
        """
        access = Access.INVITED if kind is Kind.CALL else Access.PUBLIC
        values = {
            "id": recording, "kind": kind, "room": room, "title": words.line(title)[:TITLE_LENGTH],
            "started_at": started_at, "stop_reason": "", "state": RecordingState.RECORDING, "access": access,
            "is_kept": False, "seconds": 0.0, "bytes": 0, "node": node, "storage": Place.LOCAL,
            "left_files": "", "first_section": 0, "first_segment": 0,
        }
        async with self._database.session() as session:
            if await insert_once(session, RecordingRow, values):
                await rows.set_guests(session, recording, parties)
            row = await session.get_one(RecordingRow, recording, with_for_update=True)
            if row.state == RecordingState.DELETED:
                message = "This recording was deleted; it cannot go on."
                raise Conflict(message, code="recording_deleted")
            if row.stop_reason in FULL:
                message = "This recording has used all the room or time it may; it does not go on."
                raise Conflict(message, code="recording_full")
            row.state, row.ended_at, row.stop_reason = RecordingState.RECORDING, None, ""
            if row.node != node:
                await rows.leave_room(session, row)
                row.node = node
            return recording_of(row)

    async def end(self, recording: str, reason: str) -> Recording:
        """Note that nothing more is written, and why; a recording that is whole stays as it is.

        Of several reasons the first counts: one that failed was cut short, although it was ended later.
        """
        async with self._database.session() as session:
            row = await rows.locked(session, recording)
            if row.state != RecordingState.WHOLE:
                row.ended_at, row.stop_reason = row.ended_at or self._clock(), row.stop_reason or reason
                row.state = RecordingState.WHOLE if reason in WHOLE_AFTER else row.state
            return recording_of(row)

    async def add_section(self, recording: str, section: KeptSection) -> None:
        """Write down that a file has begun; once is enough."""
        async with self._database.session() as session:
            await rows.add_section(session, await rows.locked(session, recording), section)

    async def add_segments(self, segments: Sequence[KeptSegment]) -> int:
        """Write segments down, of several recordings if need be; return how many were not known before.

        Those of recordings that are not there are passed over.
        """
        if not segments:
            return 0
        async with self._database.session() as session:
            return await rows.add_segments(session, segments)

    async def section_whole(self, recording: str, number: int, size: int, sha256: str) -> None:
        """Note a file that is complete and synced: its bytes and its hash; `Missing` (`no_section`)."""
        async with self._database.session() as session:
            await rows.locked(session, recording)
            facts: dict[str, Any] = {"is_whole": True, "bytes": size, "sha256": sha256}
            await rows.change_section(session, recording, number, **facts)

    async def moved(self, recording: str, number: int, place: Place) -> None:
        """Note that a file lies elsewhere now; `Missing` (`no_section`)."""
        async with self._database.session() as session:
            row = await rows.locked(session, recording)
            await rows.change_section(session, recording, number, place=place)
            await rows.settle_storage(session, row)

    async def not_moved(self, node: str, limit: int = 100) -> list[tuple[Recording, KeptSection]]:
        """Return files of whole recordings that lie in the data folder of `node`, the oldest in front."""
        async with self._database.reading() as session:
            found = await session.execute(queries.sections_here(node).limit(limit))
            return [(recording_of(row), section_of(section)) for row, section in found]

    async def get(self, recording: str) -> Recording:
        """Return a recording."""
        async with self._database.reading() as session:
            row = await rows.found(session, recording)
        if row is None or row.state == RecordingState.DELETED:
            raise Missing("There is no such recording.", code="no_recording")
        return recording_of(row)

    async def of_room(self, room: RoomId, limit: int = 50, before: float | None = None) -> list[Recording]:
        """Return recorded shows of a room that began `before`, the newest first; those that run too."""
        query = queries.shows_of(room).limit(min(max(limit, 0), PAGE_LIMIT))
        return await self._list(query if before is None else query.where(RecordingRow.started_at < before))

    async def last_of_room(self, room: RoomId) -> Recording | None:
        """Return the newest show of a room that is whole and open to everybody."""
        return next(iter(await self._list(queries.public_shows_of(room).limit(1))), None)

    async def unfinished(self, node: str) -> list[Recording]:
        """Return what `node` wrote last and did not end, or left torn, for repair when it starts again."""
        return await self._list(queries.unfinished(node))

    async def sections(self, recording: str) -> list[KeptSection]:
        """Return the files of a recording by number; none for one that is not there."""
        async with self._database.reading() as session:
            return [section_of(row) for row in await session.scalars(queries.sections(recording))]

    async def segments(
        self, recording: str, after: int = -1, limit: int = SEGMENTS_LIMIT
    ) -> list[KeptSegment]:
        """Return segments by number, from the one behind `after` on; none where no recording is.

        They are read a page at a time, so that others run meanwhile, and all as of one moment.
        """
        query = queries.segments(recording, after).limit(limit).execution_options(yield_per=SEGMENTS_AT_ONCE)
        async with self._database.reading() as session:
            pages = (await session.stream(query)).partitions()
            return [KeptSegment(*row) async for page in pages for row in page]

    async def elsewhere(self, recordings: Sequence[str], node: str) -> list[str]:
        """Return which of these another node has taken over from `node`."""
        async with self._database.reading() as session:
            return list(await session.scalars(queries.taken_over(recordings, node)))

    async def used_bytes(self, room: RoomId) -> int:
        """Return what all recordings of a room take, calls too."""
        async with self._database.reading() as session:
            return int(await session.scalar(queries.used_bytes(room)) or 0)

    async def may_watch(self, actor: Actor, recording: Recording) -> bool:
        """Tell whether `actor` may watch: by the recording's access; of a call only who was in it."""
        return access_rules.may_watch(actor, recording, await self._circle(recording))

    async def require_watching(self, actor: Actor, recording: Recording) -> None:
        """Raise `Denied` (`sign_in` for a guest) or `Missing` (`exhibitor_left`) unless `actor` may watch."""
        access_rules.require_watching(actor, recording, await self._circle(recording))

    async def is_public(self, recording: Recording) -> bool:
        """Tell whether everybody may watch."""
        return access_rules.is_public(recording, await self._circle(recording))

    async def require_managing(self, actor: Actor, recording: Recording) -> None:
        """Raise `Denied` unless `actor` may change the recording: staff of its room, parties of its call."""
        access_rules.require_managing(actor, recording, await self._circle(recording))

    async def require_download(self, actor: Actor, recording: Recording) -> None:
        """Raise `Denied` unless the recording is of the actor's room, or of a call the actor was in."""
        access_rules.require_download(actor, recording, await self._circle(recording))

    async def guests(self, recording: str) -> list[Guest]:
        """Return who is invited, by address."""
        async with self._database.reading() as session:
            found = await session.scalars(queries.guests(recording))
            return [Guest(AccountId(row.id), row.email, row.name) for row in found]

    async def circle(self, recording: Recording) -> str:
        """Return what tells for whom a recording is: another text once that has changed."""
        return access_rules.words_of(recording, await self._circle(recording))

    async def set_access(
        self, actor: Actor, recording: str, access: Access, guests: Sequence[AccountId] = ()
    ) -> Recording:
        """Say who may watch, `guests` if it is for `INVITED`; `Conflict` (`call_is_private`) for a call."""
        async with self._database.session() as session:
            row = await self._own(session, actor, recording)
            if row.kind == Kind.CALL:
                raise Conflict("A private call is for those who were in it.", code="call_is_private")
            row.access = access
            await rows.set_guests(session, recording, guests if access is Access.INVITED else ())
            return recording_of(row)

    async def set_kept(self, actor: Actor, recording: str, is_kept: bool) -> Recording:
        """Keep a recording for longer than others, or no longer."""
        async with self._database.session() as session:
            row = await self._own(session, actor, recording)
            row.is_kept = is_kept
            return recording_of(row)

    async def rename(self, actor: Actor, recording: str, title: str) -> Recording:
        """Give a recording a title, which may be empty; `Invalid` (`bad_title`)."""
        clean = words.line(title)
        if len(clean) > TITLE_LENGTH:
            raise Invalid("A title has at most {n} characters.", code="bad_title", fields={"n": TITLE_LENGTH})
        async with self._database.session() as session:
            row = await self._own(session, actor, recording)
            row.title = clean
            return recording_of(row)

    async def delete(self, actor: Actor, recording: str) -> None:
        """Delete a recording with all that hangs on it; `Conflict` (`still_recording`) while it runs.

        Its files are deleted by whoever asks for `files_to_delete`.
        """
        async with self._database.session() as session:
            row = await self._own(session, actor, recording)
            if recording_of(row).is_running:
                raise Conflict("This is being recorded; end the show first.", code="still_recording")
            await rows.strip(session, row)

    async def expire(self, recording: str) -> None:
        """Delete a recording because its time is over."""
        async with self._database.session() as session:
            await rows.strip(session, await rows.locked(session, recording))

    async def overdue(self, now: float, keep_days: float) -> list[Recording]:
        """Return recordings that ended longer ago than that and are not kept, the oldest first."""
        over = queries.ended_before(now - keep_days * DAY_SECONDS)
        return await self._list(over.limit(PAGE_LIMIT))

    async def files_to_delete(self, limit: int = 100) -> list[LeftFiles]:
        """Return deleted recordings whose files may be there still; a file of the store may lie here too."""
        async with self._database.reading() as session:
            found = await session.scalars(queries.with_left_files().limit(limit))
            return [left_files_of(row) for row in found]

    async def deleted_among(self, names: Sequence[str]) -> list[str]:
        """Return which of these name deleted recordings; what was never recorded is not among them."""
        async with self._database.reading() as session:
            return await rows.deleted_among(session, names)

    async def settled(self, names: Sequence[str]) -> dict[str, frozenset[int]]:
        """Return which of these recordings nothing more comes of, and the numbers of their sections."""
        async with self._database.reading() as session:
            return await rows.settled(session, names)

    async def files_deleted(self, recording: str) -> None:
        """Note that no file of a deleted recording is left."""
        async with self._database.session() as session:
            row = await rows.found(session, recording, for_update=True)
            if row is not None and row.state == RecordingState.DELETED:
                row.left_files = ""

    async def _own(self, session: AsyncSession, actor: Actor, recording: str) -> RecordingRow:
        row = await rows.locked(session, recording)
        kept = recording_of(row)
        access_rules.require_managing(actor, kept, await rows.circle_of(session, kept))
        return row

    async def _circle(self, recording: Recording) -> access_rules.Circle:
        async with self._database.reading() as session:
            return await rows.circle_of(session, recording)

    async def _list(self, query: Select[RecordingRow]) -> list[Recording]:
        async with self._database.reading() as session:
            return [recording_of(row) for row in await session.scalars(query)]
