"""The floor of the comparison: aiortc as its examples use it, a `MediaRelay` from a publisher to viewers.

Run as `python -m showroom.load.mediarelay_server`. It decodes what comes and encodes it for every viewer.
"""

from __future__ import annotations

import asyncio
import json
import sys

from aiohttp import web
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamTrack


class Room:
    """One publisher's tracks, and the connections of everybody."""

    def __init__(self) -> None:
        self._relay = MediaRelay()
        self._tracks: list[MediaStreamTrack] = []
        self._peers: dict[str, RTCPeerConnection] = {}

    async def publish(self, request: web.Request) -> web.Response:
        """Take a publisher's tracks."""
        peer = RTCPeerConnection()
        peer.on("track", self._tracks.append)
        return await self._answer(request, peer)

    async def view(self, request: web.Request) -> web.Response:
        """Give all tracks to a viewer."""
        peer = RTCPeerConnection()
        for track in self._tracks:
            peer.addTrack(self._relay.subscribe(track))
        return await self._answer(request, peer)

    async def end(self, request: web.Request) -> web.Response:
        """Close a connection."""
        peer = self._peers.pop(request.match_info["session"], None)
        if peer:
            await peer.close()
        return web.Response()

    async def _answer(self, request: web.Request, peer: RTCPeerConnection) -> web.Response:
        session = str(len(self._peers))
        self._peers[session] = peer
        await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        headers = {"Location": f"{request.path}/{session}"}
        text = peer.localDescription.sdp
        return web.Response(status=201, text=text, content_type="application/sdp", headers=headers)


async def serve() -> None:
    """Serve on a free port of this machine until standard input closes."""
    room, app = Room(), web.Application()
    app.router.add_post("/whip/{room}", room.publish)
    app.router.add_post("/whep/{room}", room.view)
    app.router.add_delete("/{door}/{room}/{session}", room.end)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    sys.stdout.write(json.dumps({"url": f"http://{host}:{port}"}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
