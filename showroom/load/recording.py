"""What recording costs: the writing process fed with shows in real time, and the relay's share of it.

Run as `python -m showroom.load.recording [SHOWS] [SECONDS]`: prints one JSON line. A show is the footage of
the load test, 1.5 Mbit/s at 30 frames a second with Opus. CPU time is that of the writing process; the
relay's share is what its sink takes to pack the same packets, measured alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from media.codecs import Codec, begins_keyframe
from media.recording import feed
from media.recording.feed import Opening
from showroom.load import proc
from showroom.load.clip_file import Clip, read_clip
from showroom.load.footage import make_footage

KBPS = 1500
CODECS = {"video": Codec.H264, "audio": Codec.OPUS}
SETTLE_SECONDS = 2.0
"""Before counting: the process has started."""
PACKINGS = 20_000
PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet as the relay has it, and when of the loop it is sent."""

    at: float
    codec: Codec
    marker: bool
    begins_keyframe: bool
    payload: bytes


@dataclass(slots=True)
class Numbered:
    """A packet with its place in a stream."""

    codec: Codec
    sequence: int
    timestamp: int
    marker: bool
    begins_keyframe: bool
    payload: bytes


def packets_of(clip: Clip) -> list[Packet]:
    """Return the packets of one loop."""
    found = []
    for moment in clip.moments:
        codec, last = CODECS[moment.kind], len(moment.payloads) - 1
        for index, payload in enumerate(moment.payloads):
            begins = moment.kind == "video" and begins_keyframe(codec, payload)
            found.append(Packet(moment.at_seconds, codec, index == last, begins, payload))
    return found


async def measure(shows: int, seconds: float, folder: Path) -> dict[str, float]:
    """Record so many shows for so long; return what it cost."""
    clip = await asyncio.to_thread(lambda: read_clip(make_footage(folder, KBPS)))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "media.recording.writer", str(folder / "recordings"),
        stdin=PIPE, stdout=DEVNULL, cwd=PACKAGE,
    )
    if process.stdin is None:
        raise RuntimeError("the writer has no pipe")
    epoch, began = time.time(), time.monotonic()
    for show in range(shows):
        process.stdin.write(feed.open_frame(show, Opening(f"show-{show}", epoch, 0, 0, 3600.0)))
    numbers = dict.fromkeys(CODECS.values(), 0)
    busy, since = 0.0, 0.0
    for at, packet in _endless(packets_of(clip), clip.seconds):
        if at > seconds:
            break
        await asyncio.sleep(max(0.0, began + at - time.monotonic()))
        if not busy and at > SETTLE_SECONDS:
            busy, since = proc.cpu_time(process.pid).total, time.monotonic()
        numbers[packet.codec] += 1
        numbered = _numbered(packet, numbers[packet.codec], at)
        for show in range(shows):
            process.stdin.write(feed.packet_frame(show, numbered, epoch + at))
        await process.stdin.drain()
    share = (proc.cpu_time(process.pid).total - busy) / (time.monotonic() - since) / shows
    process.stdin.close()
    await process.wait()
    return {"shows": shows, "seconds": seconds, "core_share_a_show": round(share, 5),
            "relay_us_a_packet": round(_packing_us(packets_of(clip)), 2)}


def _numbered(packet: Packet, sequence: int, at: float) -> Numbered:
    timestamp = round(at * packet.codec.clock_rate) & 0xFFFFFFFF
    return Numbered(packet.codec, sequence, timestamp, packet.marker, packet.begins_keyframe, packet.payload)


def _endless(packets: list[Packet], seconds: float) -> Iterator[tuple[float, Packet]]:
    turn = 0
    while True:
        for packet in packets:
            yield turn * seconds + packet.at, packet
        turn += 1


def _packing_us(packets: list[Packet]) -> float:
    """Return what the relay takes to pack a packet for the pipe, in microseconds."""
    numbered = [_numbered(packet, 1, packet.at) for packet in packets]
    began = time.process_time()
    for index in range(PACKINGS):
        feed.packet_frame(1, numbered[index % len(numbered)], 1.0)
    return (time.process_time() - began) / PACKINGS * 1e6


def main() -> None:
    """Measure as the command line says."""
    words = [*sys.argv[1:], *("1", "20")[len(sys.argv) - 1 :]]
    shows, seconds = int(words[0]), float(words[1])
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        sys.stdout.write(json.dumps(asyncio.run(measure(shows, seconds, Path(folder)))) + "\n")


if __name__ == "__main__":
    main()
