"""Operators learn whether the fair lives, whether it is ready, and how it does."""

from __future__ import annotations

import pytest

from tests.web.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_whole_fair_is_ready(guest: Visitor) -> None:
    assert (await guest.get("/healthz")).json == {"alive": True}
    answer = await guest.get("/readyz")
    assert (answer.status, answer.json) == (200, {"ready": True, "reasons": []})


async def test_metrics_name_routes_and_never_people(guest: Visitor) -> None:
    await guest.get("/rooms/lumen?token=planted-secret")
    answer = await guest.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert 'showroom_http_seconds_count{method="GET",route="/rooms/{room}",status="200"}' in answer.text
    assert "planted-secret" not in answer.text
    assert "@" not in answer.text


async def test_addresses_that_are_none_share_one_label(guest: Visitor) -> None:
    for number in range(5):
        await guest.get(f"/made-up-{number}")
    text = (await guest.get("/metrics")).text
    assert "made-up" not in text
    assert 'route="none"' in text
