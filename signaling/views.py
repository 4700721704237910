"""Objects of the fair as clients see them, where that takes several: calls, rooms on the air."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from config.errors import Missing
from config.ids import AccountId, CallId, ProductId, RoomId
from rooms.fair.companies import Companies
from rooms.fair.departures import LeftRooms
from rooms.fair.products import Product, Products
from rooms.fair.stills import Stills
from rooms.live.audience import Audience
from rooms.live.duty import Duty
from rooms.live.shows import Show, Shows
from rooms.negotiation.calls import Call, CallState
from signaling import wire
from signaling.wire import BuyerData, CallData, LiveRoomData, ProductData
from signaling.wire_moments import StillData, still_data

Key = TypeVar("Key")
Value = TypeVar("Value")

REMEMBERED = 2000
"""Products and names kept in memory: they do not change, and each call and each live room shows one."""


class Views:
    """Builds what goes over the wire. `clock` gives Unix seconds."""

    def __init__(
        self, companies: Companies, products: Products, shows: Shows, audience: Audience, duty: Duty,
        stills: Stills, clock: Callable[[], float], left: LeftRooms | None = None,
    ) -> None:
        self.clock = clock
        self.left = left or LeftRooms()
        self._stills = stills
        self._companies = companies
        self._products = products
        self._shows = shows
        self._audience = audience
        self._duty = duty
        self._known_products: OrderedDict[ProductId, Product] = OrderedDict()
        self._known_names: OrderedDict[RoomId, str] = OrderedDict()

    async def company_name(self, room: RoomId) -> str:
        """Return the name of the company whose room it is, or was; `Missing` (`no_room`)."""
        if room not in self._known_names:
            _remember(self._known_names, room, (await self._companies.ever_by_room(room)).name)
        return self._known_names[room]

    async def product(self, product: ProductId | None, room: RoomId) -> ProductData | None:
        """Return a product of `room`; None for none, or for one that is not there."""
        try:
            return await self.product_of(product, room) if product else None
        except Missing:
            return None

    async def product_of(self, product: ProductId, room: RoomId) -> ProductData:
        """Return a product of `room`; `Missing` (`no_product`) for any other."""
        known = self._known_products.get(product)
        if known is None:
            known = await self._products.get(product)
            _remember(self._known_products, product, known)
        if known.room != room:
            raise Missing("There is no such product in this room.", code="no_product")
        return wire.product_data(known)

    async def call(self, call: Call, reader: AccountId | None = None) -> CallData:
        """Return a call; the link to the meeting is for its two parties only."""
        is_party = reader is not None and reader in (call.buyer, call.answered_by)
        is_theirs, company = reader == call.buyer, await self.company_name(call.room)
        return CallData(
            id=call.id, room=call.room, company=company, show_id=call.show,
            show_second=call.show_second, is_replay=call.replay_of is not None,
            show_started_at=call.replay_of, product=await self.product(call.product, call.room),
            buyer=BuyerData(
                id=call.buyer, name=call.buyer_name, company=call.buyer_company, country=call.buyer_country,
                language=call.buyer_language,
            ),
            state=call.state.value, requested_at=call.requested_at, rings_until=call.rings_until,
            answered_by=_shown(call.answered_by_name, company), answered_by_id=call.answered_by,
            now=self.clock(),
            meeting=f"/meeting/{call.id}" if is_party and call.state is CallState.TALKING else None,
            stills=await self.stills(call.id), kind=call.kind.value,
            called_by=_shown(call.called_by_name, company), called_by_id=call.called_by,
            about=call.about, buyer_away=call.buyer_away,
            first=[] if is_theirs else [*call.first], passed=[] if is_theirs else [*call.passed],
            has_left=call.room in self.left,
        )

    async def stills(self, call: CallId) -> list[StillData]:
        """Return the stills of a call, the oldest first."""
        return [still_data(still) for still in await self._stills.of_call(call)]

    async def calls(self, calls: list[Call], reader: AccountId) -> list[CallData]:
        """Return several calls."""
        return [await self.call(call, reader) for call in calls]

    async def live_rooms(self) -> list[LiveRoomData]:
        """Return the rooms on the air, the newest show first."""
        shows = [show for show in await self._shows.live() if show.room not in self.left]
        rooms = [show.room for show in shows]
        viewers, staffed = await asyncio.gather(self._audience.viewers_of(rooms), self._duty.staffed(rooms))
        return [
            await self._live_room(show, viewers.get(show.room, 0), staffed.get(show.room, 0))
            for show in shows
        ]

    async def _live_room(self, show: Show, viewers: int, staffed: int) -> LiveRoomData:
        return LiveRoomData(
            room=show.room, state=show.state.value, viewers=viewers, started_at=show.started_at,
            product=await self.product(show.product, show.room), staffed=staffed,
            is_film=show.film is not None,
        )


def _shown(name: str | None, company: str) -> str | None:
    """Return one of the staff as they are shown: by name, after an erasure by their company's."""
    return company if name == "" else name


def _remember(known: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    known[key] = value
    while len(known) > REMEMBERED:
        known.popitem(last=False)
