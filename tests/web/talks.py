"""Every event of the three conversations, what it says, and who is heard. Nobody else is.

Everybody is in the room `lumen`; those of its booth are in its booth, the rival in that of `tile`; the buyer,
the staff and the third person are in one meeting, the other buyer and the rival in another. What is named is
of the room `lumen` and of the first meeting, where the line says nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.web.doors import (
    ALL,
    BUYER,
    BUYERS,
    IN_CALL,
    LOOKERS,
    NOBODY,
    OTHER,
    PAIR,
    RIVAL,
    ROOM,
    Who,
)

THIRD = frozenset({Who.THIRD})
HALL, BOOTH, MEETING = "/hall", "/booth", "/meeting"
INSIDE = {
    HALL: ALL, BOOTH: LOOKERS | RIVAL, MEETING: IN_CALL | OTHER | RIVAL,
}
"""Who is in a conversation."""
LET_IN = {HALL: ALL - THIRD, BOOTH: LOOKERS, MEETING: IN_CALL}
"""Who comes into that of the room, or of the call; a third person walks about as a guest."""


@dataclass(frozen=True, slots=True)
class Talk:
    """An event, and who is heard. `meets` are the codes they are answered with, empty for "done".

    `refuses` are codes that keep others out beside `denied` and `sign_in`.
    """

    namespace: str
    event: str
    sends: Mapping[str, Any]
    lets: frozenset[Who]
    meets: tuple[str, ...] = ("",)
    refuses: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.namespace} {self.event} {dict(self.sends)}"


ASK = {"show": None, "show_second": None, "product_id": None, "request_key": "{key}"}
OVER = ("", "wrong_moment", "in_a_call", "already_taken")
"""What those are told who are heard after somebody else was, or while they talk."""
IN_HALL = [
    Talk(HALL, "post", {"text": "Hello"}, BUYERS | LOOKERS),
    Talk(HALL, "request_call", ASK, BUYERS, ("", "in_a_call")),
    Talk(HALL, "request_call", ASK | {"show": "{invited}"}, BUYER, ("", "in_a_call")),
    Talk(HALL, "request_call", ASK | {"product_id": "{tile_product}"}, NOBODY, refuses=("no_product",)),
    Talk(HALL, "request_call", ASK | {"show": "{talk}"}, NOBODY, refuses=("no_recording",)),
    Talk(HALL, "request_call", ASK | {"show": "{tile_film}"}, NOBODY, refuses=("no_recording",)),
    Talk(HALL, "cancel_call", {"call": "{call}"}, BUYER, ("wrong_moment",)),
    Talk(HALL, "answer_call", {"call": "{outgoing}"}, BUYER, OVER),
    Talk(HALL, "refuse_call", {"call": "{outgoing}"}, BUYER),
    Talk(HALL, "set_visibility", {"choice": "here"}, BUYERS),
    Talk(HALL, "here", {}, ALL),
]
IN_BOOTH = [
    Talk(BOOTH, "set_duty", {"on": True}, ROOM | RIVAL),
    Talk(BOOTH, "pin", {"product_id": "{product}"}, ROOM, refuses=("no_product",)),
    Talk(BOOTH, "pin", {"product_id": "{tile_product}"}, RIVAL, refuses=("no_product",)),
    Talk(BOOTH, "post", {"text": "Hello"}, LOOKERS | RIVAL),
    Talk(BOOTH, "pass_call", {"call": "{ringing}", "to": "{rival}"}, NOBODY, refuses=("no_call", "not_free")),
    Talk(BOOTH, "pass_call", {"call": "{ringing}", "to": "{buyer}"}, NOBODY, refuses=("no_call", "not_free")),
    Talk(BOOTH, "accept_call", {"call": "{ringing}", "request_key": "{key}"}, ROOM, OVER, ("no_call",)),
    Talk(BOOTH, "pass_call", {"call": "{ringing}", "to": None}, ROOM, OVER, ("no_call",)),
    Talk(BOOTH, "decline_call", {"call": "{ringing}"}, ROOM, OVER, ("no_call",)),
    Talk(BOOTH, "call_back", {"subject": "{subject}", "request_key": "{key}"}, ROOM, OVER, ("no_message",)),
    Talk(BOOTH, "call_back", {"subject": "{ended}", "request_key": "{key}"}, NOBODY, refuses=("no_call",)),
    Talk(BOOTH, "call_back", {"subject": "{outgoing}", "request_key": "{key}"}, NOBODY, refuses=("no_call",)),
    Talk(BOOTH, "invite", {"visitor": "{buyer}", "request_key": "{key}"}, ROOM, (*OVER, "invited_already"),
         ("not_here", "not_visible")),
    Talk(BOOTH, "take_back_call", {"call": "{outgoing}"}, RIVAL, OVER, ("no_call",)),
    Talk(BOOTH, "begin_rehearsal", {}, ROOM | RIVAL, ("", "on_air")),
    Talk(BOOTH, "go_live", {}, ROOM | RIVAL, ("", "no_rehearsal")),
    Talk(BOOTH, "end_rehearsal", {}, ROOM | RIVAL),
    Talk(BOOTH, "end_show", {}, LOOKERS | RIVAL),
]
IN_MEETING = [
    Talk(MEETING, "signal", {"restart": True}, PAIR | OTHER | RIVAL),
    Talk(MEETING, "post", {"text": "Hello"}, INSIDE[MEETING]),
    Talk(MEETING, "table", {"product_id": "{product}"}, PAIR, refuses=("no_product",)),
    Talk(MEETING, "devices", {"microphone": True, "camera": True, "screen": False}, INSIDE[MEETING]),
    Talk(MEETING, "consent", {"agree": False, "language": "en"}, INSIDE[MEETING]),
    Talk(MEETING, "invite", {"kind": "colleague", "name": "Cole", "company": ""}, PAIR | OTHER | RIVAL),
    Talk(MEETING, "speak_to", {"listener": "buyer"}, THIRD),
    Talk(MEETING, "freeze", {"file": "{file}"}, IN_CALL, refuses=("no_file",)),
    Talk(MEETING, "freeze", {"file": "{other_file}"}, OTHER | RIVAL, refuses=("no_file",)),
    Talk(MEETING, "point", {"x": 0.5, "y": 0.5, "is_down": True}, INSIDE[MEETING]),
    Talk(MEETING, "wipe", {}, INSIDE[MEETING]),
    Talk(MEETING, "remove", {"seat": "{third_seat}"}, IN_CALL, refuses=("no_third",)),
    Talk(MEETING, "hang_up", {}, INSIDE[MEETING], OVER),
]
TALKS = [
    *IN_HALL, *IN_BOOTH, *IN_MEETING, Talk(HALL, "cancel_call", {"call": "{ringing}"}, OTHER, OVER),
]
"""In an order in which those who are heard leave the next ones something to speak of."""
