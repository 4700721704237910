"""A thread to take along: all of it as PDF to read or as JSON, its offers line by line as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from aiohttp import web
from babel import Locale

from rooms.negotiation.call_files import CallFile
from rooms.negotiation.offers.document import signature_data
from rooms.negotiation.offers.records import Offer, Version
from rooms.negotiation.offers.states import Side
from rooms.negotiation.offers.threads import Thread
from rooms.negotiation.outcomes import CallOutcome
from rooms.negotiation.sheets.thread_copy import Happened, ThreadCopy, VersionCopy
from signaling.wire_callroom import file_data
from web import keys
from web.i18n import current_language, gettext
from web.identity import actor_of
from web.offers import PRIVATE, thread_key
from web.templating import iso
from web.thread_entries import entries_of

FORMAT = "showroom-thread/1"
COLUMNS = (
    "offer", "version", "state", "written_by", "written_at", "withdrawn_at", "line", "product", "title",
    "quantity", "unit", "price", "breaks", "amount", "currency", "total", "incoterm", "place", "lead_days",
    "payment", "valid_until", "notes", "sha256", "buyer_signed_at", "seller_signed_at",
)
FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
"""What a spreadsheet would take for a formula; some read the wide signs as the narrow ones."""
LATER_CELL = re.compile(r'([;\t\r\n][\s"]*)([=+\-@＝＋－＠]?)')
"""Where half of the world's spreadsheets begin a cell, quotes or not, and the sign of a formula behind it."""


async def as_json(request: web.Request) -> web.Response:
    """Give everything: calls with their files, offers with all versions, and the end of the trail."""
    actor, key, bureau = await actor_of(request), thread_key(request), request.app[keys.BUREAU]
    found = await bureau.threads.get(actor, key)
    offers = await bureau.offers.of_thread(actor, key)
    return web.json_response(
        await thread_facts(request.app, found, offers), headers=_headers(request, "json")
    )


async def thread_facts(app: web.Application, found: Thread, offers: Sequence[Offer]) -> dict[str, Any]:
    """Return what the JSON of a thread says."""
    key, bureau = found.key, app[keys.BUREAU]
    calls = await app[keys.OUTCOMES].of_thread(key.room, key.buyer)
    files = await app[keys.CALL_ROOM].parts.files.of(*(call.id for call in calls))
    async with app[keys.DATABASE].reading() as session:
        head = await bureau.audit.head(session)
    return {
        "format": FORMAT, "room": key.room, "buyer": key.buyer, "company": found.company,
        "buyer_name": found.buyer.name, "buyer_company": found.buyer.company,
        "calls": [_call(call, files, found) for call in calls], "offers": [_offer(offer) for offer in offers],
        "audit": {"sequence": head.sequence, "hash": head.hash, "seal": head.seal},
        "public_key": bureau.seal.public_key,
    }


async def as_csv(request: web.Request) -> web.Response:
    """Give the lines of every version of every offer."""
    actor, key, bureau = await actor_of(request), thread_key(request), request.app[keys.BUREAU]
    await bureau.threads.get(actor, key)
    text = as_table(COLUMNS, offer_lines(await bureau.offers.of_thread(actor, key)))
    return web.Response(text=text, content_type="text/csv", headers=_headers(request, "csv"))


def offer_lines(offers: Sequence[Offer]) -> Iterator[list[Any]]:
    """Return a row of `COLUMNS` for each line of each version, the oldest offer first."""
    for offer in reversed(offers):
        for version in offer.versions:
            for number, line in enumerate(version.document["lines"], 1):
                row = _row(offer, version) | _line(line, number)
                yield [row[name] for name in COLUMNS]


def as_table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return a table as CSV that spreadsheets open as it is."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(columns)
    writer.writerows([as_cell(value) for value in row] for row in rows)
    return "\ufeff" + sheet.getvalue()  # without the mark, spreadsheets take UTF-8 for something else


async def as_pdf(request: web.Request) -> web.Response:
    """Give what happened and every version of every offer, in the reader's language, to read."""
    actor, key, app = await actor_of(request), thread_key(request), request.app
    found = await app[keys.BUREAU].threads.get(actor, key)
    offers = await app[keys.BUREAU].offers.of_thread(actor, key)
    app[keys.COPY_ALLOWANCE].take(actor.id)
    entries, language = await entries_of(app, actor, found), current_language()
    country = Locale.parse(language).territories.get(found.buyer.country, found.buyer.country)
    copy = ThreadCopy(
        language=language, fair=app[keys.SETTINGS].public_url, seller=(found.company,),
        buyer=tuple(filter(None, (found.buyer.name, found.buyer.company, country))) or (gettext("A buyer"),),
        made_at_ms=int(app[keys.CLOCK]() * 1000),
        happened=tuple(Happened(int(it.at * 1000), it.words) for it in entries),
        versions=tuple(_version_copy(it) for offer in reversed(offers) for it in offer.versions),
    )
    body = await app[keys.SHEETS].thread(copy)
    return web.Response(body=body, content_type="application/pdf", headers=_headers(request, "pdf"))


def as_cell(value: Any) -> str:
    """Return what a spreadsheet shows as it is, and computes nothing from."""
    text = "" if value is None else str(value)
    text = f"'{text}" if text.startswith(FORMULAS) else text
    return LATER_CELL.sub(lambda it: f"{it[1]}'{it[2]}" if it[2] else it[0], text)


def _version_copy(version: Version) -> VersionCopy:
    signatures = tuple(signature_data(it) for it in version.signatures)
    return VersionCopy(dict(version.document), version.sha256, signatures)


def _headers(request: web.Request, ending: str) -> dict[str, str]:
    name = f"thread-{request.match_info['room']}.{ending}"
    return {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}


def _call(call: CallOutcome, files: Iterable[CallFile], thread: Thread) -> dict[str, Any]:
    """Return a call; where a name was erased from it, the company stands there."""
    of_call = [file for file in files if file.call == call.id]
    answered_by = call.answered_by_name or (thread.company if call.answered_by else None)
    return {
        "id": call.id, "show": call.show, "show_second": call.show_second, "product": call.product,
        "requested_at": call.requested_at, "answered_by": answered_by,
        "answered_at": call.answered_at, "ended_at": call.ended_at, "outcome": call.outcome.value,
        "files": [file_data(it, _company(call, it, thread)) for it in of_call],
    }


def _company(call: CallOutcome, file: CallFile, thread: Thread) -> str:
    return call.buyer_company if file.sender == call.buyer else thread.company


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "id": offer.id, "state": offer.state.value,
        "versions": [
            {
                "document": dict(it.document), "sha256": it.sha256, "is_erased": it.is_erased,
                "withdrawn_at_ms": it.withdrawn_at_ms,
                "signatures": [signature_data(one) for one in it.signatures],
            }
            for it in offer.versions
        ],
    }


def _row(offer: Offer, version: Version) -> dict[str, Any]:
    signed = {side: version.signature_of(side) for side in Side}
    times = {f"{side}_signed_at": _moment(it.signed_at_ms if it else None) for side, it in signed.items()}
    names = ("currency", "total", "incoterm", "place", "lead_days", "payment", "notes")
    return {
        "offer": offer.id, "version": version.number, "state": offer.state.value,
        "written_by": version.side.value, "written_at": _moment(version.written_at_ms),
        "withdrawn_at": _moment(version.withdrawn_at_ms), "valid_until": _moment(version.valid_until_ms),
        "sha256": version.sha256, **{name: version.document[name] for name in names}, **times,
    }


def _line(line: dict[str, Any], number: int) -> dict[str, Any]:
    breaks = "; ".join(f"{step['from']}: {step['price']}" for step in line["breaks"])
    return {**line, "line": number, "breaks": breaks}


def _moment(milliseconds: int | None) -> str:
    return "" if milliseconds is None else iso(milliseconds / 1000)
