"""Somebody at the fair with a browser's manners: keeps cookies, sends forms with the token of the page."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, CookieJar

TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')
DATA = re.compile(r'<script type="application/json" id="page-data">(.*?)</script>', re.DOTALL)
PASSWORD = "a long enough password"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: bytes
    cookies: Mapping[str, Any]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    @property
    def token(self) -> str:
        """The forgery token in the first form of the page."""
        found = TOKEN.search(self.text)
        assert found, "no form with a token on this page"
        return found[1]

    @property
    def data(self) -> Any:
        """What the page hands to its scripts."""
        found = DATA.search(self.text)
        assert found, "no data on this page"
        return json.loads(found[1])


class Visitor:
    """One browser."""

    def __init__(self, base_url: str, session: ClientSession) -> None:
        self.base_url = base_url
        self._session = session

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser keeps for the fair."""
        return {cookie.key: cookie.value for cookie in self._session.cookie_jar}

    async def ask(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request as it is and do not follow redirects."""
        options.setdefault("allow_redirects", False)
        async with self._session.request(method, self.base_url + path, **options) as response:
            body = await response.read()
            text = body.decode("utf-8", "replace")
            return Answer(response.status, response.headers.copy(), text, body, dict(response.cookies))

    async def get(self, path: str, **options: Any) -> Answer:
        """Open a page."""
        return await self.ask("GET", path, **options)

    async def submit(self, path: str, fields: Mapping[str, str], page: str = "/sign-in") -> Answer:
        """Send a form with the token that `page` gives."""
        token = (await self.get(page)).token
        return await self.ask("POST", path, data={**fields, "csrf": token})

    async def post_json(self, path: str, body: object, page: str = "/nowhere") -> Answer:
        """Send JSON as a page's script does; every page has a form, the one for unknown addresses too."""
        token = (await self.get(page)).token
        return await self.ask("POST", path, json=body, headers={"X-CSRF-Token": token})

    async def sign_in(self, email: str, next_path: str = "") -> Answer:
        """Sign in with the password that everybody has in these tests."""
        return await self.submit("/sign-in", {"email": email, "password": PASSWORD, "next": next_path})


@asynccontextmanager
async def visitor(base_url: str, **headers: str) -> AsyncIterator[Visitor]:
    """Open a browser without cookies; it closes with the block."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=headers) as session:
        yield Visitor(base_url, session)
