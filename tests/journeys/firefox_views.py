"""Run inside a fresh network namespace: serve a fair on a veth address, publish VP8, watch it in Firefox.

Prints one line of JSON: frames shown and their width. With `sends` it is Firefox that publishes, as the
studio does: then the line has the heights it sends, those of a page that chooses the least and the most, and
whether that page hears the sound that was sent.
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


SEND = """
async () => {
  const base = document.querySelector('script[src*="/static/v/"]').src.split('/js/')[0];
  const {WhipPublisher} = await import(`${base}/js/transport/whip.js`);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [960, 540];
  const pen = canvas.getContext('2d');
  let turn = 0;
  setInterval(() => {
    pen.fillStyle = `hsl(${++turn % 360} 60% 40%)`;
    pen.fillRect(0, 0, 960, 540);
  }, 33);
  const publisher = new WhipPublisher({ticket: async () => 'KEY', mayReturn: () => false});
  publisher.use('video', canvas.captureStream(30).getVideoTracks()[0]);
  const context = new AudioContext();
  const [tone, speaker] = [context.createOscillator(), context.createMediaStreamDestination()];
  tone.connect(speaker);
  tone.start();
  publisher.use('audio', speaker.stream.getAudioTracks()[0]);
  publisher.start('/whip/ROOM');
  const video = document.querySelector('#picture');
  const pause = () => new Promise((done) => setTimeout(done, 100));
  const layer = () => performance.getEntriesByType('resource').map(({name}) => name)
    .findLast((name) => name.endsWith('/layer'));
  const ask = async (how) => (await fetch(layer(), how)).json();
  const choose = (encodingId) => ask({
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({encodingId}),
  });
  const until = Date.now() + 40000;
  let sizes = [];
  while (sizes.length < 3 && Date.now() < until) {
    await pause();
    sizes = layer() ? (await ask()).layers : [];
  }
  const seen = [];
  for (const size of sizes.length ? [sizes.at(-1), sizes[0]] : []) {
    await choose(size.encodingId);
    while (video.videoHeight !== size.height && Date.now() < until) await pause();
    seen.push(video.videoHeight);
  }
  const hears = () => (video.srcObject?.getAudioTracks() ?? []).some((track) => !track.muted);
  while (!hears() && Date.now() < until) await pause();
  return JSON.stringify({sizes: sizes.map(({height}) => height), seen, hears: hears()});
}
"""


async def send(folder: Path) -> dict[str, list[int] | bool]:
    """Return in which sizes Firefox sends a show, which of them it sees when it chooses, and if it hears."""
    async with running_server(folder, SHOWROOM_HTTP_HOST=ADDRESS, SHOWROOM_ICE_HOST=ADDRESS) as server:
        room = server.staff(0).room
        async with firefox() as visitor:
            await visitor.open(f"{server.base_url}/rooms/{room}")
            script = SEND.replace("KEY", server.stream_key(room)).replace("ROOM", room)
            sent: dict[str, list[int] | bool] = await visitor.run(script)
            return sent


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
    what = send if sys.argv[2:] == ["sends"] else watch
    sys.stdout.write(json.dumps(asyncio.run(what(Path(sys.argv[1])))) + "\n")


if __name__ == "__main__":
    main()
