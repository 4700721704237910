"""The time line of a thread: each kind of thing that happens in one is told by a provider of its own.

A provider looks at a thread in the name of one of its two sides and returns entries; `PROVIDERS` is the
list, and whoever has more to tell adds to it. Entries are in the reader's language already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from config.errors import Missing
from config.ids import AccountId
from rooms.fair.policy import Actor, Permission, may
from rooms.fair.recording import Recording
from rooms.negotiation.call_files import CallFile
from rooms.negotiation.call_notes import Note
from rooms.negotiation.offers.records import Offer, Version
from rooms.negotiation.offers.states import OfferState, Side
from rooms.negotiation.offers.threads import Thread
from rooms.negotiation.outcomes import CallOutcome
from rooms.negotiation.states import CallKind, CallState
from signaling.wire_callroom import file_data
from web import keys
from web.i18n import gettext, mark
from web.offer_data import total_of
from web.replays import is_over
from web.templating import duration


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened at a moment (Unix seconds), with a Lucide icon; a link where there is more to
    see.
    """

    at: float
    icon: str
    words: str
    link: str = ""
    link_words: str = ""
    picture: str = ""
    is_signed: bool = False


Provider = Callable[[web.Application, Actor, Thread], Awaitable[Iterable[Entry]]]

OUTCOMES = {
    CallState.TALKING: mark("%(name)s answered; the call goes on."),
    CallState.ENDED: mark("%(name)s and the buyer talked."),
    CallState.DECLINED: mark("The request was declined."),
    CallState.CANCELLED: mark("The request was taken back."),
    CallState.MISSED: mark("Nobody answered in time."),
}
RANG = {
    CallKind.CALL_BACK: mark("%(name)s called the buyer back."),
    CallKind.INVITATION: mark("%(name)s invited the buyer to a call."),
    CallKind.APPOINTMENT: mark("The call that was arranged began."),
}
RANG_IN_VAIN = {
    CallState.DECLINED: mark("The buyer declined the call."),
    CallState.CANCELLED: mark("The call was taken back."),
    CallState.MISSED: mark("The buyer did not answer in time."),
}
"""What became of a call that the staff began and nobody took."""
APART = mark("The call was open, but %(name)s and the buyer did not meet in it.")
WAITS = mark("The call is open for %(name)s and the buyer.")
HANDED_OVER = mark("%(name)s handed over %(file)s.")
NOTED = mark("%(name)s left a note: %(text)s")
SENT = {
    Side.BUYER: mark("The buyer sent version %(version)s of the offer: %(total)s."),
    Side.SELLER: mark("The exhibitor sent version %(version)s of the offer: %(total)s."),
}
WITHDRAWN = {
    Side.BUYER: mark("The buyer withdrew version %(version)s."),
    Side.SELLER: mark("The exhibitor withdrew version %(version)s."),
}


async def calls(app: web.Application, actor: Actor, thread: Thread) -> list[Entry]:
    """Tell of requests, with the second of the show they came from, of calls that the staff began, and of
    what became of them.
    """
    entries: list[Entry] = []
    for call in await app[keys.OUTCOMES].of_thread(thread.key.room, thread.key.buyer):
        entries.append(await _asked(app, actor, call) if call.is_request else _rang(call, thread))
        if call.answered_at is not None:
            words = _filled(_became(call), name=call.answered_by_name or thread.company)
            at = call.ended_at if call.ended_at is not None else call.answered_at
            entries.append(Entry(at, "phone-call", words, *_way_to(call, actor)))
        elif call.ended_at is not None:
            words = (OUTCOMES if call.is_request else RANG_IN_VAIN)[call.outcome]
            entries.append(Entry(call.ended_at, "phone-off", gettext(words)))
    return entries


async def offers(app: web.Application, actor: Actor, thread: Thread) -> list[Entry]:
    """Tell of versions that were sent, withdrawn or have expired, and of signatures."""
    found = await app[keys.BUREAU].offers.of_thread(actor, thread.key)
    return [entry for offer in found for version in offer.versions for entry in _of_version(offer, version)]


async def left(app: web.Application, actor: Actor, thread: Thread) -> list[Entry]:
    """Tell of what was handed over in calls, which its two may load, and to them of the notes."""
    found = {it.id: it for it in await app[keys.OUTCOMES].of_thread(thread.key.room, thread.key.buyer)}
    mine = [it.id for it in found.values() if _was_in(actor, it)]
    parts = app[keys.CALL_ROOM].parts
    files, notes = await asyncio.gather(parts.files.of(*found), parts.notes.of(*mine))
    told = [_handed_over(file, thread, may_load=file.call in mine) for file in files]
    return told + [_noted(note, thread) for note in notes]


async def stills(app: web.Application, _actor: Actor, thread: Thread) -> list[Entry]:
    """Tell of the stills that were attached to calls."""
    asked = await app[keys.OUTCOMES].of_thread(thread.key.room, thread.key.buyer)
    found = await asyncio.gather(*(app[keys.STILLS].of_call(call.id) for call in asked))
    return [
        Entry(
            still.taken_ms / 1000, "camera",
            _filled(mark("A still of the show at %(time)s."), time=duration(still.show_ms / 1000)),
            f"/stills/{still.id}", gettext("Look at it"), f"/stills/{still.id}.jpg",
        )
        for of_call in found for still in of_call
    ]


PROVIDERS: tuple[Provider, ...] = (calls, left, offers, stills)
"""Who tells what of a thread."""


async def entries_of(app: web.Application, actor: Actor, thread: Thread) -> list[Entry]:
    """Return the whole time line, the oldest first."""
    told = await asyncio.gather(*(provider(app, actor, thread) for provider in PROVIDERS))
    return sorted((entry for entries in told for entry in entries), key=lambda entry: entry.at)


async def _asked(app: web.Application, actor: Actor, call: CallOutcome) -> Entry:
    if call.show is None or call.show_second is None:
        return Entry(call.requested_at, "phone", gettext("The buyer asked for a call."))
    words = mark("The buyer asked for a call at %(time)s of the show.")
    link = ""
    with suppress(Missing):  # not recorded, or deleted since
        recording = await app[keys.RECORDINGS].get(call.show)
        if await _is_open(app, actor, recording):
            link = f"/rooms/{call.room}/shows/{call.show}?t={call.show_second:.1f}"
    said = _filled(words, time=duration(call.show_second))
    return Entry(call.requested_at, "phone", said, link, gettext("See this moment") if link else "")


def _became(call: CallOutcome) -> str:
    """Return what became of a call that was answered."""
    if call.outcome is CallState.ENDED:
        return OUTCOMES[CallState.ENDED] if call.have_met else APART
    waits = call.kind is CallKind.APPOINTMENT and not call.have_met
    return WAITS if waits else OUTCOMES[CallState.TALKING]


def _way_to(call: CallOutcome, actor: Actor) -> tuple[str, str]:
    """Return the link to a call and its words, for who was in it: also to what is left of it."""
    is_over = call.outcome is CallState.ENDED
    if not _was_in(actor, call) or (is_over and not call.have_met):
        return "", ""
    words = gettext("Chat, files and recordings") if is_over else gettext("Go to the call")
    return f"/meeting/{call.id}", words


def _was_in(actor: Actor, call: CallOutcome) -> bool:
    return may(actor, Permission.JOIN_CALL, call.room, call)


def _handed_over(file: CallFile, thread: Thread, *, may_load: bool) -> Entry:
    url = file_data(file)["url"]
    words = _filled(HANDED_OVER, name=file.sent_by or _erased(file.sender, thread), file=file.name)
    link = (url, gettext("Download"), url if file.kind.is_picture else "") if may_load else ()
    return Entry(file.sent_at, "image" if file.kind.is_picture else "file-text", words, *link)


def _noted(note: Note, thread: Thread) -> Entry:
    words = _filled(NOTED, name=note.name or _erased(note.author, thread), text=note.text)
    return Entry(note.at, "message-square", words)


def _erased(account: AccountId, thread: Thread) -> str:
    """Return what stands for somebody whose name was erased: of the exhibitor's staff, the company."""
    return gettext("A buyer") if account == thread.key.buyer else thread.company


def _rang(call: CallOutcome, thread: Thread) -> Entry:
    words = _filled(RANG[call.kind], name=call.called_by_name or thread.company)
    return Entry(call.requested_at, "phone", words)


async def _is_open(app: web.Application, actor: Actor, recording: Recording) -> bool:
    return is_over(recording) and await app[keys.RECORDINGS].may_watch(actor, recording)


def _of_version(offer: Offer, version: Version) -> list[Entry]:
    numbers = {"version": version.number, "total": total_of(version)}
    entries = [Entry(version.written_at_ms / 1000, "file-text", _filled(SENT[version.side], **numbers))]
    if version.withdrawn_at_ms is not None:
        words = _filled(WITHDRAWN[version.side], version=version.number)
        entries.append(Entry(version.withdrawn_at_ms / 1000, "x", words))
    for signature in version.signatures:
        words = _filled(
            mark("%(name)s signed version %(version)s for %(company)s."), name=signature.name,
            version=version.number, company=signature.company or signature.name,
        )
        entries.append(Entry(signature.signed_at_ms / 1000, "badge-check", words, is_signed=True))
    if version is offer.newest and offer.state is OfferState.EXPIRED and version.valid_until_ms is not None:
        words = _filled(mark("Version %(version)s expired."), version=version.number)
        entries.append(Entry(version.valid_until_ms / 1000, "hourglass", words))
    return entries


def _filled(words: str, **values: Any) -> str:
    """Return a sentence in the reader's language; names keep their own direction in it."""
    isolated = {name: f"\u2068{value}\u2069" for name, value in values.items()}
    return gettext(words) % isolated
