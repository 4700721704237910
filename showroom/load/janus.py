"""Runs Janus with its streaming plugin for a comparison; BENCH_JANUS names its program, if not in PATH.

It is fed with plain RTP and offers by its own HTTP API, so that it needs a publisher and viewers of its own.
libnice leaves loopback out: the machine must have another address, which is spoken to without leaving it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from showroom.children import stop
from showroom.load.ports import free_port, listening
from showroom.load.proc import confined
from showroom.load.sdp import AUDIO_TYPE, VIDEO_TYPE

PROGRAM = "BENCH_JANUS"
STOP_SECONDS = 10.0
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu/janus")
MOUNTPOINT = 1
FILES = {
    "janus.jcfg": """
general: {{ configs_folder = "{folder}"  plugins_folder = "{plugins}"  transports_folder = "{transports}"
           events_folder = "{folder}"  loggers_folder = "{folder}"  debug_level = 1  session_timeout = 0 }}
plugins: {{ disable = "{other_plugins}" }}
transports: {{ disable = "{other_transports}" }}
""",
    "janus.transport.http.jcfg": """
general: {{ json = "compact"  base_path = "/janus"  http = true  port = {http}  interface = "lo"
           https = false }}
admin: {{ admin_http = false }}
""",
    "janus.plugin.streaming.jcfg": """
bench: {{ type = "rtp"  id = {mountpoint}  audio = true  audioport = {audio}  audiopt = {audio_type}
         audiocodec = "opus"  audiofmtp = "minptime=10;useinbandfec=1"
         video = true  videoport = {video}  videopt = {video_type}  videocodec = "h264"
         videofmtp = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" }}
""",
}


@dataclass(frozen=True, slots=True)
class RunningJanus:
    """Its process, its HTTP API, and the ports it takes RTP on."""

    pid: int
    api: str
    ports: dict[str, int]


@asynccontextmanager
async def serving_janus(core: int) -> AsyncIterator[RunningJanus]:
    """Run it on `core` during the block, with one mountpoint."""
    http = free_port(socket.SOCK_STREAM)
    ports = {kind: free_port(socket.SOCK_DGRAM) for kind in ("audio", "video")}
    with tempfile.TemporaryDirectory() as folder:
        _configure(Path(folder), http, ports)
        process = await asyncio.create_subprocess_exec(
            _program(), "-F", folder, "-C", f"{folder}/janus.jcfg", stdin=DEVNULL, stdout=DEVNULL,
            stderr=DEVNULL, preexec_fn=confined(core),
        )
        try:
            await listening(http)
            yield RunningJanus(process.pid, f"http://127.0.0.1:{http}/janus", ports)
        finally:
            await stop(process, STOP_SECONDS)


def _program() -> str:
    path = os.environ.get(PROGRAM) or shutil.which("janus")
    if not path:
        raise RuntimeError(f"install janus, or say where its program is with {PROGRAM}")
    return path


def _configure(folder: Path, http: int, ports: dict[str, int]) -> None:
    plugins, transports = LIBRARIES / "plugins", LIBRARIES / "transports"
    values = {
        "folder": folder, "plugins": plugins, "transports": transports, "http": http, **ports,
        "other_plugins": _others(plugins, "streaming"), "other_transports": _others(transports, "http"),
        "mountpoint": MOUNTPOINT, "audio_type": AUDIO_TYPE, "video_type": VIDEO_TYPE,
    }
    for name, text in FILES.items():
        (folder / name).write_text(text.format(**values))


def _others(libraries: Path, wanted: str) -> str:
    """Return all libraries but one, as Janus wants to be told."""
    return ",".join(sorted(path.name for path in libraries.glob("*.so") if wanted not in path.name))
