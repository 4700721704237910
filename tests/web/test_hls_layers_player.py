"""Our player takes the size that fits its place, in a browser, and goes from one to another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright

from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.media.hls.sizes import Sent, sent_in_sizes
from tests.web.hls_world import sizes_world

pytestmark = pytest.mark.long
STATIC = Path(__file__).parents[2] / "web" / "static"
LIMIT_MS, FREEZE_MS = 45_000, 6000
"""A size that nobody watched takes two seconds to begin, and busy test machines take three times as long."""
PAGE = """<!doctype html><video id="picture" muted playsinline></video>
<script type="module">
import { openHls } from "/static/js/transport/hls_engine.js";
const video = document.querySelector("#picture");
window.place = (width, height) => Object.assign(video.style, {width: `${width}px`, height: `${height}px`});
window.failed = [];
place(150, 84);
const onFailed = (why) => failed.push(why);
window.engine = await openHls(video, "INDEX", {manner: "low_delay", from: null, onFailed});
window.frozen = 0;
let moved = 0;
const look = (now) => {
  if (moved) frozen = Math.max(frozen, now - moved);
  moved = now;
  video.requestVideoFrameCallback(look);
};
video.requestVideoFrameCallback(look);
setInterval(() => video.paused && video.play().catch(() => undefined), 200);
</script>"""


@asynccontextmanager
async def playing(sent: Sent) -> AsyncIterator[Page]:
    """Open a page that plays the show in a place for the smallest size."""
    async with sizes_world(sent) as world, async_playwright() as playwright:
        text = PAGE.replace("INDEX", f"{world.url}/hls/show/index.m3u8")

        async def answer(request: web.Request) -> web.Response:
            return web.Response(text=text, content_type="text/html")

        app = web.Application()
        app.add_routes([web.static("/static", STATIC), web.get("/", answer)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        yield page
        await browser.close()
        await runner.cleanup()


async def shows(page: Page, width: int) -> None:
    """Wait until the picture is so wide, and then for three seconds of it."""
    await page.wait_for_function("(width) => picture.videoWidth === width", arg=width, timeout=LIMIT_MS)
    second = await page.evaluate("picture.currentTime")
    await page.wait_for_function(
        "([width, second]) => picture.videoWidth === width && picture.currentTime > second + 3",
        arg=[width, second], timeout=LIMIT_MS)


async def test_player_takes_the_size_that_fits_its_place(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path) as sent:
        while len(sent.names()) < 2:
            await sent.live.part_there(sent.live.timeline.pieces.newest + 1, 0)
        async with playing(sent) as page:
            await shows(page, 160)
            sounds = await page.evaluate("engine._hls.levels.map(({attrs}) => attrs.AUDIO)")
            assert sounds == ["opus"] * 3
            await page.evaluate("frozen = 0; place(480, 270)")
            await shows(page, 480)
            await page.evaluate("place(320, 170)")
            await shows(page, 320)
            assert await page.evaluate("failed") == []
            assert await page.evaluate("frozen") < FREEZE_MS
            sent.show.sent.discard("h")
            await shows(page, 160)
            assert await page.evaluate("failed") == []


async def test_player_of_one_size_keeps_it(tmp_path: Path) -> None:
    async with sent_in_sizes(tmp_path) as sent:
        sent.show.sent = {"f"}
        while sent.names():
            await sent.live.part_there(sent.live.timeline.pieces.newest + 1, 0)
        async with playing(sent) as page:
            await shows(page, 480)
            assert await page.evaluate("[engine._hls.loadLevel, engine._hls.autoLevelEnabled, failed]") == [
                0, False, []]
