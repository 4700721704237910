"""What viewers see who do not watch by WHEP: the layer of the stage that plays over HTTP."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.journeys.people import Person

LATER = "video[data-layer=later]"
BLOCK_MEDIA = """
(() => {
  const set = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function(given) {
    const sdp = window.mediaPasses ? given.sdp : given.sdp.replace(/a=candidate.*\\r\\n/g, '');
    return set.call(this, {type: given.type, sdp});
  };
})();
"""
"""A network that lets nothing but HTTP through until `window.mediaPasses`: the page learns no address."""

WITHOUT_WEBRTC = "delete window.RTCPeerConnection"
LIMIT_MS = 60_000


async def plays(person: Person, selector: str = LATER) -> float:
    """Wait until a second more was played than now; return the second that is seen."""
    before = await person.page.evaluate("(it) => document.querySelector(it).currentTime", selector)
    moved = "([it, from]) => Math.abs(document.querySelector(it).currentTime - from) > 1 || undefined"
    await person.page.wait_for_function(moved, arg=[selector, before], timeout=LIMIT_MS)
    seen: float = await person.page.evaluate("(it) => document.querySelector(it).currentTime", selector)
    return seen


async def on_the_way(person: Person, way: str, layer: str, state: str = "playing|film") -> None:
    """Wait until the picture comes by this way, and its layer lies on top and moves."""
    stage = person.page.locator("#stage")
    await expect(stage).to_have_attribute("data-way", way, timeout=LIMIT_MS)
    await expect(stage).to_have_attribute("data-layer", layer, timeout=LIMIT_MS)
    await expect(stage).to_have_attribute("data-state", re.compile(state), timeout=LIMIT_MS)


async def seek_by_key(person: Person, *keys: str) -> None:
    """Move along the show as somebody without a mouse does."""
    slider = person.page.locator("#seek [role=slider]")
    await expect(slider).to_be_visible(timeout=LIMIT_MS)
    await slider.focus()
    for key in keys:
        await person.page.keyboard.press(key)


async def end_show(anchor: Person) -> None:
    """End the show of a studio, and say so."""
    await anchor.page.click("#end-show")
    await anchor.page.click("#end-really")
    await expect(anchor.page.locator("#go-live")).to_be_enabled()
