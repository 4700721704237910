"""Keys in the addresses of shows that are not public: who has one may watch that show until it ends.

A key is `{expiry in Unix seconds}.{HMAC-SHA256 over show, expiry and circle, 24 bytes}`: once others may
watch than those it was made for, it opens nothing. It stands in the path, as addresses in playlists are
relative to it and caches take a path for what it is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from config.errors import Denied

KEY_PATTERN = r"[0-9]{1,12}\.[A-Za-z0-9_-]{32}"
SIGNATURE_BYTES = 24


@dataclass(frozen=True, slots=True)
class HlsKeys:
    """Mints keys and checks them; `secret` is the server's."""

    secret: str

    def mint(self, show: str, expires: int, circle: str = "") -> str:
        """Return a key for a show that is good until `expires`, in Unix seconds, while it is for `circle`."""
        return f"{expires}.{self._sign(show, expires, circle)}"

    def check(self, show: str, key: str, now: float, circle: str = "") -> int:
        """Return for how many seconds a key is good; raise `Denied` when it is stale or not ours."""
        expires, _, signature = key.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(show, int(expires), circle).encode()):
            raise Denied("This address is not valid. Open the show's page again.", code="hls_key")
        if now >= int(expires):
            raise Denied("This address is too old. Open the show's page again.", code="hls_key_stale")
        return int(int(expires) - now)

    def _sign(self, show: str, expires: int, circle: str) -> str:
        text = f"hls:{show}:{expires}:{circle}"
        digest = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()
