"""Publisher and viewer on libwebrtc (the `wrtc` wheel): clients that share no line with ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import webrtc
from yarl import URL

WIDTH, HEIGHT, RATE = 320, 240, 30

webrtc.allow_loopback()


@asynccontextmanager
async def publishing(url: str, bearer: str) -> AsyncIterator[None]:
    """Publish a moving VP8 picture to a WHIP endpoint while the block runs."""
    generator, peer = webrtc.VideoTrackGenerator(), webrtc.RTCPeerConnection()
    peer.add_track(generator.track)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {bearer}"}) as http:
        session = await _negotiate(http, peer, url)
        painting = asyncio.create_task(_paint(generator))
        try:
            yield
        finally:
            painting.cancel()
            await asyncio.gather(painting, return_exceptions=True)
            async with http.delete(session) as answer:
                assert answer.status == 200, await answer.text()
            peer.close()


async def view(url: str, wanted: int) -> int:
    """View a WHEP endpoint until so many frames were decoded; return their number."""
    peer, frames = webrtc.RTCPeerConnection(), asyncio.Queue[int]()
    readers: list[asyncio.Task[None]] = []

    @peer.on("track")
    def on_track(event: webrtc.RTCTrackEvent) -> None:
        if event.track.kind == "video":
            readers.append(asyncio.create_task(_count(event.track, frames)))

    for kind in ("video", "audio"):
        peer.add_transceiver(kind, webrtc.RTCRtpTransceiverInit(direction="recvonly"))
    async with aiohttp.ClientSession() as http:
        session = await _negotiate(http, peer, url)
        try:
            async with asyncio.timeout(20):
                for _ in range(wanted):
                    await frames.get()
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)
            peer.close()
            await (await http.delete(session)).release()
    return wanted


async def _negotiate(http: aiohttp.ClientSession, peer: webrtc.RTCPeerConnection, url: str) -> str:
    offer = await peer.create_offer()
    await peer.set_local_description(offer)
    async with http.post(url, data=offer.sdp, headers={"Content-Type": "application/sdp"}) as answer:
        text = await answer.text()
        assert answer.status == 201, text
        location = str(answer.url.join(URL(answer.headers["Location"])))
    await peer.set_remote_description(
        webrtc.RTCSessionDescription(
            webrtc.RTCSessionDescriptionInit(type=webrtc.RTCSdpType.answer, sdp=text)
        )
    )
    return location


async def _paint(generator: webrtc.VideoTrackGenerator) -> None:
    writer = generator.writable.get_writer()
    number = 0
    while True:
        luma = bytes((number * 7 + row) % 256 for row in range(HEIGHT))
        picture = b"".join(bytes([value]) * WIDTH for value in luma) + bytes([128]) * (WIDTH * HEIGHT // 2)
        init = webrtc.VideoFrameBufferInit(
            format="I420", coded_width=WIDTH, coded_height=HEIGHT, timestamp=number * 1_000_000 // RATE
        )
        await writer.write(webrtc.VideoFrame(picture, init))
        number += 1
        await asyncio.sleep(1 / RATE)


async def _count(track: webrtc.MediaStreamTrack, frames: asyncio.Queue[int]) -> None:
    reader = webrtc.MediaStreamTrackProcessor(
        webrtc.MediaStreamTrackProcessorInit(track=track)
    ).readable.get_reader()
    number = 0
    while not (item := await reader.read()).done:
        if item.value:
            item.value.close()
        number += 1
        frames.put_nowait(number)
