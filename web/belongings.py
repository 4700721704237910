"""Everything that somebody did at the fair, to take along: one ZIP, written while it is read."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from aiohttp import web

from config.errors import FairError
from config.ids import RoomId, StillId
from rooms.fair.policy import Actor, Permission, may, require
from rooms.negotiation.belongings import Belongings, Sheet
from rooms.negotiation.offers.records import Offer, ThreadKey
from rooms.negotiation.offers.states import Side
from rooms.negotiation.offers.threads import Thread, side_of
from web import keys
from web.i18n import gettext, said
from web.identity import actor_of
from web.offer_sheets import data_of, is_signed, name_of, pdf_of
from web.offers import PRIVATE
from web.templating import iso
from web.thread_export import COLUMNS, as_table, offer_lines, thread_facts

log = logging.getLogger(__name__)

NAME = "showroom.zip"
THREAD_COLUMNS = ("folder", "exhibitor", "buyer_name", "buyer_company", "buyer_country", "changed_at")
COMPRESSED = (".csv", ".json", ".txt")
"""What is worth the processor's time; pictures and PDFs are compressed in themselves."""

Part = tuple[str, bytes]
"""A file: its name in the ZIP and what it holds."""


class Outlet(io.RawIOBase):
    """Where the ZIP is written; what has come is taken away, so that no more is held than a file."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Tell that it can be written; it cannot be sought in, and the ZIP is one that needs no seeking."""
        return True

    def write(self, piece: Any) -> int:
        """Take a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """Return what has come since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


async def take_along(request: web.Request) -> web.StreamResponse:
    """Give the ZIP; one that breaks off in the middle is no whole one, and browsers say so."""
    actor, app = await actor_of(request), request.app
    require(actor, Permission.NEGOTIATE, actor.room, thread=ThreadKey(RoomId(""), actor.id))
    app[keys.BELONGINGS_ALLOWANCE].take(actor.id)
    sheets = await Belongings(app[keys.DATABASE]).sheets(actor)
    response = web.StreamResponse(
        headers={**PRIVATE, "Content-Disposition": f'attachment; filename="{NAME}"'}
    )
    response.content_type = "application/zip"
    await response.prepare(request)
    outlet = Outlet()
    with zipfile.ZipFile(outlet, "w") as archive:
        async for name, body in _parts(app, actor, sheets):
            await asyncio.to_thread(_add, archive, name, body)
            await response.write(outlet.take())
    await response.write(outlet.take())
    return response


def _add(archive: zipfile.ZipFile, name: str, body: bytes) -> None:
    kind = zipfile.ZIP_DEFLATED if name.endswith(COMPRESSED) else zipfile.ZIP_STORED
    archive.writestr(name, body, compress_type=kind)


async def _parts(app: web.Application, actor: Actor, sheets: list[Sheet]) -> AsyncIterator[Part]:
    yield "about.txt", _about(app).encode()
    for sheet in sheets:
        yield f"{sheet.name}.csv", as_table(sheet.columns, _rows(sheet)).encode()
    threads = await app[keys.BUREAU].threads.of(actor, most=None)
    folders = {thread.key: _folder(thread.key, side_of(actor)) for thread in threads}
    rows = ([folders[it.key], it.company, it.buyer.name, it.buyer.company, it.buyer.country,
             iso(it.changed_at_ms / 1000)] for it in threads)
    yield "negotiations.csv", as_table(THREAD_COLUMNS, rows).encode()
    for thread in threads:
        async for name, body in _of_thread(app, actor, thread):
            yield f"{folders[thread.key]}/{name}", body
    async for part in _stills(app, await Belongings(app[keys.DATABASE]).stills(actor)):
        yield part


async def _of_thread(app: web.Application, actor: Actor, thread: Thread) -> AsyncIterator[Part]:
    """Give a thread, the orders both have signed, and the files of its calls."""
    offers = await app[keys.BUREAU].offers.of_thread(actor, thread.key)
    facts = await thread_facts(app, thread, offers)
    yield "thread.json", json.dumps(facts, ensure_ascii=False, indent=1).encode()
    if offers:
        yield "offers.csv", as_table(COLUMNS, offer_lines(offers)).encode()
    for offer in filter(is_signed, offers):
        async for part in _order(app, offer, side_of(actor)):
            yield part
    calls = await app[keys.OUTCOMES].of_thread(thread.key.room, thread.key.buyer)
    own = [call.id for call in calls if may(actor, Permission.JOIN_CALL, call.room, call)]
    files = app[keys.CALL_ROOM].parts.files
    for file in await files.of(*own):
        name = f"files/{file.id}-{file.name}"
        yield await _or_why(name, files.bytes_of(file))


async def _order(app: web.Application, offer: Offer, reader: Side) -> AsyncIterator[Part]:
    yield await _or_why(f"orders/{name_of(offer, 'pdf')}", pdf_of(app, offer, reader))
    yield await _or_why(f"orders/{name_of(offer, 'json')}", asyncio.to_thread(data_of, app, offer))


async def _or_why(name: str, body: Awaitable[bytes]) -> Part:
    """Return a file, or why it is not there: one that cannot be had costs nobody the others."""
    try:
        return name, await body
    except FairError as refusal:
        log.warning("a file is missing in what is taken along", extra={"file": name}, exc_info=True)
        return f"{name}.txt", said(refusal).encode()


async def _stills(app: web.Application, stills: list[StillId]) -> AsyncIterator[Part]:
    for id_ in stills:
        still = await app[keys.STILLS].get(id_)
        facts = {**still.facts, "signature": still.signature, "public_key": still.public_key}
        yield f"stills/{id_}.json", json.dumps(facts, ensure_ascii=False).encode()
        yield f"stills/{id_}.jpg", await app[keys.STILLS].jpeg(id_)


def _rows(sheet: Sheet) -> Iterator[list[Any]]:
    """Return rows with moments as programs read them."""
    cells: list[Callable[[Any], Any]] = [
        _moment if name.endswith("_at") else _plain for name in sheet.columns
    ]
    for row in sheet.rows:
        yield [cell(value) for cell, value in zip(cells, row, strict=True)]


def _moment(seconds: float | None) -> str:
    return "" if seconds is None else iso(seconds)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _folder(key: ThreadKey, side: Side) -> str:
    return f"negotiations/{key.room if side is Side.BUYER else key.buyer}"


def _about(app: web.Application) -> str:
    return "\n\n".join((
        app[keys.SETTINGS].public_url,
        gettext("This is what you did at the fair: calls, appointments, messages, chat, consents and what"
                " you negotiated. Tables open in any spreadsheet; times are in UTC."),
        gettext("Orders of intent are in the folders of their negotiations. `showroom verify FILE` tells"
                " without the fair whether one is genuine."),
    )) + "\n"
