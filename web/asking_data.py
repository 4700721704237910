"""What scripts are told of requests beside the sockets: what to follow up, hours, the roster, promises."""

from __future__ import annotations

from typing import Any

from config.ids import RoomId
from rooms.fair.blocks import Block
from rooms.fair.hours import Hours, Weekly
from rooms.fair.promise import Promise
from rooms.fair.roster import RosterEntry
from rooms.negotiation.follow_up import Done, Letter, Missed


def missed_data(missed: Missed, product: str | None) -> dict[str, Any]:
    """Return a request that led to no talk; `product` is the title of what was in view."""
    call = missed.call
    return {
        "id": call.id, "at": call.requested_at, "state": call.state.value, "product": product,
        "buyer": _buyer(call.buyer, call.buyer_name, call.buyer_company, call.buyer_country,
                        call.buyer_language),
        **_progress(missed.done, missed.tries, is_reached=missed.is_reached),
    }


def letter_data(letter: Letter, product: str | None) -> dict[str, Any]:
    """Return a message; `product` is the title of what it is about."""
    it = letter.message
    return {
        "id": it.id, "at": it.sent_at, "product": product, "subject": it.wish.subject,
        "quantity": it.wish.quantity, "text": it.wish.text,
        "buyer": _buyer(it.buyer, it.buyer_name, it.buyer_company, it.buyer_country, it.buyer_language),
        **_progress(letter.done, letter.tries, is_reached=letter.is_reached),
    }


def hours_data(hours: Hours) -> dict[str, Any]:
    """Return working hours; weekdays are texts, as names of JSON are."""
    return {"zone": hours.zone, "weekly": _weekly_data(hours.weekly)}


def entry_data(entry: RosterEntry) -> dict[str, Any]:
    """Return who speaks and explains what, and when they are there; no hours are those of the stand."""
    return {
        "account": entry.account, "name": entry.name, "languages": list(entry.languages),
        "product_lines": list(entry.product_lines), "weekly": _weekly_data(entry.weekly),
    }


def block_data(block: Block) -> dict[str, Any]:
    """Return a buyer who is blocked."""
    return {
        "account": block.account, "name": block.name, "company": block.company,
        "blocked_by": block.blocked_by, "blocked_at": block.blocked_at,
    }


def promise_data(promise: Promise | None) -> dict[str, Any] | None:
    """Return what can be promised where nobody is on duty."""
    if promise is None:
        return None
    return {
        "begins_at": promise.begins_at, "ends_at": promise.ends_at, "is_now": promise.is_now,
        "language": promise.language, "is_spoken": promise.is_spoken,
    }


def appointment_url(room: RoomId) -> str:
    """Return where an appointment in a room is made."""
    return f"/rooms/{room}/appointment"


def proposal_url(room: RoomId) -> str:
    """Return where staff propose a time to who asked or wrote; `{about}` stands for what they left."""
    return f"{appointment_url(room)}?about={{about}}"


def _weekly_data(weekly: Weekly) -> dict[str, Any]:
    return {str(day): list(spans) for day, spans in weekly.items()}


def _buyer(account: str, name: str, company: str, country: str, language: str) -> dict[str, str]:
    return {"id": account, "name": name, "company": company, "country": country, "language": language}


def _progress(done: Done | None, tries: int, *, is_reached: bool) -> dict[str, Any]:
    return {
        "is_done": done is not None or is_reached, "done_by": (done.name or None) if done else None,
        "tries": tries, "is_reached": is_reached,
    }
