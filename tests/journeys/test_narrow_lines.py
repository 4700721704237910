"""Journeys over a line that becomes too narrow for the largest picture, and wide again."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from tests.journeys.conftest import People
from tests.journeys.link import Link
from tests.journeys.people import Person
from tests.journeys.stage import staff_of
from tests.journeys.test_layers import KEEP_GAPS, LARGEST, becomes, film, offers_all
from tests.showroom.server import RunningServer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]
SETTLE_MS, RETURN_MS = 20_000, 60_000
WATCH_MS = 20_000 if "SOAK_SECONDS" in os.environ else 8000
LONGEST_GAP_MS = 1500
SIZES = """
async () => {
  const asked = performance.getEntriesByType('resource').map(({name}) => name);
  return (await (await fetch(asked.findLast((name) => name.endsWith('/layer')))).json()).layers;
}
"""
FITS = """
([most, limit]) => new Promise((resolve, reject) => {
  const video = document.querySelector('#picture');
  const start = performance.now();
  const look = () => {
    if (video.videoHeight < most) resolve(performance.now() - start);
    else if (performance.now() - start > limit) reject(new Error(`${video.videoHeight}`));
    else setTimeout(look, 20);
  };
  look();
})
"""


async def sizes_of(viewer: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await viewer.page.evaluate(SIZES)
    return found


@pytest.mark.parametrize("queue_seconds", [0.2, 3.0], ids=["loses", "delays"])
async def test_a_narrow_line_is_sent_less_and_more_when_it_is_wide_again(
    people: People, fair: RunningServer, record_property: Callable[[str, object], None], queue_seconds: float
) -> None:
    """One with a small buffer loses packets, one with a large buffer delays them; neither stands still."""
    company = 14 if queue_seconds < 1 else 15
    await film(people, fair, company)
    with closing(Link(fair.ice_port, 0.0)) as line:
        guest = await people.enter()
        await guest.page.add_init_script(line.detour(fair.ice_port))
        await guest.go(f"/rooms/{staff_of(fair, company).room}")
        await offers_all(guest)
        await becomes(guest, LARGEST)
        rates = [size["kbps"] for size in await sizes_of(guest)]
        line.queue_seconds = queue_seconds
        line.kbps = rates[0] * 0.6 + 64
        assert line.kbps > 1.2 * rates[1] + 64
        took = await guest.page.evaluate(FITS, [LARGEST, SETTLE_MS])
        await guest.page.wait_for_timeout(queue_seconds * 1000 + 1000)
        await guest.page.evaluate(KEEP_GAPS)
        await guest.page.wait_for_timeout(WATCH_MS)
        longest = await guest.page.evaluate("window.longest")
        line.kbps = None
        back = await becomes(guest, LARGEST, RETURN_MS)
        for name, value in (("smaller_ms", took), ("longest_gap_ms", longest), ("back_ms", back)):
            record_property(name, round(value))
        record_property("kbps", rates)
        assert longest < LONGEST_GAP_MS
