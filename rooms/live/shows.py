"""The running shows: one a room at most, live or away, ended when the picture stays away too long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from redis.asyncio import Redis

from config.ids import ProductId, RoomId, ShowId, new_id
from rooms.live import keys, reading
from rooms.live.scripts import Scripts, as_dict

LUA = Path(__file__).parent / "lua"
ENDED_SECONDS = 60
EPOCHS = 100
"""So far ahead of what was known last begins what is put back."""
HINT_SECONDS = 60.0
"""How much longer than any script may take an index entry without a show is kept."""


class ShowState(StrEnum):
    """Whether the picture of a show arrives."""

    LIVE = "live"
    AWAY = "away"


class ShownFilm(NamedTuple):
    """The recording that runs as a show, and for how many seconds it does until it begins anew.

    `pieces` are pairs: a second of the film, and the recording's second that it goes on from there. A
    recording `is_file` when players take it as one file, and as playlists else.
    """

    recording: ShowId
    seconds: float
    is_file: bool = False
    pieces: tuple[tuple[float, float], ...] = ((0.0, 0.0),)


@dataclass(frozen=True, slots=True)
class Show:
    """A show; `product` is what is pinned in its room, `epoch` grows with each change of state or anchor.

    `title` is what was announced, if it was; `film` while a recording is played and nobody is on camera.
    `node` is where the picture comes in, or did last; empty where nobody has said so.
    """

    id: ShowId
    room: RoomId
    state: ShowState
    anchor: str
    started_at: float
    away_since: float | None
    product: ProductId | None
    epoch: int
    title: str = ""
    film: ShownFilm | None = None
    node: str = ""


class Shows:
    """Begins, interrupts and ends shows. Times come from `clock`, in Unix seconds."""

    def __init__(self, redis: Redis, clock: Callable[[], float], grace_seconds: float) -> None:
        self._redis = redis
        self._clock = clock
        self._grace_seconds = grace_seconds
        self._scripts = Scripts(redis, LUA)

    async def begin(
        self, room: RoomId, anchor: str, title: str = "", film: ShownFilm | None = None, node: str = "",
        known_epoch: int | None = None,
    ) -> Show:
        """Return the room's show, live at `node`: the one that runs or waits for its picture, else a new one.

        Where only a picture is back, of a show that `node` knew at `known_epoch`, and the show went on
        elsewhere since, it stays there.
        """
        now = self._clock()
        await self._redis.zadd(keys.SHOWS, {room: now})
        show = await self._scripts.run(
            "begin_show", [keys.show(room)], new_id(), room, anchor, now, self._grace_seconds, title,
            _film_text(film), node, "" if known_epoch is None else known_epoch,
        )
        return _show(as_dict(show), await self.pinned(room))

    async def away(self, room: RoomId, node: str = "") -> Show | None:
        """Note that the picture is gone from `node`; return the show, or None when none runs.

        Where it comes in at another node by now it is not gone.
        """
        now = self._clock()
        await self._redis.zadd(keys.AWAY_SHOWS, {room: now})
        fields = as_dict(await self._scripts.run("show_away", [keys.show(room)], now, node))
        if not fields:
            return None
        show = _show(fields, await self.pinned(room))
        if show.away_since is not None and show.away_since < now:
            await self._redis.zadd(keys.AWAY_SHOWS, {room: show.away_since})
        return show

    async def put_back(self, show: Show) -> None:
        """Have the store know a show again that it has forgotten, unless one runs in its room or it ended."""
        await self._redis.zadd(keys.SHOWS, {show.room: self._clock()})
        flat = [part for pair in _fields_of(show).items() for part in pair]
        await self._scripts.run(
            "put_back_show", [keys.show(show.room), keys.ended_show(show.room)], show.id, *flat
        )

    async def end(
        self, room: RoomId, show: ShowId | None = None, epoch: int | None = None
    ) -> Show | None:
        """End the room's show (only if it is `show`, or at `epoch`); return it to the one that did."""
        both, which = [keys.show(room), keys.ended_show(room)], (show or "", "" if epoch is None else epoch)
        fields = await self._scripts.run("end_show", both, new_id(), ENDED_SECONDS, *which)
        return _show(as_dict(fields), await self.pinned(room)) if fields else None

    async def get(self, room: RoomId) -> Show | None:
        """Return the show of a room, or None when the room is dark."""
        fields, product = await asyncio.gather(self._fields([room]), self.pinned(room))
        return _show(fields[0], product) if fields[0] else None

    async def is_shown(self, room: RoomId, recording: str) -> bool:
        """Tell whether a recording runs as the show of a room now, as a film."""
        show = await self.get(room)
        return show is not None and show.film is not None and show.film.recording == recording

    async def is_on_air(self, room: RoomId, show: str) -> bool:
        """Tell whether this is the show that runs in a room now."""
        running = await self.get(room)
        return running is not None and running.id == show

    async def live(self) -> list[Show]:
        """Return all shows, live and away, those that began last first."""
        seen = await reading.scored(self._redis, keys.SHOWS)
        rooms = [RoomId(room) for room, _ in seen]
        fields, pins = await asyncio.gather(self._fields(rooms), self._pins(rooms))
        for (room, begun), found in zip(seen, fields, strict=True):
            if not found and begun < self._clock() - HINT_SECONDS:
                await self._scripts.run("forget_hint", [keys.SHOWS], room, begun)
        shows = [_show(found, pin) for found, pin in zip(fields, pins, strict=True) if found]
        return sorted(shows, key=lambda show: -show.started_at)

    async def expired(self) -> dict[RoomId, int]:
        """Return the rooms whose show has been away for longer than its grace, and the epoch it is at."""
        limit = self._clock() - self._grace_seconds
        seen = await reading.scored(self._redis, keys.AWAY_SHOWS, high=limit)
        fields = await self._fields([RoomId(room) for room, _ in seen])
        over: dict[RoomId, int] = {}
        for (room, since), found in zip(seen, fields, strict=True):
            if found and found["away_since"] and float(found["away_since"]) < limit:
                over[RoomId(room)] = int(found["epoch"])
            elif not found or found["state"] == ShowState.LIVE:
                await self._scripts.run("forget_hint", [keys.AWAY_SHOWS], room, since)
        return over

    async def pin(self, room: RoomId, product: ProductId | None) -> Show | None:
        """Pin a product in a room, or nothing; it stays from show to show. Return the show, if one runs."""
        if product is None:
            await self._redis.delete(keys.pin(room))
        else:
            await self._redis.set(keys.pin(room), product)
        return await self.get(room)

    async def pinned(self, room: RoomId) -> ProductId | None:
        """Return what is pinned in a room."""
        product = await reading.text(self._redis, keys.pin(room))
        return ProductId(product) if product else None

    async def _fields(self, rooms: list[RoomId]) -> list[dict[str, str]]:
        return await reading.hashes(self._redis, [keys.show(room) for room in rooms])

    async def _pins(self, rooms: list[RoomId]) -> list[ProductId | None]:
        found = await reading.texts(self._redis, [keys.pin(room) for room in rooms])
        return [ProductId(product) if product else None for product in found]


def _show(fields: dict[str, str], product: ProductId | None) -> Show:
    return Show(
        id=ShowId(fields["id"]),
        room=RoomId(fields["room"]),
        state=ShowState(fields["state"]),
        anchor=fields["anchor"],
        started_at=float(fields["started_at"]),
        away_since=float(fields["away_since"]) if fields["away_since"] else None,
        product=product,
        epoch=int(fields["epoch"]),
        title=fields.get("title", ""),
        film=_film(fields.get("film", "")),
        node=fields.get("node", ""),
    )


def _fields_of(show: Show) -> dict[str, str | float]:
    """Return a show as the store keeps it, after all the changes that it may have forgotten."""
    return {
        "id": show.id, "room": show.room, "anchor": show.anchor, "started_at": show.started_at,
        "state": show.state, "away_since": "" if show.away_since is None else show.away_since,
        "epoch": show.epoch + EPOCHS, "title": show.title, "film": _film_text(show.film), "node": show.node,
    }


def _film_text(film: ShownFilm | None) -> str:
    if film is None:
        return ""
    pieces = ",".join(f"{at}:{second}" for at, second in film.pieces)
    return f"{film.recording} {film.seconds} {int(film.is_file)} {pieces}"


def _film(text: str) -> ShownFilm | None:
    if not text:
        return None
    recording, seconds, *more = text.split(" ")
    if not more:  # of a server before this one
        return ShownFilm(ShowId(recording), float(seconds))
    is_file, pairs = more
    pieces = tuple((float(at), float(second)) for at, second in (it.split(":") for it in pairs.split(",")))
    return ShownFilm(ShowId(recording), float(seconds), is_file == "1", pieces)
