"""Runs MediaMTX for a comparison; BENCH_MEDIAMTX says where its program is.

It listens on loopback only, with its WebRTC server and nothing else, and has the same doors: WHIP and WHEP.
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from showroom.children import stop
from showroom.load.ports import free_port, listening
from showroom.load.proc import confined

PROGRAM = "BENCH_MEDIAMTX"
START_SECONDS = 10.0
CONFIG = """
logLevel: error
readTimeout: 30s
api: no
metrics: no
rtsp: no
rtmp: no
hls: no
srt: no
webrtc: yes
webrtcAddress: 127.0.0.1:{http}
webrtcLocalUDPAddress: 127.0.0.1:{udp}
webrtcLocalTCPAddress: ""
webrtcIPsFromInterfaces: no
webrtcAdditionalHosts: [127.0.0.1]
paths:
  bench:
"""


@asynccontextmanager
async def serving_mediamtx(core: int) -> AsyncIterator[tuple[int, str]]:
    """Run it on `core` during the block; give its process and the address of its one path."""
    http, udp = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as config:
        config.write(CONFIG.format(http=http, udp=udp))
        config.flush()
        process = await asyncio.create_subprocess_exec(
            _program(), config.name, stdin=DEVNULL, preexec_fn=confined(core)
        )
        try:
            await listening(http)
            yield process.pid, f"http://127.0.0.1:{http}/bench"
        finally:
            await stop(process, START_SECONDS)


def _program() -> str:
    path = os.environ.get(PROGRAM, "")
    if not path:
        raise RuntimeError(f"say where the program of MediaMTX is with {PROGRAM}")
    return path
