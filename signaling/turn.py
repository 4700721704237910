"""Credentials for the TURN servers: minted when somebody joins a call, good for some minutes.

The scheme is the one coturn calls `use-auth-secret` (draft-uberti-behave-turn-rest): the user name is the
time of expiry and an account, the password base64(HMAC-SHA-1(secret, user name)). The relaying server needs
no list.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import TypedDict

from config.ids import AccountId
from config.settings import TurnSettings


class IceServer(TypedDict, total=False):
    """An `RTCIceServer` as browsers take it."""

    urls: list[str]
    username: str
    credential: str


class Turn:
    """Mints credentials; `clock` gives Unix seconds."""

    def __init__(self, settings: TurnSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock

    def servers(self, account: AccountId) -> list[IceServer]:
        """Return the servers `account` may use from now on; none when the fair has none."""
        if not self._settings.urls:
            return []
        username = f"{int(self._clock()) + self._settings.ttl_seconds}:{account}"
        digest = hmac.digest(self._settings.secret.encode(), username.encode(), hashlib.sha1)
        credential = base64.b64encode(digest).decode("ascii")
        return [IceServer(urls=list(self._settings.urls), username=username, credential=credential)]
