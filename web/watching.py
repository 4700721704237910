"""Who may watch a show that is over, or what hangs on it: one question, answered by who keeps the rules."""

from __future__ import annotations

from typing import Protocol

from aiohttp import web

from config.errors import Denied, Missing
from config.ids import ShowId
from rooms.fair.policy import Actor, Permission, Role, may
from rooms.fair.shows_log import ShowLog
from web import keys
from web.identity import actor_of


class Watching(Protocol):
    """Tells whether somebody may watch the replay of a show."""

    async def may_watch(self, actor: Actor, show: ShowId) -> bool:
        """Raise `Missing` (`no_show`) for a show that never was."""


class WatchingShows:
    """Lets everybody watch every show there was, as far as the policy goes."""

    def __init__(self, show_log: ShowLog) -> None:
        self._show_log = show_log

    async def may_watch(self, actor: Actor, show: ShowId) -> bool:
        """Tell whether somebody may watch in the show's room."""
        return may(actor, Permission.WATCH, (await self._show_log.get(show)).room)


async def watched_show(request: web.Request) -> ShowId:
    """Return the show of the URL for somebody who may watch it; guests are asked to sign in."""
    show, actor = ShowId(request.match_info["show"]), await actor_of(request)
    if await request.app[keys.WATCHING].may_watch(actor, show):
        return show
    if actor.role is Role.GUEST:
        raise Denied("Please sign in to do this.", code="sign_in")
    raise Missing("There is no such show.", code="no_show")
