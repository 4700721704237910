"""What the screens of a call may ask beside talking: consents, third persons, and a picture to point at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from signaling.message_fields import flag, key, share, text

ID_LIMIT, NAME_LIMIT, LANGUAGE_LIMIT = 128, 200, 35


@dataclass(frozen=True, slots=True)
class Consent:
    """Agree that the call is recorded, having read why in `language`; or refuse, or withdraw.

    `key` is empty from clients that say none: what they send again they say again.
    """

    agree: bool
    language: str
    key: str


@dataclass(frozen=True, slots=True)
class Invite:
    """Ask for a link that lets a third person in."""

    kind: str
    name: str
    company: str


@dataclass(frozen=True, slots=True)
class NameSeat:
    """Something about one seat that needs no more than its id."""

    seat: str


@dataclass(frozen=True, slots=True)
class SpeakTo:
    """Say whom an interpreter speaks to."""

    listener: str


@dataclass(frozen=True, slots=True)
class Freeze:
    """Put a picture in front of everybody; None takes it away."""

    file: str | None


@dataclass(frozen=True, slots=True)
class Point:
    """Where somebody points on the picture, in shares of its width and height, and whether they draw."""

    x: float
    y: float
    is_down: bool


Message = Consent | Invite | NameSeat | SpeakTo | Freeze | Point


def consent(fields: Mapping[str, Any]) -> Consent:
    """Read an answer to the question whether the call may be recorded."""
    chosen = key(fields) if "request_key" in fields else ""
    return Consent(flag(fields, "agree"), text(fields, "language", LANGUAGE_LIMIT), chosen)


def invite(fields: Mapping[str, Any]) -> Invite:
    """Read whom somebody invites."""
    name, company = text(fields, "name", NAME_LIMIT), text(fields, "company", NAME_LIMIT, may_be_empty=True)
    return Invite(text(fields, "kind", ID_LIMIT), name, company)


def name_seat(fields: Mapping[str, Any]) -> NameSeat:
    """Read which seat is meant."""
    return NameSeat(text(fields, "seat", ID_LIMIT))


def speak_to(fields: Mapping[str, Any]) -> SpeakTo:
    """Read whom an interpreter speaks to."""
    return SpeakTo(text(fields, "listener", ID_LIMIT))


def freeze(fields: Mapping[str, Any]) -> Freeze:
    """Read which picture is meant."""
    return Freeze(None if fields.get("file") is None else text(fields, "file", ID_LIMIT))


def point(fields: Mapping[str, Any]) -> Point:
    """Read where somebody points."""
    return Point(share(fields, "x"), share(fields, "y"), flag(fields, "is_down"))
