"""Run inside a fresh network namespace: serve a fair on a veth address, publish VP8, watch it in Firefox.

Prints one line of JSON: frames shown and their width.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from tests.journeys import libwebrtc
from tests.journeys.firefox import firefox
from tests.showroom.server import running_server

ADDRESS = "10.77.0.1"
NETWORK = [
    "ip link set lo up",
    "ip link add v0 type veth peer name v1",
    f"ip addr add {ADDRESS}/24 dev v0",
    "ip link set v0 up",
    "ip link set v1 up",
]

WATCH = """
async () => {
  const video = document.querySelector('#picture');
  let frames = 0;
  const count = () => { frames += 1; video.requestVideoFrameCallback(count); };
  video.requestVideoFrameCallback(count);
  const until = Date.now() + 20000;
  while (frames < 20 && Date.now() < until) await new Promise(r => setTimeout(r, 100));
  return JSON.stringify({frames, width: video.videoWidth});
}
"""


async def watch(folder: Path) -> dict[str, int]:
    """Return what Firefox saw of a show in the first company's room."""
    async with running_server(folder, SHOWROOM_HTTP_HOST=ADDRESS, SHOWROOM_ICE_HOST=ADDRESS) as server:
        room = server.staff(0).room
        async with (
            libwebrtc.publishing(f"{server.base_url}/whip/{room}", server.stream_key(room)),
            firefox() as visitor,
        ):
            await visitor.open(f"{server.base_url}/rooms/{room}")
            seen: dict[str, int] = await visitor.run(WATCH)
            return seen


def main() -> None:
    """Make the network, then watch."""
    for line in NETWORK:
        subprocess.run(line.split(), check=True)
    sys.stdout.write(json.dumps(asyncio.run(watch(Path(sys.argv[1])))) + "\n")


if __name__ == "__main__":
    main()
