"""Refusals say what to change: documents for programs (RFC 9457), pages for people, headers for both."""

from __future__ import annotations

import base64
import hashlib

import pytest

from tests.web.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_programs_get_a_problem_document(guest: Visitor) -> None:
    answer = await guest.ask("POST", "/whip/lumen", data=b"v=0", headers={"Content-Type": "application/sdp"})
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json.keys() == {"type", "title", "status", "detail", "code"}
    assert answer.json["status"] == answer.status == 401


async def test_people_get_a_page_with_a_way_on(guest: Visitor) -> None:
    answer = await guest.get("/rooms/no-such-room")
    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'href="/"' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/rooms/UPPER", 404),
        ("PUT", "/sign-in", 403),
        ("GET", "/api/tickets", 405),
        ("GET", "/whip/lumen", 405),
        ("DELETE", "/whep/lumen", 405),
        ("GET", "/api/nowhere", 404),
        ("GET", "/rooms/" + "a" * 300, 404),
        ("GET", "/meeting/unknown", 404),
    ],
)
async def test_addresses_that_are_none(guest: Visitor, method: str, path: str, status: int) -> None:
    assert (await guest.ask(method, path)).status == status


async def test_a_body_that_is_too_large_is_refused(guest: Visitor) -> None:
    token = (await guest.get("/sign-in")).token
    big = {"email": "a" * 300_000, "csrf": token}
    assert (await guest.ask("POST", "/sign-in", data=big)).status == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"purpose":"bad"}',
        b'{"purpose":"hall","room":{}}',
        b'{"purpose":["hall"]}',
        b'{"purpose":1e999}',
    ],
)
async def test_json_that_is_none_is_refused_with_words(guest: Visitor, body: bytes) -> None:
    token = (await guest.get("/sign-in")).token
    headers = {"X-CSRF-Token": token, "Content-Type": "application/json"}
    answer = await guest.ask("POST", "/api/tickets", data=body, headers=headers)
    assert answer.status == 400
    assert answer.json["code"] == "malformed"
    assert answer.json["detail"]


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/nowhere", "/rooms/lumen", "/healthz", "/static/css/base.css", "/whip/lumen"]
)
async def test_every_answer_tells_the_browser_how_little_it_needs(guest: Visitor, path: str) -> None:
    headers = (await guest.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    (scripts,) = [rule.split() for rule in policy.split("; ") if rule.startswith("script-src")]
    assert scripts[:2] == ["script-src", "'self'"]
    assert [source[:8] for source in scripts[2:]] == ["'sha256-"]
    assert "'unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Permissions-Policy"].startswith("camera=(self)")
    assert "Server" not in headers


@pytest.mark.parametrize("path", ["/", "/sign-in", "/register", "/nowhere", "/rooms/lumen"])
async def test_pages_have_no_inline_style_and_no_inline_script_but_the_one_that_the_policy_names(
    guest: Visitor, path: str
) -> None:
    answer = await guest.get(path)
    text = answer.text
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick" not in text
    for script in text.split("<script")[1:]:
        opening, _, inside = script.partition(">")
        if not opening:
            digest = hashlib.sha256(inside.partition("</script>")[0].encode()).digest()
            named = f"'sha256-{base64.b64encode(digest).decode()}'"
            assert named in answer.headers["Content-Security-Policy"]
            continue
        assert "src=" in opening or 'type="application/json"' in opening
