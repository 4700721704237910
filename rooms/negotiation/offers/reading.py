"""Reading offers from their tables."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from config.errors import Missing
from config.ids import AccountId, CallId, RoomId, ShowId
from rooms.fair import words
from rooms.fair.offer_rows import OfferRow, SignatureRow, VersionRow
from rooms.negotiation.offers.records import Offer, OfferId, Origin, Signature, ThreadKey, Version
from rooms.negotiation.offers.states import OfferState, Side


async def thread_of(session: AsyncSession, offer: OfferId) -> ThreadKey:
    """Return whose an offer is; `Missing` (`no_offer`)."""
    query = select(OfferRow.room, OfferRow.buyer).where(OfferRow.id == offer)
    found = (await session.execute(query)).first() if words.is_id(offer) else None
    if found is None:
        raise Missing("There is no such offer.", code="no_offer")
    return ThreadKey(RoomId(found.room), AccountId(found.buyer))


async def read_offer(session: AsyncSession, offer: OfferId) -> Offer:
    """Return an offer with its versions; `Missing` (`no_offer`)."""
    row = await session.get(OfferRow, offer, populate_existing=True) if words.is_id(offer) else None
    if row is None:
        raise Missing("There is no such offer.", code="no_offer")
    return (await _whole(session, [row]))[0]


async def read_offers(session: AsyncSession, ids: Collection[OfferId]) -> list[Offer]:
    """Return those of some offers that are there, in no order; `ValueError` when a row makes no sense."""
    query = select(OfferRow).where(OfferRow.id.in_(ids)).execution_options(populate_existing=True)
    return await _whole(session, list(await session.scalars(query)))


async def offers_of(session: AsyncSession, thread: ThreadKey) -> list[Offer]:
    """Return the offers of a thread, the newest first."""
    query = select(OfferRow).where(OfferRow.room == thread.room, OfferRow.buyer == thread.buyer)
    query = query.order_by(OfferRow.opened_at_ms.desc(), OfferRow.id)
    return await _whole(session, list(await session.scalars(query)))


async def _whole(session: AsyncSession, rows: Sequence[OfferRow]) -> list[Offer]:
    ids = [row.id for row in rows]
    signed: defaultdict[tuple[str, int], list[Signature]] = defaultdict(list)
    signatures = select(SignatureRow).where(SignatureRow.offer.in_(ids)).order_by(SignatureRow.signed_at_ms)
    for row in await session.scalars(signatures):
        signed[row.offer, row.version].append(_signature(row))
    versions: defaultdict[str, list[Version]] = defaultdict(list)
    written = select(VersionRow).where(VersionRow.offer.in_(ids)).order_by(VersionRow.number)
    for version in await session.scalars(written.execution_options(populate_existing=True)):
        signatures_of = tuple(signed[version.offer, version.number])
        versions[version.offer].append(_version(version, signatures_of))
    return [_offer(row, tuple(versions[row.id])) for row in rows]


def _offer(row: OfferRow, versions: tuple[Version, ...]) -> Offer:
    origin = Origin(
        CallId(row.call) if row.call else None, ShowId(row.show) if row.show else None, row.show_second
    )
    return Offer(
        OfferId(row.id), ThreadKey(RoomId(row.room), AccountId(row.buyer)), origin, OfferState(row.state),
        row.opened_at_ms, row.changed_at_ms, versions,
    )


def _version(row: VersionRow, signatures: tuple[Signature, ...]) -> Version:
    return Version(
        row.number, Side(row.side), AccountId(row.author), row.written_at_ms, json.loads(row.text), row.text,
        row.sha256, row.valid_until_ms, row.withdrawn_at_ms, row.erased_at_ms, signatures,
    )


def _signature(row: SignatureRow) -> Signature:
    return Signature(
        Side(row.side), AccountId(row.account), row.name, row.company, row.email, row.signed_at_ms,
        row.consent, row.language, row.sha256, row.seal,
    )
