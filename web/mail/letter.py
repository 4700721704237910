"""What every mail of the fair is made of, whatever it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar entry that goes with a mail; `method` is REQUEST or CANCEL."""

    text: str
    method: str


@dataclass(frozen=True, slots=True)
class Words:
    """A mail in the reader's language: paragraphs, named facts, and the one thing to do next."""

    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    button: tuple[str, str] = ("", "")
    invitation: Invitation | None = None


Compose = Callable[[Mapping[str, Any], str], Words]
"""Makes words of a letter's facts and the address of the fair, in the language spoken at the moment."""
