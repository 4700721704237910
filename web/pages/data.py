"""What pages hand to their scripts, in the words of the socket protocol (docs/protocol.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rooms.fair.products import Product
from rooms.live.chat import Post
from rooms.live.duty import Attendant
from rooms.live.shows import Show


def product_data(product: Product) -> dict[str, Any]:
    """Return a product as the protocol's Product."""
    return {
        "id": product.id,
        "title": product.title,
        "summary": product.summary,
        "price_from": None if product.price_from is None else str(product.price_from),
        "currency": product.currency,
        "minimum_order": product.minimum_order,
        "unit": product.unit,
        "picture": f"/pictures/{product.picture}",
    }


def show_data(show: Show | None) -> dict[str, Any] | None:
    """Return a show as the protocol's Show; None when nothing is on the air."""
    if show is None:
        return None
    return {
        "id": show.id,
        "state": show.state,
        "anchor": show.anchor,
        "started_at": show.started_at,
        "product_id": show.product,
    }


def post_data(post: Post, reader: str) -> dict[str, Any]:
    """Return a post as the protocol's Post; `mine` is true for its author."""
    return {
        "id": post.id,
        "author": post.author,
        "company": post.company,
        "role": post.role,
        "text": post.text,
        "at": post.at,
        "mine": post.author_id == reader,
    }


def duty_data(duty: Iterable[Attendant]) -> list[dict[str, str]]:
    """Return who is on duty as the protocol's Attendants."""
    return [{"id": attendant.id, "name": attendant.name} for attendant in duty]
