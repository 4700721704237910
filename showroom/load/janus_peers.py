"""The publisher and the viewers that Janus needs: plain RTP in, and sessions that the server offers."""

from __future__ import annotations

import asyncio
import secrets
import socket
from dataclasses import dataclass

import aiohttp

from showroom.load.clip_file import Clip
from showroom.load.door import OPEN_SECONDS, Refused
from showroom.load.janus import MOUNTPOINT
from showroom.load.peer import Peer
from showroom.load.publisher import Publisher
from showroom.load.sdp import AUDIO_TYPE, VIDEO_TYPE
from showroom.load.viewer import Viewer


class PlainPublisher(Publisher):
    """Sends the clip as RTP to two ports, unprotected and unasked."""

    def __init__(self, http: aiohttp.ClientSession, clip: Clip, ports: dict[str, int]) -> None:
        super().__init__(http, "", clip)
        self._ports = {AUDIO_TYPE: ports["audio"], VIDEO_TYPE: ports["video"]}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    async def open(self) -> None:
        """Begin at once: nobody is asked."""
        for kind, source in self._sources.items():
            source.payload_type = VIDEO_TYPE if kind == "video" else AUDIO_TYPE

    async def close(self) -> None:
        """Free the sockets."""
        self._peer.vanish()
        self._socket.close()

    def _transmit(self, packet: bytes, wraps: int) -> bytes:
        self._socket.sendto(packet, ("127.0.0.1", self._ports[packet[1] & 0x7F]))
        return packet

    def _report(self) -> None:
        """Janus makes reports of its own."""


@dataclass(slots=True)
class JanusViewer(Viewer):
    """Watches the mountpoint: asks, is offered, answers; `url` is that of the HTTP API."""

    def _new_peer(self) -> Peer:
        return Peer(self.certificate, self._take_media, self.consent_seconds, controlling=False)

    async def _negotiate(self, peer: Peer) -> str:
        session = (await self._ask(self.url, {"janus": "create"}))["data"]["id"]
        place = f"{self.url}/{session}"
        attached = await self._ask(place, {"janus": "attach", "plugin": "janus.plugin.streaming"})
        handle = f"{place}/{attached['data']['id']}"
        await self._ask(handle, {"janus": "message", "body": {"request": "watch", "id": MOUNTPOINT}})
        offer = await self._offer(place)
        answer = {"type": "answer", "sdp": peer.reply(offer)}
        await self._ask(handle, {"janus": "message", "body": {"request": "start"}, "jsep": answer})
        return offer

    async def _ask(self, url: str, body: dict[str, object]) -> dict[str, dict[str, int]]:
        said = {**body, "transaction": secrets.token_hex(6)}
        async with self.http.post(url, json=said, timeout=aiohttp.ClientTimeout(OPEN_SECONDS)) as response:
            answer: dict[str, dict[str, int]] = await response.json(content_type=None)
        if str(answer.get("janus")) not in ("success", "ack"):
            raise Refused(str(answer)[:300])
        return answer

    async def _offer(self, place: str) -> str:
        """Wait for the event that brings the offer."""
        async with asyncio.timeout(OPEN_SECONDS):
            while True:
                async with self.http.get(f"{place}?maxev=1") as response:
                    event = await response.json(content_type=None)
                if "jsep" in event:
                    return str(event["jsep"]["sdp"])
