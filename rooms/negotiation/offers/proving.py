"""Proves that offers are what was sent and signed: one by the fair's seal, all by the audit trail."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from rooms.fair.audit_rows import AuditRow
from rooms.fair.offer_rows import OfferRow
from rooms.fair.seal import Seal
from rooms.negotiation.offers import reading
from rooms.negotiation.offers.document import begun, sealed_facts, sha256_of
from rooms.negotiation.offers.records import Offer, OfferId, Version
from rooms.negotiation.sheets.canonical import canonical

READ_AT_ONCE = 200
SUBJECT = "offer:"
"""What the trail writes before the id of an offer."""
SENDING = ("offer.sent", "offer.countered")
ERASED = "offer.erased"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of the trail: what was done to an offer when, by which account, with its facts."""

    at_ms: int
    action: str
    by: str
    facts: Mapping[str, Any]


def is_as_signed(seal: Seal, offer: OfferId, version: Version) -> bool:
    """Tell whether a version and its signatures are what was signed: words, who, when, consent."""
    if sha256_of(version.text.encode()) != version.sha256:
        return False
    are_sealed = all(
        signature.sha256 == version.sha256
        and seal.holds(sealed_facts(signature, offer, version.number), signature.seal)
        for signature in version.signatures
    )
    return are_sealed and canonical(version.document) == version.text.encode()


async def first_changed(session: AsyncSession, seal: Seal, at_once: int = READ_AT_ONCE) -> OfferId | None:
    """Return an offer that is not what trail and seals say, or is gone; None when there is none.

    The trail itself must be whole (`Audit.fault`). Offers are read so many `at_once`.
    """
    last = ""
    while ids := await _ids_after(session, last, at_once):
        offers, told = await _readable(session, ids), await _told_of(session, ids)
        for offer in ids:
            if offer not in offers or not _is_as_told(seal, offers[offer], told[offer]):
                return offer
        last = ids[-1]
    return await _gone(session)


async def _ids_after(session: AsyncSession, last: str, count: int) -> list[OfferId]:
    query = select(OfferRow.id).where(OfferRow.id > last).order_by(OfferRow.id).limit(count)
    return [OfferId(it) for it in await session.scalars(query)]


async def _readable(session: AsyncSession, ids: Sequence[OfferId]) -> dict[OfferId, Offer]:
    """Return offers by their ids, without those whose rows no longer make sense."""
    try:
        return {it.id: it for it in await reading.read_offers(session, ids)}
    except (ValueError, RecursionError):  # from texts that are no JSON, and states that are none
        if len(ids) == 1:
            return {}
    middle = len(ids) // 2
    return await _readable(session, ids[:middle]) | await _readable(session, ids[middle:])


async def _told_of(session: AsyncSession, ids: Collection[OfferId]) -> Mapping[str, list[Told]]:
    """Return by offer what the trail says of it, the oldest first."""
    told: defaultdict[str, list[Told]] = defaultdict(list)
    query = select(AuditRow).where(AuditRow.subject.in_([SUBJECT + it for it in ids]))
    for row in await session.scalars(query.order_by(AuditRow.sequence)):
        entry = Told(row.at_ms, row.action, row.actor, json.loads(row.facts))
        told[row.subject.removeprefix(SUBJECT)].append(entry)
    return told


async def _gone(session: AsyncSession) -> OfferId | None:
    """Return an offer that was sent, as the trail says, and is not there."""
    told = func.substr(AuditRow.subject, len(SUBJECT) + 1)
    lost = select(told).where(AuditRow.action == "offer.sent", ~exists().where(OfferRow.id == told)).limit(1)
    gone = await session.scalar(lost)
    return OfferId(gone) if gone else None


def _is_as_told(seal: Seal, offer: Offer, told: Sequence[Told]) -> bool:
    """Tell whether each version was sent and each signature given, none is missing, and all are genuine."""
    done = [it for it in told if it.action != ERASED]  # which leaves an offer where it stood
    return (
        bool(done)
        and (offer.opened_at_ms, offer.changed_at_ms) == (done[0].at_ms, done[-1].at_ms)
        and offer.state.value == done[-1].facts["state"]
        and _are_versions_as_told(offer, told)
        and sorted((it.number, one.account) for it in offer.versions for one in it.signatures)
        == sorted((it.facts["version"], it.by) for it in told if it.action == "offer.signed")
        and all(_is_whole(seal, offer, it) for it in offer.versions)
    )


def _are_versions_as_told(offer: Offer, told: Sequence[Told]) -> bool:
    """Tell whether each version was sent by whom and when it says, and withdrawn and erased if it says so."""
    sent = [
        (it.facts["version"], it.facts["sha256"], it.by, it.at_ms) for it in told if it.action in SENDING
    ]
    withdrawn = {it.facts["version"]: it.at_ms for it in told if it.action == "offer.withdrawn"}
    left = {it.facts["version"]: (it.at_ms, it.facts["sha256"]) for it in told if it.action == ERASED}
    return (
        [(it.number, it.sha256, it.author, it.written_at_ms) for it in offer.versions] == sent
        and {it.number: it.withdrawn_at_ms for it in offer.versions if it.withdrawn_at_ms} == withdrawn
        and left
        == {
            it.number: (it.erased_at_ms, sha256_of(it.text.encode()))
            for it in offer.versions
            if it.is_erased
        }
    )


def _is_whole(seal: Seal, offer: Offer, version: Version) -> bool:
    """Tell whether a version is what was signed, and its rows say nothing else than its words."""
    is_left = version.is_erased and not version.signatures  # of which the trail has the hash
    if not is_left and not is_as_signed(seal, offer.id, version):
        return False
    document = version.document
    said = {name: document[name] for name in ("offer", "version", *begun(offer.thread, offer.origin))}
    of_version = document["written_by"]["side"], document["written_at_ms"], document["valid_until_ms"]
    return (
        said == {"offer": offer.id, "version": version.number, **begun(offer.thread, offer.origin)}
        and of_version == (version.side.value, version.written_at_ms, version.valid_until_ms)
    )
