"""The keys the conversations keep in Redis; those of the fair's state are in `rooms.live.keys`."""

from __future__ import annotations

from config.ids import CallId


def ticket(number: str) -> str:
    """Text: there while a single-use ticket could still be shown again."""
    return f"ticket:{number}"


def seats(call: CallId) -> str:
    """Set: who sits in a meeting, each an account, a blank and its socket."""
    return f"seats:{{{call}}}"


WATCHED = "watched"
"""Text: written now and then to find out whether the store takes what is written."""

HELD_SEATS = "held-seats"
"""Hash: how often each socket that sits in a meeting has said so, by its call, account and own name."""


def table(call: CallId) -> str:
    """Text: the product on the table of a meeting; empty when it was taken away."""
    return f"table:{{{call}}}"


def speaks(call: CallId) -> str:
    """Hash: to whom the interpreters of a meeting speak, by their seats."""
    return f"speaks:{{{call}}}"


def speaks_since(call: CallId) -> str:
    """Hash: when the interpreters of a meeting chose that, by their seats."""
    return f"speaks_since:{{{call}}}"


def frozen(call: CallId) -> str:
    """Text: the picture that is frozen in a meeting, as the address it has."""
    return f"frozen:{{{call}}}"


def recorded(call: CallId) -> str:
    """Text: there for some seconds while a meeting is recorded, renewed each second."""
    return f"recorded:{{{call}}}"


def recording_stopped(call: CallId) -> str:
    """Text: why the recording of a meeting has stopped by itself, until another begins."""
    return f"recording-stopped:{{{call}}}"
