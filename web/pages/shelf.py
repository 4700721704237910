"""The shelf of a room, kept by its staff: products are added, changed, ordered and taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from aiohttp import web

from config.errors import Conflict, FairError, Invalid, Missing
from config.ids import ProductId, RoomId, new_id
from rooms.fair.policy import Permission
from rooms.fair.products import Product
from web import keys, pictures
from web.forms import Form, field
from web.i18n import said
from web.identity import allow, room_of
from web.local_path import see_other
from web.problems import status_of
from web.templating import render

FIELDS = ("product", "title", "price", "currency", "minimum", "unit")
SUMMARY_LENGTH = 4000
STEPS = {"up": -1, "down": 1}


@allow(Permission.EDIT_SHELF)
async def show(request: web.Request) -> web.Response:
    """Show the shelf, and the form of a new product, or of the one that is asked for."""
    asked = request.query.get("product", "")
    typed = _said_of(await _product(request, asked)) if asked else dict.fromkeys((*FIELDS, "summary"), "")
    return await _page(request, typed)


@allow(Permission.EDIT_SHELF)
async def keep(request: web.Request) -> web.StreamResponse:
    """Add a product, or keep one anew; keep what was typed when it is refused."""
    typed, products = _typed(await request.post()), request.app[keys.PRODUCTS]
    if not typed["product"]:
        ever = await products.ever_of_room(_room(request))
        last = max((product.position for product in ever), default=0)
        blank = Product(ProductId(new_id()), _room(request), "", "", None, "", None, "", "", last + 1)
        return await _kept(request, typed, blank)
    return await _kept(request, typed, await _product(request, typed["product"]))


@allow(Permission.EDIT_SHELF)
async def move(request: web.Request) -> web.StreamResponse:
    """Move a product up or down, take it out, or put it back; `Conflict` (`pinned`)."""
    app, product = request.app, await _product(request, request.match_info["product"])
    action = field(await request.post(), "action")
    if action == "out" and await app[keys.SHOWS].pinned(product.room) == product.id:
        raise Conflict("This product is pinned. Unpin it in the studio first.", code="pinned")
    if action in STEPS:
        await app[keys.PRODUCTS].move(product.room, product.id, STEPS[action])
    elif action in ("out", "back"):
        at = app[keys.CLOCK]() if action == "out" else None
        await app[keys.PRODUCTS].change(replace(product, taken_out_at=at))
    return see_other(f"/studio/{product.room}/shelf")


@allow(Permission.EDIT_SHELF)
async def set_picture(request: web.Request) -> web.Response:
    """Take the picture of a product."""
    product = await _product(request, request.match_info["product"])
    name = await pictures.keep_sent(request)
    await request.app[keys.PRODUCTS].change(replace(product, picture=name))
    return pictures.kept(name)


async def _kept(request: web.Request, typed: Mapping[str, str], before: Product) -> web.StreamResponse:
    products = request.app[keys.PRODUCTS]
    try:
        wanted = replace(
            before, title=typed["title"], summary=typed["summary"], price_from=_price(typed["price"]),
            currency=typed["currency"].upper(), minimum_order=_minimum(typed["minimum"]), unit=typed["unit"],
        )
        await (products.change if typed["product"] else products.add)(wanted)
    except FairError as error:
        return await _page(request, typed, error)
    return see_other(f"/studio/{before.room}/shelf?product={before.id}")


async def _page(
    request: web.Request, typed: Mapping[str, str], error: FairError | None = None
) -> web.Response:
    app, room = request.app, _room(request)
    products = await app[keys.PRODUCTS].ever_of_room(room)
    return await render(
        request, "shelf.html", status=status_of(error) if error else 200, data={"page": "shelf"},
        company=await app[keys.COMPANIES].by_room(room), typed=typed,
        products=[it for it in products if it.taken_out_at is None],
        gone=[it for it in products if it.taken_out_at is not None],
        edited=next((it for it in products if it.id == typed["product"]), None),
        message=said(error) if error else "",
    )


def _room(request: web.Request) -> RoomId:
    room = room_of(request)
    assert room is not None  # noqa: S101 - the URL pattern has it
    return room


async def _product(request: web.Request, asked: str) -> Product:
    product = await request.app[keys.PRODUCTS].get(ProductId(asked))
    if product.room != _room(request):
        raise Missing("There is no such product.", code="no_product")
    return product


def _typed(form: Form) -> dict[str, str]:
    typed = {name: field(form, name) for name in FIELDS}
    return typed | {"summary": field(form, "summary", most=SUMMARY_LENGTH)}


def _said_of(product: Product) -> dict[str, str]:
    return {
        "product": product.id, "title": product.title, "summary": product.summary, "unit": product.unit,
        "price": "" if product.price_from is None else str(product.price_from), "currency": product.currency,
        "minimum": str(product.minimum_order or ""),
    }


def _price(text: str) -> Decimal | None:
    try:
        price = Decimal(text) if text else None
    except InvalidOperation:
        price = Decimal("nan")
    if price is not None and not price.is_finite():
        raise Invalid("A price is a number from 0 up.", code="bad_product")
    return price


def _minimum(text: str) -> int | None:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Invalid("The smallest order is at least one.", code="bad_product")
    return int(text) if text else None
