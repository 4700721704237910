"""Operators learn whether the fair lives, whether it is ready, and how it does."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from config.counters import Counters
from media.recording.facts import StopReason
from media.session import Stage
from rooms.negotiation.states import OPEN, CallState
from showroom.app import open_fair
from showroom.embedded import EmbeddedValkey
from tests.web.conftest import settings_for
from tests.web.visitor import Visitor, visitor

served = pytest.mark.asyncio(loop_scope="session")


@served
async def test_a_whole_fair_is_ready(guest: Visitor) -> None:
    assert (await guest.get("/healthz")).json == {"alive": True}
    answer = await guest.get("/readyz")
    assert (answer.status, answer.json) == (200, {"ready": True, "reasons": []})


@served
async def test_metrics_name_routes_and_never_people(guest: Visitor) -> None:
    await guest.get("/rooms/lumen?token=planted-secret")
    answer = await guest.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert 'showroom_http_seconds_count{method="GET",route="/rooms/{room}",status="200"}' in answer.text
    assert "planted-secret" not in answer.text
    assert "@" not in answer.text


def test_what_alarms_look_at_stands_at_zero_before_its_first_event() -> None:
    """Prometheus sees no increase in what was not there a moment ago."""
    registry = CollectorRegistry()
    Counters(registry)
    for name, label, values in (
        ("recording_stops", "reason", set(StopReason)),
        ("calls", "outcome", {"requested", "accepted"} | set(CallState) - OPEN),
        ("expired_sessions", "stage", {Stage.ICE, Stage.DTLS, Stage.MEDIA, "consent"}),
        ("foreign_datagrams", "reason", {"empty", "source", "stun", "connection"}),
        ("swept_files", "kind", {"picture", "call_file", "section", "object"}),
        ("sign_ins", "outcome", {"in", "wrong_password", "too_many_tries", "registered"}),
    ):
        for value in values:
            assert registry.get_sample_value(f"showroom_{name}_total", {label: value}) == 0, (name, value)


@served
async def test_addresses_that_are_none_share_one_label(guest: Visitor) -> None:
    for number in range(5):
        await guest.get(f"/made-up-{number}")
    text = (await guest.get("/metrics")).text
    assert "made-up" not in text
    assert 'route="none"' in text


async def test_a_fair_whose_store_is_away_lives_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "valkey"
    folder.mkdir()
    valkey = EmbeddedValkey(folder)
    settings = settings_for(tmp_path / "data", await valkey.start(), REDIS_TIMEOUT_SECONDS="0.5")
    async with open_fair(settings) as fair, visitor(fair.base_url) as somebody:
        await valkey.stop()
        ready = await somebody.get("/readyz")
        assert (ready.status, ready.json["ready"]) == (503, False)
        assert ready.json["reasons"] == ["the Redis store does not answer"]
        assert (await somebody.get("/healthz")).status == 200
        assert (await somebody.get("/sign-in")).status == 200
        page = await somebody.get("/")
        assert page.status == 503
        assert int(page.headers["Retry-After"]) > 0
        assert page.headers["Content-Type"].startswith("text/html")
        document = await somebody.get("/api/hall")
        assert (document.status, document.json["code"]) == (503, "store_away")
