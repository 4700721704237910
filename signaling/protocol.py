"""What clients may ask over the sockets: every event with its message, read at the edge and bounded.

`ASKED` is the whole list; `docs/protocol.md` says what each means, and a test compares the two. Fields nobody
knows are ignored, so that a newer page can speak to an older server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.errors import Conflict, Invalid
from config.ids import CallId, ProductId, ShowId
from signaling import protocol_asking
from signaling import protocol_callroom as callroom
from signaling.message_fields import ID_LIMIT, Asked
from signaling.message_fields import fields as _fields
from signaling.message_fields import flag as _flag
from signaling.message_fields import key as _key
from signaling.message_fields import malformed as _malformed
from signaling.message_fields import optional_text as _optional_text
from signaling.message_fields import product as _product
from signaling.message_fields import seconds as _seconds
from signaling.message_fields import show as _show
from signaling.message_fields import text as _text

VERSION = 1
MESSAGE_LIMIT_BYTES = 16 * 1024
"""A frame larger than this closes the connection with status 1009."""
TEXT_LIMIT = 8000
TICKET_LIMIT = 4096
CANDIDATE_LIMIT = 1000
SDP_LIMIT = 15_000


@dataclass(frozen=True, slots=True)
class Connect:
    """The payload of CONNECT: the version the page speaks, and its ticket."""

    ticket: str


@dataclass(frozen=True, slots=True)
class WritePost:
    """Say something in the room or the meeting."""

    text: str


@dataclass(frozen=True, slots=True)
class RequestCall:
    """Ask for a private call, once for a `request_key`; `show` is named where its replay is watched."""

    show: ShowId | None
    show_second: float | None
    product_id: ProductId | None
    request_key: str


@dataclass(frozen=True, slots=True)
class NameCall:
    """Something about one call that needs no more than its id."""

    call: CallId


@dataclass(frozen=True, slots=True)
class AcceptCall:
    """Take a call; the same `request_key` twice is one acceptance."""

    call: CallId
    request_key: str


@dataclass(frozen=True, slots=True)
class SetDuty:
    """Go on or off duty."""

    on: bool


@dataclass(frozen=True, slots=True)
class NameProduct:
    """Pin a product, or put it on the table; None takes it away."""

    product_id: ProductId | None


@dataclass(frozen=True, slots=True)
class Devices:
    """What somebody sends in a meeting."""

    microphone: bool
    camera: bool
    screen: bool


@dataclass(frozen=True, slots=True)
class Description:
    """A session description on its way to the other party."""

    type: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An ICE candidate on its way to the other party, spelt as browsers do."""

    candidate: str
    sdpMid: str | None  # noqa: N815 - the name in RTCIceCandidateInit
    sdpMLineIndex: int | None  # noqa: N815 - as above
    usernameFragment: str | None  # noqa: N815 - as above


@dataclass(frozen=True, slots=True)
class Signal:
    """One of the three; the server looks at their size only. `restart` asks who makes the offers for one."""

    description: Description | None
    candidate: Candidate | None
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Nothing:
    """A message without fields."""


Message = (
    WritePost | RequestCall | NameCall | AcceptCall | SetDuty | NameProduct | Devices | Signal | Nothing
    | callroom.Message
)


def read_connect(payload: object) -> Connect:
    """Return the payload of CONNECT; `Conflict` (`reload`) for a page of another version."""
    fields = _fields(payload)
    if fields.get("v") != VERSION:
        raise Conflict("The fair has been renewed; reload this page.", code="reload")
    return Connect(_text(fields, "ticket", TICKET_LIMIT))


def read(namespace: str, event: str, payload: tuple[object, ...]) -> object:
    """Return the message of an event; `Invalid` (`unknown_event`, `malformed`, `too_large`)."""
    asked = ASKED[namespace].get(event)
    if asked is None:
        raise Invalid("This server does not know what you ask for.", code="unknown_event")
    if len(payload) > 1:
        raise _malformed("an event carries one object")
    return asked.parse(_fields(payload[0] if payload else {}))


def _post(fields: Mapping[str, Any]) -> Message:
    return WritePost(_text(fields, "text", TEXT_LIMIT))


def _request_call(fields: Mapping[str, Any]) -> Message:
    return RequestCall(_show(fields), _seconds(fields, "show_second"), _product(fields), _key(fields))


def _name_call(fields: Mapping[str, Any]) -> Message:
    return NameCall(CallId(_text(fields, "call", ID_LIMIT)))


def _accept_call(fields: Mapping[str, Any]) -> Message:
    return AcceptCall(CallId(_text(fields, "call", ID_LIMIT)), _key(fields))


def _set_duty(fields: Mapping[str, Any]) -> Message:
    return SetDuty(_flag(fields, "on"))


def _name_product(fields: Mapping[str, Any]) -> Message:
    return NameProduct(_product(fields))


def _devices(fields: Mapping[str, Any]) -> Message:
    return Devices(_flag(fields, "microphone"), _flag(fields, "camera"), _flag(fields, "screen"))


def _signal(fields: Mapping[str, Any]) -> Message:
    description, candidate = fields.get("description"), fields.get("candidate")
    restart = fields.get("restart", False)
    if not isinstance(restart, bool) or (description is not None) + (candidate is not None) + restart != 1:
        raise _malformed("a signal is a description, a candidate or the wish for a restart")
    return Signal(
        None if description is None else _description(_fields(description)),
        None if candidate is None else _candidate(_fields(candidate)),
        restart,
    )


def _description(fields: Mapping[str, Any]) -> Description:
    kind = _text(fields, "type", ID_LIMIT)
    if kind not in ("offer", "answer", "pranswer"):
        raise _malformed("the type of a description is offer, answer or pranswer")
    return Description(kind, _text(fields, "sdp", SDP_LIMIT))


def _candidate(fields: Mapping[str, Any]) -> Candidate:
    index = fields.get("sdpMLineIndex")
    if index is not None and (type(index) is not int or not 0 <= index <= 255):
        raise _malformed("sdpMLineIndex is a small number")
    return Candidate(
        _text(fields, "candidate", CANDIDATE_LIMIT, may_be_empty=True),
        _optional_text(fields, "sdpMid"), index, _optional_text(fields, "usernameFragment"),
    )


def _nothing(_fields: Mapping[str, Any]) -> Message:
    return Nothing()


POST = Asked(_post, ("text",), ("post",))

ASKED: dict[str, dict[str, Asked]] = {
    "/hall": {
        "post": POST,
        "request_call": Asked(_request_call, ("show", "show_second", "product_id", "request_key"), ("call",)),
        "cancel_call": Asked(_name_call, ("call",), ("call",)),
        **protocol_asking.IN_HALL,
    },
    "/booth": {
        "set_duty": Asked(_set_duty, ("on",)),
        "pin": Asked(_name_product, ("product_id",)),
        "post": POST,
        "accept_call": Asked(_accept_call, ("call", "request_key"), ("call",)),
        "decline_call": Asked(_name_call, ("call",)),
        **{it: Asked(_nothing, ()) for it in ("end_show", "begin_rehearsal", "end_rehearsal", "go_live")},
        **protocol_asking.IN_BOOTH,
    },
    "/meeting": {
        "signal": Asked(_signal, ("description", "candidate", "restart")),
        "post": POST,
        "table": Asked(_name_product, ("product_id",), ("product",)),
        "devices": Asked(_devices, ("microphone", "camera", "screen")),
        "hang_up": Asked(_nothing, ()),
        "consent": Asked(callroom.consent, ("agree", "language", "request_key")),
        "invite": Asked(callroom.invite, ("kind", "name", "company"), ("link",)),
        "remove": Asked(callroom.name_seat, ("seat",)),
        "speak_to": Asked(callroom.speak_to, ("listener",)),
        "freeze": Asked(callroom.freeze, ("file",)),
        "point": Asked(callroom.point, ("x", "y", "is_down")),
        "wipe": Asked(_nothing, ()),
    },
}
"""Every event a client may send, by namespace."""
