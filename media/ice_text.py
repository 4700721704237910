"""What peers may call themselves and sign checks with (RFC 8839 section 5.4)."""

from __future__ import annotations

MIN_UFRAG, MIN_PASSWORD = 4, 22
"""Characters."""
MAX_CHARACTERS = 256
CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_")


def is_ice_text(value: str, shortest: int) -> bool:
    """Tell whether a peer may call itself so, or have such a password."""
    return shortest <= len(value) <= MAX_CHARACTERS and set(value) <= CHARACTERS
