"""What the server says over the sockets about offers: that something happened, to be fetched by who may
read.
"""

from __future__ import annotations

from typing import TypedDict

from rooms.negotiation.offers.desk import News


class OfferNewsData(TypedDict):
    """Something that happened to an offer of a thread."""

    room: str
    buyer: str
    company: str
    buyer_name: str
    action: str
    by: str | None
    offer: str
    version: int
    state: str


def offer_news_data(news: News, company: str) -> OfferNewsData:
    """Return news of an offer; `company` is the name of whose room it is."""
    return OfferNewsData(
        room=news.thread.room, buyer=news.thread.buyer, company=company, buyer_name=news.buyer_name,
        action=news.action, by=news.by.value if news.by else None, offer=news.receipt.offer,
        version=news.receipt.version, state=news.receipt.state.value,
    )
