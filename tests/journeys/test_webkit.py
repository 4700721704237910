"""What another engine without WebRTC sees: the show over HTTP, by hls.js and by itself."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import People
from tests.journeys.stage import go_live, staff_of
from tests.journeys.webkit import webkit
from tests.showroom.server import RunningServer

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

PICTURE = "document.querySelector('video[data-layer=later]')"
COUNT_FRAMES = f"""
window.seen = 0;
const look = () => {{
  window.seen += 1;
  {PICTURE}.requestVideoFrameCallback(look);
}};
look();
"""
"""The browser's own count of frames begins again with each gap."""
PLAY_BY_ITSELF = """
delete window.MediaSource;
delete window.ManagedMediaSource;
window.heard = [];
window.picture = Object.assign(document.createElement('video'), {muted: true, playsInline: true});
document.body.append(picture);
import('/static/js/transport/hls_engine.js').then(({openHls}) =>
  openHls(picture, arguments[0], {manner: 'low_delay', from: null, onFailed: (why) => heard.push(why)}));
picture.addEventListener('volumechange', () => (picture.muted = true));
setInterval(() => picture.paused && picture.play().catch(() => undefined), 200);
"""


async def test_webkit_without_webrtc_shows_the_picture_over_http(
    people: People, fair: RunningServer
) -> None:
    """It forgets `muted` now and then, and stops the picture for that, which the stage has to make good."""
    await go_live(people, fair, 15)
    async with webkit() as window:
        await window.go(f"{fair.base_url}/rooms/{staff_of(fair, 15).room}")
        assert await window.run("return 'RTCPeerConnection' in window") is False
        await window.until("document.querySelector('#stage').dataset.state === 'playing'")
        assert await window.run("return document.querySelector('#stage').dataset.layer") == "later"
        await window.run(COUNT_FRAMES)
        for seen in (30, 60, 90):
            await window.until(f"window.seen > {seen}")
            assert await window.run(f"return {PICTURE}.muted") is True


async def test_a_browser_plays_the_playlist_by_itself_where_there_is_no_media_source(
    people: People, fair: RunningServer
) -> None:
    """As old iPhones do. Debian's WebKit draws the first picture of it and then hears the sound only."""
    await go_live(people, fair, 14)
    async with webkit(WEBKIT_GST_ENABLE_HLS_SUPPORT="1") as window:
        await window.go(f"{fair.base_url}/rooms/{staff_of(fair, 14).room}")
        await window.until("document.querySelector('#stage').dataset.state === 'playing'")
        addresses = "performance.getEntriesByType('resource').map(({name}) => name)"
        playlist = await window.run(f"return {addresses}.find((name) => name.endsWith('/index.m3u8'))")
        await window.go(f"{fair.base_url}/sign-in")
        await window.run(PLAY_BY_ITSELF, playlist)
        await window.until("picture.videoWidth > 0 && picture.readyState >= 3")
        second = await window.run("return picture.currentTime")
        await window.until(f"picture.currentTime > {second} + 5")
        assert await window.run("return [picture.currentSrc, heard]") == [playlist, []]
