"""Passwords: argon2 hashes made in threads, one a core at once, and the rule for good ones."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config.errors import Busy, Invalid

SHORTEST = 10
LONGEST = 200
WAITING_LIMIT = 64
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB and two passes: what OWASP's password storage cheat sheet names for argon2id."""

T = TypeVar("T")


def check_password(password: str, email: str) -> None:
    """Raise `Invalid` (`weak_password`) for one that is short, endless, one character or the address."""
    if not SHORTEST <= len(password) <= LONGEST:
        message = "Please choose a password of {least} to {most} characters."
        fields = {"least": SHORTEST, "most": LONGEST}
        raise Invalid(message, code="weak_password", fields=fields)
    if len(set(password)) == 1 or password.strip().lower() == email.lower():
        raise Invalid("This password is too easy to guess; please choose another.", code="weak_password")


def new_password() -> str:
    """Return a password that can be read out: 80 random bits in four groups."""
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


class Passwords:
    """Hashes and checks passwords off the loop; `Busy` when more than 64 people already wait for it."""

    def __init__(self) -> None:
        self._cores = asyncio.Semaphore(os.cpu_count() or 1)
        self._waiting = 0
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """Return the argon2 hash of `password` with a salt of its own."""
        return await self._run(lambda: HASHER.hash(_bytes(password)))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Tell whether `password` has this hash; without one (nobody there) it takes the same time."""
        if password_hash is None:
            await self._run(lambda: _verify(self._decoy_hash(), password))
            return False
        return await self._run(lambda: _verify(password_hash, password))

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_LIMIT:
            raise Busy("Many people are signing in; try again in a moment.", code="busy")
        self._waiting += 1
        try:
            async with self._cores:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1

    def _decoy_hash(self) -> str:
        if self._decoy is None:
            self._decoy = HASHER.hash(secrets.token_urlsafe())
        return self._decoy


def is_outdated(password_hash: str) -> bool:
    """Tell whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    """Encode whatever was typed; what is longer than any password we took can only be wrong."""
    return password[: LONGEST + 1].encode("utf-8", "surrogatepass")
