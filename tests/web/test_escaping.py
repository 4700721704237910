"""What people type comes out as text: in names, companies, posts, searches and the data of pages."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from config.ids import AccountId
from rooms.fair.policy import Actor, Role
from tests.web.conftest import LUMEN, OpenFair
from tests.web.visitor import PASSWORD, Visitor, visitor
from web import torn

pytestmark = pytest.mark.asyncio(loop_scope="session")

CORE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<!--<script>alert(1)//-->",
    "]]><script>alert(1)</script>",
    "{{7*7}}",
    "{%raw%}x",
    "${alert(1)}",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    '" autofocus onfocus=alert(1) x="',
    "' onmouseover='alert(1)",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext></form><form><mglyph><style>",
    "<u>bold</u>",
    "&lt;script&gt;",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<scr\u0000ipt>alert(1)</script>",
    "\u2028<script>alert(1)</script>",
    "<style>*{display:none}</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<object data=x>",
    "<details open ontoggle=alert(1)>",
    "<template><script>alert(1)</script></template>",
]
WRAPS = ["{}", "Lin {}", "{} Ltd", '"{}"', "<{}>", "\u202e{}", "{}\"'`", "a{}b", "\t{}\n", "{}&amp;"]
PAYLOADS = [wrap.replace("{}", text)[:80] for text in CORE for wrap in WRAPS]


class Reader(HTMLParser):
    """Reads a page as a browser would, and notes what only typed text could have brought in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note tags and attributes that no page of ours has."""
        names = dict(attrs)
        if tag in FOREIGN_TAGS or (tag == "script" and not _is_ours(names)):
            self.foreign.append(f"<{tag}>")
        self.foreign += [name for name in names if name.startswith("on") or name in ("style", "srcdoc")]
        links = [names.get("href"), names.get("src"), names.get("action")]
        self.foreign += [link for link in links if link and not link.startswith(("/", "#", "?"))]


FOREIGN_TAGS = {"u", "i", "base", "iframe", "math", "object", "style", "template", "textarea", "works"}


def _is_ours(script: dict[str, str | None]) -> bool:
    return "src" in script or script.get("type") == "application/json"


def assert_harmless(text: str) -> None:
    """Fail when the page has a tag, attribute or link that only typed text could have brought.

    One script stands in every page itself, named by the policy's hash.
    """
    reader = Reader()
    reader.feed(text.replace(torn.SCRIPT, "", 1))
    reader.close()
    assert reader.foreign == []


async def test_300_payloads_in_forms_come_back_as_text(guest: Visitor) -> None:
    assert len(PAYLOADS) == 300
    token = (await guest.get("/register")).token
    for payload in PAYLOADS:
        fields = {
            "name": payload,
            "company": payload,
            "email": payload,
            "country": payload,
            "password": PASSWORD,
            "next": payload,
            "csrf": token,
        }
        answer = await guest.ask("POST", "/register", data=fields)
        assert answer.status == 400
        assert_harmless(answer.text)


async def test_searches_and_addresses_come_back_as_text(guest: Visitor) -> None:
    for payload in CORE:
        for parameter in ("q", "country", "hall", "page"):
            assert_harmless((await guest.get("/", params={parameter: payload})).text)
        for path in ("/sign-in", "/register"):
            assert_harmless((await guest.get(path, params={"next": payload})).text)
        assert_harmless((await guest.get("/rooms/lumen", params={"ask": payload})).text)
        assert_harmless((await guest.get(f"/{payload.replace('/', '').replace(chr(0), '')}")).text)


async def test_names_companies_and_posts_come_out_as_text(fair: OpenFair) -> None:
    for number, payload in enumerate(CORE):
        email = f"xss{number}@shop.example"
        await fair.parts.accounts.register_buyer(payload, payload, email, PASSWORD, "CN", "en")
        async with visitor(fair.base_url) as somebody:
            token = (await somebody.sign_in(email)).cookies["session"].value
            account = await fair.parts.accounts.account_of(token)
            assert account
            page = await somebody.get("/rooms/lumen")
            assert page.status == 200
            own_field = '<textarea id="message-text"'
            assert page.text.count(own_field) == 1
            assert_harmless(page.text.replace(own_field, "<input"))
            assert page.data["me"]["name"] == account.name


async def test_companies_and_products_come_out_as_text(guest: Visitor) -> None:
    for path in ("/", "/rooms/tile", "/rooms/lumen"):
        text = (await guest.get(path)).text
        assert "<works>" not in text.lower()
        assert "<i>one" not in text.lower()
    assert "Tile &lt;Works&gt;" in (await guest.get("/rooms/tile")).text


async def test_posts_come_out_as_text(fair: OpenFair, guest: Visitor) -> None:
    for number, payload in enumerate(CORE):
        author = Actor(AccountId(f"poster-{number}"), Role.BUYER, "Poster", payload, None)
        await fair.parts.chat.post(LUMEN, author, payload + " .")
    page = await guest.get(f"/rooms/{LUMEN}")
    assert_harmless(page.text)
    assert any("alert(1)" in post["text"] for post in page.data["posts"])
