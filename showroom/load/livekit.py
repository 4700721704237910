"""Runs LiveKit for a comparison; BENCH_LIVEKIT says where its program is.

It listens on loopback only, with one UDP port for all media and without control of congestion, so that it
holds nothing back. Its WHIP door is for publishing, but who names the tracks in a header may watch by it.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from joserfc import jwt
from joserfc.jwk import OctKey

from showroom.children import stop
from showroom.load.ports import free_port, listening
from showroom.load.proc import confined

PROGRAM = "BENCH_LIVEKIT"
STOP_SECONDS = 10.0
TOKEN_SECONDS = 3600
ROOM, API_KEY, PUBLISHER = "bench", "bench", "publisher"
TRACKS = ("synthesized-microphone", "synthesized-camera")
"""What it calls the two tracks of whoever publishes by WHIP."""
WANTED = {"X-LiveKit-ClientInfo": json.dumps({"subscribedParticipantTrackNames": {PUBLISHER: TRACKS}})}
"""The header of an offer to watch; the answer waits until these tracks are in it."""
CONFIG = """
port: {http}
bind_addresses: [127.0.0.1]
keys: {{ {key}: {secret} }}
logging: {{ level: fatal }}
rtc:
  udp_port: {udp}
  tcp_port: 0
  use_external_ip: false
  node_ip: 127.0.0.1
  enable_loopback_candidate: true
  interfaces: {{ includes: [lo] }}
  congestion_control: {{ enabled: false, allow_pause: false }}
"""


@dataclass(frozen=True, slots=True)
class RunningLiveKit:
    """Its process, its one door, and the secret that tokens are signed with."""

    pid: int
    door: str
    secret: str

    def publisher_token(self) -> str:
        """Return what the one publisher shows."""
        return token(self.secret, PUBLISHER, time.time(), publishes=True)

    def viewer_token(self) -> str:
        """Return what a viewer shows whom nobody else is."""
        return token(self.secret, secrets.token_hex(8), time.time(), publishes=False)


@asynccontextmanager
async def serving_livekit(core: int) -> AsyncIterator[RunningLiveKit]:
    """Run it on `core` during the block."""
    http, udp = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
    secret = secrets.token_hex(32)
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as config:
        config.write(CONFIG.format(http=http, udp=udp, key=API_KEY, secret=secret))
        config.flush()
        process = await asyncio.create_subprocess_exec(
            _program(), "--config", config.name, stdin=DEVNULL, preexec_fn=confined(core)
        )
        try:
            await listening(http)
            yield RunningLiveKit(process.pid, f"http://127.0.0.1:{http}/whip/v1", secret)
        finally:
            await stop(process, STOP_SECONDS)


def token(secret: str, identity: str, now: float, *, publishes: bool) -> str:
    """Return what lets `identity` into the room; viewers are hidden from each other, as an audience is."""
    rights = {"canPublish": publishes, "canSubscribe": not publishes, "hidden": not publishes}
    claims = {
        "iss": API_KEY,
        "sub": identity,
        "nbf": int(now),
        "exp": int(now) + TOKEN_SECONDS,
        "video": {"room": ROOM, "roomJoin": True, **rights},
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))


def _program() -> str:
    path = os.environ.get(PROGRAM, "")
    if not path:
        raise RuntimeError(f"say where the program of LiveKit is with {PROGRAM}")
    return path
