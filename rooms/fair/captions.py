"""The captions of shows: a track for each language, uploaded and edited by staff or sent during the show."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from babel import Locale, UnknownLocaleError
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Conflict, Invalid, Missing
from config.ids import RoomId, ShowId, new_id
from config.turns import in_turns
from rooms.fair import caption_rows, words
from rooms.fair.database import Database, insert_once
from rooms.fair.models import CompanyRow
from rooms.fair.moments import deleted, unrecorded
from rooms.fair.policy import Actor, Permission, require
from rooms.fair.show_models import CaptionCueRow, CaptionsRow
from rooms.fair.webvtt import MOST_CUES, Cue, checked, read

MOST_LANGUAGES = 20
ROWS_AT_ONCE = 500
"""Rows in one statement: stores limit its parameters."""
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?", re.IGNORECASE)
"""Language, script and region of BCP 47; what else it knows nobody has captions in."""
CUE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Kind(StrEnum):
    """Where captions come from."""

    UPLOADED = "uploaded"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Track:
    """The captions of a show in one language (BCP 47); `changed_at` is Unix time."""

    show: ShowId
    room: RoomId
    language: str
    title: str
    kind: Kind
    changed_at: float


class Captions:
    """Keeps tracks and cues."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._working = asyncio.Lock()
        """One file at a time is read or checked: of several, each would have its turn before others run."""

    async def languages(self, show: ShowId) -> list[tuple[str, str]]:
        """Return the languages a show has captions in, each with the name people read."""
        return [(track.language, track.title) for track in await self.tracks(show)]

    async def tracks(self, show: ShowId) -> list[Track]:
        """Return the tracks of a show by language."""
        query = select(CaptionsRow).where(CaptionsRow.show == show).order_by(CaptionsRow.language)
        async with self._database.reading() as session:
            return [_track(row) for row in await session.scalars(query)] if words.is_id(show) else []

    async def track(self, show: ShowId, language: str) -> Track:
        """Return one track; `Missing` (`no_captions`)."""
        async with self._database.reading() as session:
            return _track(_there(await _row(session, show, language)))

    async def cues(
        self, show: ShowId, language: str, start: float = 0.0, end: float = float("inf")
    ) -> list[Cue]:
        """Return the cues shown between two seconds of a show, in order; `Missing` (`no_captions`).

        They are read a page at a time, so that others run meanwhile.
        """
        async with self._database.reading() as session:
            row = _there(await _row(session, show, language))
            it = CaptionCueRow
            wanted = select(it.id, it.start, it.end, it.text).where(it.captions == row.id, it.end > start)
            if end != float("inf"):
                wanted = wanted.where(it.start < end)
            ordered = wanted.order_by(it.start, it.id).execution_options(yield_per=ROWS_AT_ONCE)
            pages = (await session.stream(ordered)).partitions()
            return [Cue(*cue) async for page in pages for cue in page]

    async def put_file(
        self, actor: Actor, show: ShowId, room: RoomId, language: str, title: str, data: bytes
    ) -> Track:
        """Keep the captions of a file as `put` does; `BadCaptions` where it is none."""
        require(actor, Permission.EDIT_CAPTIONS, room)
        async with self._working:
            cues = await in_turns(read(data))
        return await self.put(actor, show, room, language, title, cues)

    async def put(
        self, actor: Actor, show: ShowId, room: RoomId, language: str, title: str, cues: Sequence[Cue],
        seen: float | None = None,
    ) -> Track:
        """Keep captions in place of all there were in this language.

        `seen` is the `changed_at` an editor began from: `Conflict` (`captions_changed`) when it is another
        by now. `Invalid` (`bad_language`, `bad_cue`, `too_many_cues`), `Missing` (`no_recording`) once the
        recording was deleted.
        """
        require(actor, Permission.EDIT_CAPTIONS, room)
        language = tag_of(language)
        if len(cues) > MOST_CUES:
            raise Invalid("These are more captions than a show can have.", code="too_many_cues")
        async with self._working:
            clean = await in_turns(map(checked, cues))
        clean.sort(key=lambda cue: (cue.start, cue.end))
        async with self._database.session() as session:
            row = await self._open(session, show, room, language, Kind.UPLOADED)
            if seen is not None and abs(row.changed_at - seen) > 1e-6:
                message = "Somebody else has changed these captions. Reload the page to see how they are now."
                raise Conflict(message, code="captions_changed")
            row.kind, row.title = Kind.UPLOADED, words.line(title)[:80] or name_of(language)
            row.changed_at = self._clock()
            await session.execute(delete(CaptionCueRow).where(CaptionCueRow.captions == row.id))
            await _add(session, row.id, clean)
        return _track(row)

    async def delete(self, actor: Actor, show: ShowId, room: RoomId, language: str) -> None:
        """Delete a track; `Missing` (`no_captions`)."""
        require(actor, Permission.EDIT_CAPTIONS, room)
        async with self._database.session() as session:
            row = _there(await _row(session, show, language, for_update=True))
            await session.execute(delete(CaptionCueRow).where(CaptionCueRow.captions == row.id))
            await session.delete(row)

    async def forget_unrecorded(self, before: float) -> None:
        """Delete the captions of shows that ended before that Unix time and have no recording."""
        async with self._database.session() as session:
            await caption_rows.forget(session, unrecorded(before))

    async def is_uploaded(self, show: ShowId, language: str) -> bool:
        """Tell whether staff have uploaded captions in this language, which live ones do not replace."""
        async with self._database.reading() as session:
            row = await _row(session, show, language)
            return row is not None and row.kind == Kind.UPLOADED

    async def add_live(self, show: ShowId, room: RoomId, language: str, cues: Iterable[Cue]) -> None:
        """Keep cues of a running show; one with an id that is there replaces it.

        `Conflict` (`captions_uploaded`) where staff have uploaded captions in this language, `Invalid`
        (`too_many_cues`) when the show is full, `Missing` (`no_recording`) once its recording was deleted.
        """
        async with self._database.session() as session:
            row = await self._open(session, show, room, language, Kind.LIVE)
            if row.kind != Kind.LIVE:
                raise captions_uploaded()
            count = select(func.count()).where(CaptionCueRow.captions == row.id)
            if (await session.scalar(count) or 0) >= MOST_CUES:
                raise Invalid("These are more captions than a show can have.", code="too_many_cues")
            row.changed_at = self._clock()
            for cue in cues:
                await session.merge(
                    CaptionCueRow(captions=row.id, id=cue.id, start=cue.start, end=cue.end, text=cue.text)
                )

    async def _open(
        self, session: AsyncSession, show: ShowId, room: RoomId, language: str, kind: Kind
    ) -> CaptionsRow:
        """Return the row of a track for change, made when it is not there; `Missing` for a deleted show."""
        if await deleted(session, {show}):
            raise Missing("There is no such recording.", code="no_recording")
        if await _row(session, show, language) is None:
            # One at a time in a room: they are counted.
            await session.execute(select(CompanyRow.id).where(CompanyRow.room == room).with_for_update())
            query = select(func.count()).where(CaptionsRow.show == show)
            if (await session.scalar(query) or 0) >= MOST_LANGUAGES:
                raise Invalid("A show has captions in at most 20 languages.", code="too_many_languages")
            await insert_once(session, CaptionsRow, {
                "id": new_id(), "show": show, "room": room, "language": language, "title": name_of(language),
                "kind": kind, "changed_at": 0.0,
            })
        return _there(await _row(session, show, language, for_update=True))


def tag_of(language: str) -> str:
    """Return a language tag as BCP 47 writes it (`zh-Hans-CN`); `Invalid` (`bad_language`)."""
    if not LANGUAGE.fullmatch(language):
        message = "Name the language by a code such as en, pt-BR or zh-Hans."
        raise Invalid(message, code="bad_language")
    first, *rest = language.split("-")
    return "-".join([first.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])


def name_of(language: str) -> str:
    """Return a language's own name; the tag itself where nobody has told it."""
    try:
        name = str(Locale.parse(language, sep="-").get_display_name() or language)
    except (ValueError, UnknownLocaleError):
        return language
    return (name[:1].upper() + name[1:])[:80]


def cue_id(text: str) -> str:
    """Return the id of a cue as it was given, or a new one for none; `Invalid` (`bad_cue`)."""
    if text and not CUE_ID.fullmatch(text):
        raise Invalid("The id of a caption has 1 to 64 letters, digits and . _ : -", code="bad_cue")
    return text or new_id()


def captions_uploaded() -> Conflict:
    """Return the refusal of live captions where there are finished ones."""
    return Conflict("There are finished captions in this language.", code="captions_uploaded")


async def _row(
    session: AsyncSession, show: ShowId, language: str, *, for_update: bool = False
) -> CaptionsRow | None:
    if not (words.is_id(show) and words.is_id(language)):
        return None
    query = select(CaptionsRow).where(CaptionsRow.show == show, CaptionsRow.language == language)
    fresh = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(fresh if for_update else query)


def _there(row: CaptionsRow | None) -> CaptionsRow:
    if row is None:
        raise Missing("This show has no captions in this language.", code="no_captions")
    return row


async def _add(session: AsyncSession, captions: str, cues: list[Cue]) -> None:
    for at in range(0, len(cues), ROWS_AT_ONCE):
        some = enumerate(cues[at : at + ROWS_AT_ONCE], at + 1)
        rows = [{"captions": captions, "id": str(n), "start": cue.start, "end": cue.end, "text": cue.text}
                for n, cue in some]
        await session.execute(insert(CaptionCueRow), rows)


def _track(row: CaptionsRow) -> Track:
    return Track(
        ShowId(row.show), RoomId(row.room), row.language, row.title, Kind(row.kind), row.changed_at
    )
