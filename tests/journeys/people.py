"""People at the fair: browser contexts that look at what a real screen shows and plays."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Response
from playwright.async_api import Error as PlaywrightError

PASSWORD = "walk the hall 2026"
GONE_MS = 3000.0

REMEMBER_PEERS = """
window.peers = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) { super(...given); window.peers.push(this); }
};
"""
"""Runs before any script of a page: keeps hold of the browser's own connections for `getStats`."""

MODEST_CAMERA = """
(() => {
  const media = navigator.mediaDevices;
  if (!media) return;
  const ask = media.getUserMedia.bind(media);
  const modest = (video) => ({...Object(video), width: 320, height: 180});
  media.getUserMedia = (wish) => ask(wish?.video ? {...wish, video: modest(wish.video)} : wish);
})();
"""
"""Runs before any script of a page: a camera of few pixels, for no machine encodes ten large pictures."""

CHECKED = "try { localStorage.setItem('devices-checked', String(Date.now())); } catch { /* none */ }"
"""Somebody who has tried camera and microphone here lately: the waiting room lets them through."""

FRAMES = """
([selector, wanted, limit]) => new Promise((resolve, reject) => {
  const start = performance.now();
  let seen = 0;
  let video = null;
  const timer = setTimeout(() => reject(new Error(
    `${seen} of ${wanted} frames in ${limit} ms; `
      + (video ? `readyState ${video.readyState}, paused ${video.paused}` : `no ${selector}`))), limit);
  const count = () => {
    seen += 1;
    if (seen >= wanted) { clearTimeout(timer); resolve(performance.now() - start); } else next();
  };
  const next = () => {
    video = document.querySelector(selector);
    if (video && video.srcObject) video.requestVideoFrameCallback(count); else setTimeout(next, 10);
  };
  next();
})
"""

PICTURE = """
(selector) => {
  const video = document.querySelector(selector);
  const canvas = document.createElement('canvas');
  canvas.width = 32; canvas.height = 18;
  const pen = canvas.getContext('2d');
  pen.drawImage(video, 0, 0, 32, 18);
  return Array.from(pen.getImageData(0, 0, 32, 18).data);
}
"""

SOUND = """
async () => {
  let packets = 0, energy = 0;
  for (const peer of window.peers) {
    if (peer.connectionState !== 'connected') continue;
    for (const [, report] of await peer.getStats()) {
      if (report.type === 'inbound-rtp' && report.kind === 'audio') {
        packets += report.packetsReceived;
        energy += report.totalAudioEnergy || 0;
      }
    }
  }
  return {packets, energy};
}
"""


@dataclass
class Person:
    """One person: a browser context of their own, one page, and what went wrong in it."""

    context: BrowserContext
    page: Page
    base_url: str
    complaints: list[str]
    language: str = "en"

    @classmethod
    async def enter(
        cls, browser: Browser, base_url: str, *, is_checked: bool = True, has_modest_camera: bool = True,
        **options: Any,
    ) -> Person:
        """Open a context; `options` go to Playwright's `new_context`."""
        options.setdefault("viewport", {"width": 1280, "height": 800})
        options.setdefault("locale", "en-GB")
        context = await browser.new_context(**options)
        context.set_default_timeout(30_000)
        await context.add_init_script(REMEMBER_PEERS)
        if has_modest_camera:
            await context.add_init_script(MODEST_CAMERA)
        if is_checked:
            await context.add_init_script(CHECKED)
        language = options["locale"].partition("-")[0]
        return cls(context, await context.new_page(), base_url, [], language)

    def __post_init__(self) -> None:
        """Listen to what goes wrong in the page."""
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("console", self.hear)
        self.page.on("response", self.see)

    async def tab(self, path: str) -> Person:
        """Open another tab of the same browser; it shares its complaints, and closes with it."""
        page = await self.context.new_page()
        other = Person(self.context, page, self.base_url, self.complaints, self.language)
        await other.go(path)
        return other

    def hear(self, message: ConsoleMessage) -> None:
        """Remember what the browser calls an error: a broken policy, an uncaught rejection."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def see(self, response: Response) -> None:
        """Remember answers that mean the server failed."""
        if response.status >= 500 and response.status != 503:
            self.complaints.append(f"{response.status} {response.url}")

    async def go(self, path: str) -> None:
        """Open a page of the fair."""
        await self.page.goto(self.base_url + path, wait_until="domcontentloaded")

    async def sign_in(self, email: str, password: str, *, then: str = "/") -> None:
        """Sign in by the form, as a person would."""
        await self.go(f"/sign-in?next={then}")
        await self.page.fill("input[name=email]", email)
        await self.page.fill("input[name=password]", password)
        await self.page.click("main form .button-primary")
        await self.page.wait_for_url(lambda url: "/sign-in" not in url)

    async def register(self, name: str, *, then: str = "/") -> None:
        """Become a buyer by the form, under an address that nobody has yet."""
        await self.go(f"/register?next={then}")
        await fill_registration(self.page, name)
        await self.page.wait_for_url(lambda url: "/register" not in url)

    async def frames(self, selector: str, wanted: int = 10, *, limit_seconds: float = 30) -> float:
        """Wait until so many decoded frames were shown; return the milliseconds it took."""
        milliseconds: float = await self.page.evaluate(FRAMES, [selector, wanted, limit_seconds * 1000])
        return milliseconds

    async def moves(self, selector: str) -> bool:
        """Tell whether the shown picture changes; what turns may look alike after a round."""
        before = await self.page.evaluate(PICTURE, selector)
        for frames in (10, 15, 20, 25):
            await self.frames(selector, frames)
            after = await self.page.evaluate(PICTURE, selector)
            if sum(abs(a - b) for a, b in zip(before, after, strict=True)) > 500:
                return True
        return False

    async def sound(self) -> dict[str, float]:
        """Return audio packets received and their energy over all connections of the page."""
        heard: dict[str, float] = await self.page.evaluate(SOUND)
        return heard

    async def leave(self) -> None:
        """Take back what this person asks for, which would ring in the next journey, and close everything."""
        with suppress(PlaywrightError):  # the page, or the whole browser, is gone already
            cancel = self.page.locator("#cancel-call")
            if await cancel.is_visible():
                await cancel.click(timeout=GONE_MS)
                await cancel.wait_for(state="hidden", timeout=GONE_MS)
        await self.context.close()


async def fill_registration(page: Page, name: str) -> None:
    """Fill in and send the form that makes a buyer, under an address that nobody has yet."""
    address = f"{name.split(' ')[0].lower()}-{time.time_ns()}@importer.example"
    await page.fill("input[name=name]", name)
    await page.fill("input[name=company]", f"{name} Trading")
    await page.fill("input[name=email]", address)
    await page.fill("input[name=password]", PASSWORD)
    country = page.locator("[name=country]")
    if await country.evaluate("field => field.tagName") == "SELECT":
        await country.select_option(index=3)
    else:
        await country.fill("Peru")
    await page.click("main form .button-primary")


Enter = Callable[..., Any]
SCREENSHOTS = Path("build/screenshots")
