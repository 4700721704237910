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
    body = await pdf_of(request.app, offer, side_of(actor))
    return web.Response(body=body, content_type="application/pdf", headers=_headers(offer, "pdf"))


async def as_json(request: web.Request) -> web.Response:
    """Give the document, its signatures and the fair's key."""
    _actor, offer = await found_offer(request)
    body = data_of(request.app, offer)
    return web.Response(body=body, content_type="application/json", headers=_headers(offer, "json"))


async def pdf_of(app: web.Application, offer: Offer, reader: Side) -> bytes:
    """Return the sealed PDF of a signed order; `Conflict` (`not_signed`, `not_genuine`), `Busy`."""
    version = _signed(app, offer)
    signatures = [signature_data(it) for it in version.signatures]
    return await app[keys.SHEETS].pdf(version.document, signatures, _languages(version, reader))


def data_of(app: web.Application, offer: Offer) -> bytes:
    """Return the JSON of a signed order; `Conflict` (`not_signed`, `not_genuine`)."""
    version = _signed(app, offer)
    return app[keys.SHEETS].data(version.document, [signature_data(it) for it in version.signatures])


def name_of(offer: Offer, ending: str) -> str:
    """Return the name that the file of an order has."""
    return f"order-of-intent-{offer.id}-v{offer.newest.number}.{ending}"


def _signed(app: web.Application, offer: Offer) -> Version:
    """Return what both have signed, proved: what the fair seals, it says anew."""
    if not is_signed(offer):
        raise Conflict(gettext("Both sides must have signed before there is a sheet."), code="not_signed")
    if not app[keys.BUREAU].signing.is_genuine(offer.id, offer.newest):
        log.error("an offer is not what was signed", extra={"offer": offer.id})
        refusal = gettext("These are not the terms that were signed; there is no sheet of them.")
        raise Conflict(refusal, code="not_genuine")
    return offer.newest


def is_signed(offer: Offer) -> bool:
    """Tell whether both sides have signed its newest version."""
    return all(offer.newest.signature_of(side) is not None for side in Side)


def _languages(version: Version, side: Side) -> tuple[str, str]:
    own, theirs = version.signature_of(side), version.signature_of(other(side))
    return (own.language if own else "en", theirs.language if theirs else "en")


def _headers(offer: Offer, ending: str) -> dict[str, str]:
    return {**PRIVATE, "Content-Disposition": f'attachment; filename="{name_of(offer, ending)}"'}
