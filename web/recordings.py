"""JSON about recordings: the studio's list and its changes; the chapters and the chat of a replay."""

from __future__ import annotations

from math import isfinite
from typing import Any, Protocol

from aiohttp import web

from config.errors import Invalid
from config.ids import AccountId, RoomId, ShowId
from rooms.fair.policy import Actor, Permission
from rooms.fair.recording import Access, Kind, Recording
from rooms.fair.recording_memory import bytes_of_calls
from rooms.fair.recordings import PAGE_LIMIT
from web import keys
from web.i18n import gettext
from web.identity import actor_of, allow
from web.json_body import json_fields, text_in, texts_in

GIGABYTE = 1_000_000_000
GUESTS_LIMIT = 500
POSTS_AT_ONCE = 500
NO_STORE = {"Cache-Control": "no-store"}


class RecordedFiles(Protocol):
    """Whoever deletes files."""

    async def delete_left(self) -> object:
        """Delete the files of deleted recordings; what cannot be deleted now is tried again later."""


@allow(Permission.SEE_STUDIO)
async def of_room(request: web.Request) -> web.Response:
    """List the recorded shows of a room, and what they take of its quota."""
    room, recordings = RoomId(request.match_info["room"]), request.app[keys.RECORDINGS]
    await request.app[keys.COMPANIES].ever_by_room(room)
    settings = request.app[keys.SETTINGS].recording
    listed = [await _data(request, it) for it in await recordings.of_room(room, PAGE_LIMIT)]
    used, quota = await recordings.used_bytes(room), int(settings.quota_gb * GIGABYTE)
    answer = {
        "recordings": listed, "used": used, "quota": quota, "keep_days": settings.keep_days,
        "used_by_calls": await bytes_of_calls(request.app[keys.DATABASE], room),
    }
    return web.json_response(answer, headers=NO_STORE)


async def change(request: web.Request) -> web.Response:
    """Rename a recording, keep it for longer, or say who may watch; what is not named stays."""
    name, actor = request.match_info["recording"], await actor_of(request)
    asked = await json_fields(request)
    recordings = request.app[keys.RECORDINGS]
    recording = await recordings.get(name)
    await recordings.require_managing(actor, recording)
    title, is_kept, access = _title(asked), _kept(asked), _access(asked)
    guests = await _guests(request, asked)
    if title is not None:
        recording = await recordings.rename(actor, name, title)
    if access is not None or guests is not None:
        recording = await _open_to(request, actor, recording, access or recording.access, guests)
    if is_kept is not None:
        recording = await recordings.set_kept(actor, name, is_kept)
    return web.json_response({"recording": await _data(request, recording)}, headers=NO_STORE)


async def delete(request: web.Request) -> web.Response:
    """Delete a recording, and its files as far as that can be done at once."""
    await request.app[keys.RECORDINGS].delete(await actor_of(request), request.match_info["recording"])
    await request.app[keys.RECORDED_FILES].delete_left()
    return web.json_response({}, headers=NO_STORE)


async def chapters(request: web.Request) -> web.Response:
    """Give the chapters of a replay to who may watch it."""
    show = await _watched(request)
    found = await request.app[keys.MOMENTS].chapters(show)
    listed = [{"second": it.second, "product_id": it.product, "title": it.title} for it in found]
    return web.json_response({"chapters": listed}, headers=NO_STORE)


async def posts(request: web.Request) -> web.Response:
    """Give posts later than `after` to who may watch the replay; `more` when there are others behind them."""
    show, after = await _watched(request), _after(request)
    found = await request.app[keys.MOMENTS].posts(show, after, POSTS_AT_ONCE + 1)
    listed = [
        {
            "id": it.id, "second": it.second, "author": it.author, "company": it.company,
            "role": it.role.value, "text": it.text, "at": it.at,
        }
        for it in found[:POSTS_AT_ONCE]
    ]
    return web.json_response({"posts": listed, "more": len(found) > POSTS_AT_ONCE}, headers=NO_STORE)


async def delete_post(request: web.Request) -> web.Response:
    """Take a post out of a replay."""
    show, post = ShowId(request.match_info["show"]), request.match_info["post"]
    await request.app[keys.MOMENTS].delete_post(await actor_of(request), show, post)
    return web.json_response({}, headers=NO_STORE)


async def _watched(request: web.Request) -> ShowId:
    """Return the show of the URL, to who may watch its recording."""
    recordings = request.app[keys.RECORDINGS]
    recording = await recordings.get(request.match_info["show"])
    await recordings.require_watching(await actor_of(request), recording)
    return ShowId(recording.id)


async def _open_to(
    request: web.Request, actor: Actor, recording: Recording, access: Access,
    guests: list[AccountId] | None,
) -> Recording:
    """Say who may watch; a list of guests that is not sent stays as it is."""
    recordings = request.app[keys.RECORDINGS]
    if guests is None:
        guests = [guest.account for guest in await recordings.guests(recording.id)]
    return await recordings.set_access(actor, recording.id, access, guests)


async def _data(request: web.Request, recording: Recording) -> dict[str, Any]:
    """Return a recording as its owners see it; its guests by their addresses."""
    is_listed = recording.kind is Kind.SHOW and recording.access is Access.INVITED
    guests = await request.app[keys.RECORDINGS].guests(recording.id) if is_listed else []
    return {
        "id": recording.id, "title": recording.title, "started_at": recording.started_at,
        "ended_at": recording.ended_at, "seconds": recording.seconds, "bytes": recording.bytes,
        "state": recording.state.value, "stop_reason": recording.stop_reason,
        "is_running": recording.is_running, "access": recording.access.value,
        "guests": [guest.email for guest in guests], "keep": recording.is_kept,
        "storage": recording.storage.value,
    }


async def _guests(request: web.Request, asked: dict[str, Any]) -> list[AccountId] | None:
    emails = asked.get("guests")
    if emails is None:
        return None
    if isinstance(emails, list) and len(emails) > GUESTS_LIMIT:
        raise Invalid(gettext("That is too many guests for one recording."), code="too_many_guests")
    emails = texts_in(asked, "guests", GUESTS_LIMIT)
    return [account.id for account in await request.app[keys.ACCOUNTS].by_emails(emails)]


def _title(asked: dict[str, Any]) -> str | None:
    return None if asked.get("title") is None else text_in(asked, "title")


def _kept(asked: dict[str, Any]) -> bool | None:
    is_kept = asked.get("keep")
    if is_kept is not None and not isinstance(is_kept, bool):
        raise Invalid(gettext("Keep is true or false."), code="malformed")
    return is_kept


def _access(asked: dict[str, Any]) -> Access | None:
    if asked.get("access") is None:
        return None
    try:
        return Access(str(asked["access"]))
    except ValueError:
        raise Invalid(gettext("Access is public, signed_in or invited."), code="malformed") from None


def _after(request: web.Request) -> float:
    try:
        after = float(request.query.get("after", "-1"))
    except ValueError:
        after = float("nan")
    if not isfinite(after):
        raise Invalid(gettext("A second is a number."), code="malformed")
    return after
