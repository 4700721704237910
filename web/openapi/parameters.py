"""The parameters that paths of the interface have, by name; the URL table has the same patterns."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = "[A-Za-z0-9_-]{1,64}"  # noqa: S105 - the pattern of our identifiers, no secret

PATH_PARAMETERS: dict[str, tuple[str, str, str]] = {
    "room": ("[a-z0-9][a-z0-9-]{0,63}", "A room, by its company's name in the address.", "aurora-lamps"),
    "call": ("[A-Za-z0-9._-]{1,128}", "A private call.", "aurora-lamps.fzr1nVw0YkqGd3mYcHqV9A"),
    "announced": (_TOKEN, "An announced show.", "8kq2sVw0YkqGd3mYcHqV9A"),
    "recording": ("[A-Za-z0-9._-]{1,128}", "A recording; that of a show has the show's id.",
                  "Zt5hVw0YkqGd3mYcHqV9Aa"),
    "show": (_TOKEN, "A show, by its id.", "Zt5hVw0YkqGd3mYcHqV9Aa"),
    "product": ("[A-Za-z0-9._-]{1,64}", "A product of the room.", "aurora-lamps-1"),
    "post": (_TOKEN, "A post in the chat of a show.", "p1nVw0YkqGd3mYcHqV9Abc"),
    "language": ("[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}", "A language by its tag (BCP 47).", "pt-BR"),
    "appointment": (_TOKEN, "An appointment.", "ap7Vw0YkqGd3mYcHqV9Abc"),
    "still": (_TOKEN, "An authenticity still.", "st3Vw0YkqGd3mYcHqV9Abc"),
    "buyer": (_TOKEN, "The buyer of a thread, by their account.", "by2Vw0YkqGd3mYcHqV9Abc"),
    "offer": (_TOKEN, "An offer.", "of9Vw0YkqGd3mYcHqV9Abc"),
    "file": (_TOKEN, "A file that was handed over in a call.", "fi4Vw0YkqGd3mYcHqV9Abc"),
    "token": (_TOKEN, "The secret in a calendar's address.", "ca1Vw0YkqGd3mYcHqV9Abc"),
    "subject": ("[A-Za-z0-9._-]{1,128}", "A missed request or a message to follow up.",
                "message-fzr1nVw0YkqGd3mYcHqV9A"),
    "number": ("[0-9]{1,4}", "A sheet of small pictures, from 0 on.", "0"),
}
"""Names to their pattern, what they name, and an example."""

_NAME = re.compile(r"\{([a-z]+)\}")


def names_in(path: str) -> list[str]:
    """Return the names of the parameters in a path, in order."""
    return _NAME.findall(path)


def path_parameter(name: str) -> dict[str, Any]:
    """Return a parameter as OpenAPI has it."""
    pattern, about, example = PATH_PARAMETERS[name]
    return {
        "name": name, "in": "path", "required": True, "description": about,
        "schema": {"type": "string", "pattern": f"^{pattern}$"}, "example": example,
    }
