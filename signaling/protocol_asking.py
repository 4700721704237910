"""What clients may ask about requests: taking a call of the staff, calling back, passing on, being seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.ids import AccountId, CallId
from rooms.fair.visibility import Choice
from signaling.message_fields import ID_LIMIT, Asked, key, malformed, text


@dataclass(frozen=True, slots=True)
class NameOutgoing:
    """One call of the staff to a buyer."""

    call: CallId


@dataclass(frozen=True, slots=True)
class PassCall:
    """Leave a call to the others, or to one colleague."""

    call: CallId
    to: AccountId | None


@dataclass(frozen=True, slots=True)
class CallBack:
    """Ring a buyer back; `subject` is a missed request or a message."""

    subject: str
    request_key: str


@dataclass(frozen=True, slots=True)
class Invite:
    """Invite somebody who is in the room and visible."""

    visitor: AccountId
    request_key: str


@dataclass(frozen=True, slots=True)
class ChooseVisibility:
    """Be visible, here only, or hidden."""

    choice: Choice


@dataclass(frozen=True, slots=True)
class Here:
    """A page of the buyer is open after all."""


def _name_outgoing(fields: Mapping[str, Any]) -> NameOutgoing:
    return NameOutgoing(CallId(text(fields, "call", ID_LIMIT)))


def _pass_call(fields: Mapping[str, Any]) -> PassCall:
    to = None if fields.get("to") is None else AccountId(text(fields, "to", ID_LIMIT))
    return PassCall(CallId(text(fields, "call", ID_LIMIT)), to)


def _call_back(fields: Mapping[str, Any]) -> CallBack:
    return CallBack(text(fields, "subject", ID_LIMIT), key(fields))


def _invite(fields: Mapping[str, Any]) -> Invite:
    return Invite(AccountId(text(fields, "visitor", ID_LIMIT)), key(fields))


def _choose_visibility(fields: Mapping[str, Any]) -> ChooseVisibility:
    try:
        return ChooseVisibility(Choice(text(fields, "choice", ID_LIMIT)))
    except ValueError:
        raise malformed("the choice is visible, here or hidden") from None


def _here(_fields: Mapping[str, Any]) -> Here:
    return Here()


IN_HALL = {
    "answer_call": Asked(_name_outgoing, ("call",), ("call",)),
    "refuse_call": Asked(_name_outgoing, ("call",), ("call",)),
    "set_visibility": Asked(_choose_visibility, ("choice",), ("choice",)),
    "here": Asked(_here, ()),
}
IN_BOOTH = {
    "pass_call": Asked(_pass_call, ("call", "to")),
    "call_back": Asked(_call_back, ("subject", "request_key"), ("call",)),
    "invite": Asked(_invite, ("visitor", "request_key"), ("call",)),
    "take_back_call": Asked(_name_outgoing, ("call",), ("call",)),
}
"""Every such event, by namespace."""
