"""The demo: furnishes the fair, says who can sign in, and keeps broadcasters running beside the server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from config.ids import RoomId
from config.settings import HttpSettings
from rooms.fair.pictures import FOLDER
from showroom.app import Fair
from showroom.broadcasting import broadcasting
from showroom.demo.catalogue import ON_AIR, Catalogue, load_catalogue
from showroom.demo.desk import staff_desks
from showroom.demo.fair import BUYER, ORGANISER, PASSWORD, furnish, illustrate, require_demo, staff_accounts
from showroom.demo.pictures import missing_pictures
from showroom.demo.programme import announce_shows
from web.app import Parts

BROADCASTER = "demo"
"""Who rotated the stream keys of the rooms on the air."""


class Demonstration:
    """What `showroom demo` puts round a fair; `say` prints for people."""

    def __init__(self, *, shows: bool, small: bool, say: Callable[[str], None]) -> None:
        self._whole = load_catalogue()
        self._catalogue = self._whole.small() if small else self._whole
        self._shows = shows
        self._say = say

    async def furnish(self, parts: Parts) -> None:
        """Put companies, products, pictures and accounts into the fair, once; `Conflict` if it is no demo."""
        await require_demo(parts, self._whole)
        folder = parts.settings.data.folder
        if missing := missing_pictures(self._catalogue, folder / FOLDER):
            self._say(f"Drawing {missing} pictures, once...")
        await illustrate(self._catalogue, folder)
        await furnish(parts, self._catalogue)
        await announce_shows(parts, self._catalogue)
        await staff_desks(parts, self._catalogue)

    @asynccontextmanager
    async def on_the_air(self, fair: Fair) -> AsyncIterator[None]:
        """Say where the fair is, and keep three shows on the air during the block."""
        self._say(welcome(fair.base_url, self._catalogue, shows=self._shows))
        left = await fair.parts.departures.look()
        here = [room for room in map(RoomId, ON_AIR) if room not in left]
        if not self._shows or not here:
            yield
            return
        keys = [(room, await fair.parts.stream_keys.rotate(room, BROADCASTER)) for room in here]
        said = "".join(f"{room} {key}\n" for room, key in keys)
        settings = fair.parts.settings
        async with broadcasting(own_door(settings.http), str(settings.data.folder / "clips"), said=said):
            yield


def own_door(http: HttpSettings) -> str:
    """Return how this machine reaches its own server, whatever address the public uses."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(http.host, http.host)  # noqa: S104
    return f"http://[{host}]:{http.port}" if ":" in host else f"http://{host}:{http.port}"


def welcome(base_url: str, catalogue: Catalogue, *, shows: bool) -> str:
    """Return what a newcomer needs for the first minute: the address, the accounts and what to try."""
    live = [catalogue.exhibitor(room) for room in ON_AIR]
    first = staff_accounts(live[0])[0]
    people = [(BUYER.email, f"{BUYER.name}, buyer"), (ORGANISER.email, f"{ORGANISER.name}, organiser")]
    people += [(a.email, f"{a.name}, staff of {a.company}") for e in live for a in staff_accounts(e)]
    wide = max(len(email) for email, _ in people)
    lines = [
        "",
        f"The demo fair is open at {base_url}",
        "",
        f"Everybody signs in with the password: {PASSWORD}",
        *(f"  {email:{wide}}  {who}" for email, who in people),
        "  Every other room has its staff too: ROOM@fair.example and ROOM-2@fair.example.",
        "",
        f"To be rung, sign in as {first.email} in a private window: the studio opens, on duty.",
        f"To ring, sign in as {BUYER.email}, open {base_url}/rooms/{live[0].room} and ask for a call.",
        f"On the air in a moment: {', '.join(e.name for e in live)}." if shows else "No room is on the air.",
        "Ctrl-C closes the fair.",
        "",
    ]
    return "\n".join(lines)
