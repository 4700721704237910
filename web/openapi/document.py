"""The OpenAPI document: all operations under their tags, with what they share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from web.openapi import askings, calls, negotiations, papers, rooms, shows, things
from web.openapi.introduction import as_markdown
from web.openapi.operation import Operation
from web.openapi.shapes import Shape

OPENAPI = "3.1.1"


@dataclass(frozen=True, slots=True)
class Tag:
    """Operations that belong together."""

    name: str
    about: str
    operations: tuple[Operation, ...]

    @property
    def anchor(self) -> str:
        """Its place on a page."""
        return f"about-{self.name.lower()}"


TAGS = (
    Tag("Session", "Who you are, and the keys to other doors.", rooms.SESSION),
    Tag("Rooms", "What is on the air, and what publishes there.", rooms.HALL),
    Tag("Programme", "Shows that are announced, and what dark rooms play.", shows.PROGRAMME),
    Tag("Recordings", "Recorded shows: who may watch them, and what happened in them.", shows.RECORDINGS),
    Tag("Captions", "Captions of shows, live and afterwards.", shows.CAPTIONS),
    Tag("Stills", "Pictures of a show that the fair has signed.", rooms.STILLS),
    Tag("Appointments", "Times for private calls.", calls.APPOINTMENTS),
    Tag("Requests", "Messages, what to follow up, and who is there when.", calls.REQUESTS),
    Tag("Calls", "What is handed over and kept in a private call.", calls.CALL_ROOM),
    Tag("Threads", "All that passes between one buyer and one exhibitor.", negotiations.THREADS),
    Tag("Offers", "Orders of intent: sent, countered and signed.", negotiations.OFFERS),
    Tag("Operation", "For those who run the fair.", rooms.OPERATORS),
)
SHAPES: dict[str, Shape] = things.SHAPES | askings.SHAPES | papers.SHAPES


@cache
def document(public_url: str) -> bytes:
    """Return the document of the fair at that address, as JSON in UTF-8."""
    return json.dumps(openapi(public_url), ensure_ascii=False, separators=(",", ":")).encode()


def openapi(public_url: str) -> dict[str, Any]:
    """Return the document of the fair at that address."""
    paths: dict[str, dict[str, Any]] = {}
    for tag in TAGS:
        for operation in tag.operations:
            paths.setdefault(operation.path, {})[operation.method.lower()] = operation.document(tag.name)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Showroom", "version": version("showroom"), "description": as_markdown(public_url),
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": public_url}],
        "tags": [{"name": tag.name, "description": tag.about} for tag in TAGS],
        "paths": paths,
        "components": {"schemas": SHAPES, "securitySchemes": _schemes(public_url)},
    }


def session_cookie(public_url: str) -> str:
    """Return what the session cookie is called: bound to its host behind TLS."""
    return "__Host-session" if public_url.startswith("https:") else "session"


def _schemes(public_url: str) -> dict[str, Any]:
    return {
        "session": {
            "type": "apiKey", "in": "cookie", "name": session_cookie(public_url),
            "description": "The cookie that signing in gives.",
        },
        "csrf": {
            "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
            "description": "The token of `GET /api/session`, needed by every change beside the cookie.",
        },
        "captionKey": {
            "type": "http", "scheme": "bearer",
            "description": "The room's caption key, which the studio makes.",
        },
    }
