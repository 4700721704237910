"""Journeys of shows in other codecs than the first choice: Chromium sends, Chromium shows."""

from __future__ import annotations

import asyncio

import pytest

from tests.journeys.conftest import People
from tests.journeys.later import end_show
from tests.journeys.stage import staff_of
from tests.journeys.test_lines import go_live
from tests.showroom.server import RunningServer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]
COMPANY = 4
STILL_SECONDS = 15

OFFER_ONLY = """
(() => {
  const set = RTCRtpTransceiver.prototype.setCodecPreferences;
  RTCRtpTransceiver.prototype.setCodecPreferences = function(codecs) {
    return set.call(this, codecs.filter(({mimeType}) => /^video\\/(NAME|rtx)$/.test(mimeType)));
  };
})();
"""
CODEC_AND_FRAMES = """
async (kind) => {
  const stats = await window.peers.at(-1).getStats();
  for (const [, report] of stats) {
    if (report.type === kind && report.kind === 'video') {
      return [stats.get(report.codecId).mimeType, report.framesDecoded];
    }
  }
}
"""


@pytest.mark.parametrize("name", ["AV1", "VP9", "VP8"])
async def test_a_show_in_another_codec_is_passed_on_as_it_is(
    people: People, fair: RunningServer, name: str
) -> None:
    """What the anchor's browser encodes is what the guest's browser decodes; a still is made of it too."""
    anchor = await go_live(people, fair, COMPANY, OFFER_ONLY.replace("NAME", name))
    room = staff_of(fair, COMPANY).room
    guest = await people.enter()
    await guest.go(f"/rooms/{room}")
    await guest.frames("#picture", 20)
    assert await guest.moves("#picture")
    sent, _ = await anchor.page.evaluate(CODEC_AND_FRAMES, "outbound-rtp")
    seen, decoded = await guest.page.evaluate(CODEC_AND_FRAMES, "inbound-rtp")
    assert sent == seen == f"video/{name}"
    assert decoded > 40
    async with asyncio.timeout(STILL_SECONDS):
        while not (await guest.context.request.get(f"{fair.base_url}/thumbnails/{room}.jpg")).ok:
            await asyncio.sleep(0.2)
    await end_show(anchor)
