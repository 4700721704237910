"""A signed order of intent to take along, as a sealed PDF to read and as JSON; anybody can check both."""

from __future__ import annotations

import logging

from aiohttp import web

from config.errors import Conflict
from rooms.negotiation.offers.document import signature_data
from rooms.negotiation.offers.records import Offer, Version
from rooms.negotiation.offers.states import Side, other
from rooms.negotiation.offers.threads import side_of
from web import keys
from web.i18n import gettext
from web.offers import PRIVATE, found_offer

log = logging.getLogger(__name__)


async def as_pdf(request: web.Request) -> web.Response:
    """Give the sealed PDF, in the reader's language first and the other side's beside it."""
    actor, offer = await found_offer(request)
    version = _signed(request, offer)
    side = side_of(actor)
    body = await request.app[keys.SHEETS].pdf(
        version.document, [signature_data(it) for it in version.signatures], _languages(version, side)
    )
    return web.Response(body=body, content_type="application/pdf", headers=_headers(offer, "pdf"))


async def as_json(request: web.Request) -> web.Response:
    """Give the document, its signatures and the fair's key."""
    _actor, offer = await found_offer(request)
    version = _signed(request, offer)
    body = request.app[keys.SHEETS].data(version.document, [signature_data(it) for it in version.signatures])
    return web.Response(body=body, content_type="application/json", headers=_headers(offer, "json"))


def _signed(request: web.Request, offer: Offer) -> Version:
    """Return what both have signed, proved: what the fair seals, it says anew."""
    if any(offer.newest.signature_of(side) is None for side in Side):
        raise Conflict(gettext("Both sides must have signed before there is a sheet."), code="not_signed")
    if not request.app[keys.BUREAU].signing.is_genuine(offer.id, offer.newest):
        log.error("an offer is not what was signed", extra={"offer": offer.id})
        refusal = gettext("These are not the terms that were signed; there is no sheet of them.")
        raise Conflict(refusal, code="not_genuine")
    return offer.newest


def _languages(version: Version, side: Side) -> tuple[str, str]:
    own, theirs = version.signature_of(side), version.signature_of(other(side))
    return (own.language if own else "en", theirs.language if theirs else "en")


def _headers(offer: Offer, ending: str) -> dict[str, str]:
    name = f"order-of-intent-{offer.id}-v{offer.newest.number}.{ending}"
    return {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
