"""Every key in Redis, with what it holds.

What changes together shares a hash tag in braces, so that one script can touch it in a cluster too: the room
for shows, chat and calls, the person for what spans rooms. One thing concerns both: that nobody is in two
calls is decided where a call changes, by `in_call` of its people, so calls need a store that is no cluster.
Indexes over all rooms are hints: written before the thing they point at, checked against it when read.
"""

from __future__ import annotations

from config.ids import AccountId, CallId, RoomId

SHOWS = "shows"
"""Sorted set: rooms that may have a show, by when one last began there."""

AWAY_SHOWS = "shows:away"
"""Sorted set: rooms whose show may be away, by since when."""

CALL_ROOMS = "calls:rooms"
"""Sorted set: rooms that may have calls with deadlines, by when one last changed there."""

CALLS_KEPT = "calls:kept"
"""Text: there while the store remembers its calls; when it is gone they are rebuilt from the records."""


def show(room: RoomId) -> str:
    """Hash: the show that runs in a room, with `state` and `epoch`."""
    return f"show:{{{room}}}"


def ended_show(room: RoomId) -> str:
    """List of two, for a minute: the request that ended the last show, and that show as JSON."""
    return f"show_ended:{{{room}}}"


def rehearsal(room: RoomId) -> str:
    """Text: who rehearses in a room, or an empty one when what is rehearsed shall go live."""
    return f"rehearsal:{{{room}}}"


def pin(room: RoomId) -> str:
    """Text: the product pinned in a room."""
    return f"pin:{{{room}}}"


def audience(room: RoomId) -> str:
    """Hash: viewers of a room by node, each a count, a blank and when it was told."""
    return f"audience:{{{room}}}"


def audience_rooms(node: str) -> str:
    """Sorted set: rooms a node has told viewers of, by when."""
    return f"audience_rooms:{{{node}}}"


def duty(room: RoomId) -> str:
    """Sorted set: accounts on duty in a room, by when their lease ends."""
    return f"duty:{{{room}}}"


def duty_names(room: RoomId) -> str:
    """Hash: the names of those on duty."""
    return f"duty_names:{{{room}}}"


def duty_consoles(room: RoomId) -> str:
    """Sorted set: consoles that ring, each an account, a blank and its name, by when their lease ends."""
    return f"duty_consoles:{{{room}}}"


def chat(room: str) -> str:
    """List: the last posts of a room or meeting as JSON, the oldest first."""
    return f"chat:{{{room}}}"


def chat_bucket(room: str, author: AccountId) -> str:
    """Hash: how many posts somebody may write now (`tokens` as of `at`) and the `last` one's id."""
    return f"chat_bucket:{{{room}}}:{author}"


def call(call_id: CallId) -> str:
    """Hash: a call, with `state`, `epoch`, its deadlines, and who is `inside`, with blanks between them."""
    return f"call:{{{room_of(call_id)}}}:{call_id}"


def call_requests(call_id: CallId) -> str:
    """List: the last 32 requests that changed a call, each as its id, a blank and the epoch it made."""
    return f"call_requests:{{{room_of(call_id)}}}:{call_id}"


def ringing(room: RoomId, buyer: AccountId) -> str:
    """Text: the one call of a buyer that waits for an answer in a room."""
    return f"ringing:{{{room}}}:{buyer}"


def asked(room: RoomId, buyer: AccountId) -> str:
    """List: the last 32 request keys of a buyer in a room, each with a blank and the call it made."""
    return f"asked:{{{room}}}:{buyer}"


def last_asked(room: RoomId, buyer: AccountId) -> str:
    """Text: when a buyer last asked for a call in a room, while that keeps them from asking again."""
    return f"last_asked:{{{room}}}:{buyer}"


def waiting(room: RoomId) -> str:
    """Sorted set: calls that wait for an answer in a room, by when they were asked for."""
    return f"waiting:{{{room}}}"


def calling(room: RoomId, buyer: AccountId) -> str:
    """Text: the one call of a room's staff that rings at a buyer."""
    return f"calling:{{{room}}}:{buyer}"


def outgoing(room: RoomId) -> str:
    """Sorted set: calls of a room's staff that ring at buyers, by when they were made."""
    return f"outgoing:{{{room}}}"


def talking(room: RoomId) -> str:
    """Hash: who of a room's staff is in a call, by the call."""
    return f"talking:{{{room}}}"


def visits(room: RoomId) -> str:
    """Sorted set: buyers in a room, by when their visit ends unless it is renewed."""
    return f"visits:{{{room}}}"


def visitors(room: RoomId) -> str:
    """Hash: the buyers of `visits`, each as JSON with when the visit began."""
    return f"visitors:{{{room}}}"


def invited(room: RoomId) -> str:
    """Hash: buyers who were invited during their visit, by when that visit began."""
    return f"invited:{{{room}}}"


def deadlines(room: RoomId) -> str:
    """Sorted set: open calls of a room, by when the sweep must look at them."""
    return f"deadlines:{{{room}}}"


def calls_of(account: AccountId) -> str:
    """Sorted set: open calls somebody may be in, by when they were asked for."""
    return f"calls_of:{{{account}}}"


def in_call(account: AccountId) -> str:
    """Text: the one call somebody is in; who is in none has no such key."""
    return f"in_call:{{{account}}}"


def asked_rooms(account: AccountId) -> str:
    """Sorted set: rooms where a buyer's call rings, by when it can ring no more."""
    return f"asked_rooms:{{{account}}}"


def call_tries(account: AccountId) -> str:
    """Sorted set: the requests of a buyer within the last minute, each a room and a request key, by when."""
    return f"call_tries:{{{account}}}"


def room_of(call_id: CallId) -> RoomId:
    """Return the room a call belongs to: its id begins with it."""
    return RoomId(call_id.partition(".")[0])
