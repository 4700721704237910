"""A show that is sent in three sizes at once, in real time, and written by real processes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path

from prometheus_client import CollectorRegistry

from config.counters import Counters
from config.settings import load_settings
from media import rtcp
from media.codecs import Codec, Kind
from media.hls.form import Bounds
from media.hls.layers import Layers
from media.hls.live import LiveShow
from media.hls.shows import LiveShows
from media.publication import Bounds as PublicationBounds
from media.publication import Publication
from media.recording.facts import Deaf
from media.recording.recorder import Recorder
from media.rtp import RtpPacket
from media.source import Source
from tests.media.pictures import packetize
from tests.media.recording.footage import PICTURE_TICKS, SOUND_TICKS, pictures, sounds

SIZES = {"q": (160, 96), "h": (320, 176), "f": (480, 272)}
FPS, SECONDS = 25, 4
KEY_SECONDS = 1.0
BOUNDS = Bounds(2.0, 30.0, 4 << 20, 0, 3600.0, idle_seconds=20.0, ready_seconds=30.0, gone_seconds=2.0,
                again_seconds=0.1)


@cache
def clip() -> tuple[dict[str, list[list[bytes]]], tuple[bytes, ...]]:
    """Return the payloads of all pictures in each size, with a key frame each second, and sound."""
    encoded = {rid: pictures("h264", FPS * SECONDS, FPS, size) for rid, size in SIZES.items()}
    shown = {rid: [packetize("h264", one) for one in found] for rid, found in encoded.items()}
    return shown, sounds(50 * SECONDS)


class Publisher:
    """What the publication knows of who sends into it: its key frames come when they come."""

    video_codec = Codec.H264
    kinds = frozenset(Kind)
    parameters = ""

    def __init__(self) -> None:
        self.sources: list[Source] = []

    def request_keyframe(self, source: Source | None = None) -> None:
        """Nothing."""

    def ask_again(self, now: float) -> None:
        """Nothing is lost."""

    def report(self, now: float) -> None:
        """Nobody hears it."""


class InSizes:
    """Sends; `sent` are the sizes that are sent now."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        bounds = PublicationBounds(stall_seconds=3.0, keyframe_seconds=0.2, backlog_packets=2000)
        self.publication = Publication("room", bounds, loop, lambda: None, lambda: None)
        self.sent = set(SIZES)
        self.late = 0.0
        """Seconds by which a frame was sent too late at most: who begins with that one is so far behind."""
        self._loop = loop
        named = {rid: Source(10 + at, Codec.H264, 96, wants_nack=False, layer=rid)
                 for at, rid in enumerate(SIZES)}
        self._sources = {**named, "sound": Source(20, Codec.OPUS, 97, wants_nack=False)}
        self._numbers = {name: count(1000 * source.ssrc) for name, source in self._sources.items()}
        self._clocks = {name: 77_777 * source.ssrc for name, source in self._sources.items()}
        self.publication.begin(Publisher())

    async def play(self) -> None:
        """Send the clip again and again."""
        shown, heard = clip()
        began = self._loop.time()
        for number in count():
            await asyncio.sleep(began + number / FPS - self._loop.time())
            self.late = max(self.late, self._loop.time() - began - number / FPS)
            for at in (2 * number, 2 * number + 1):
                self._send("sound", [heard[at % len(heard)]], at * SOUND_TICKS)
            for rid in self.sent:
                self._send(rid, shown[rid][number % (FPS * SECONDS)], number * PICTURE_TICKS)
            if number % FPS == 0:
                self._report(number // FPS)
            self.publication.tick(self._loop.time())

    def _send(self, name: str, payloads: list[bytes], ticks: int) -> None:
        source, stamp = self._sources[name], self._clocks[name] + ticks
        for payload in payloads:
            packet = RtpPacket(source.payload_type, payload is payloads[-1],
                               next(self._numbers[name]) & 0xFFFF, stamp & 0xFFFFFFFF, source.ssrc, payload)
            known = source.number(packet)
            if known is not None:
                self.publication.take(source, known, packet, self._loop.time())

    def _report(self, second: int) -> None:
        """Say how the clocks of all stand, as a browser does each second."""
        moment = rtcp.ntp_time(1_800_000_000.0 + second)
        for name, source in self._sources.items():
            stamp = self._clocks[name] + second * source.codec.clock_rate
            source.sent = rtcp.SenderReport(source.ssrc, moment, stamp & 0xFFFFFFFF, 1, 1)
            source.sent_seen_at = self._loop.time()
            self.publication.take_report(source, source.sent)


class Shows(LiveShows, Deaf):
    """Hear of nothing but what players see."""


@dataclass(slots=True)
class Sent:
    """What tests touch; `live` is the show as it is recorded, `began` 100 seconds ago."""

    folder: Path
    show: InSizes
    live: LiveShow
    shows: LiveShows
    recorder: Recorder
    layers: Layers
    began: float
    counters: Counters

    def names(self) -> list[str]:
        """Return the addresses of the sizes there are now."""
        return [size.uri for size in self.layers.sizes("show", self.live)]


@asynccontextmanager
async def sent_in_sizes(folder: Path, bounds: Bounds = BOUNDS, limit: int = 8) -> AsyncIterator[Sent]:
    """Send and record during the block, which begins when the first segment is there."""
    await asyncio.to_thread(clip)
    counters, shows, began = Counters(CollectorRegistry()), Shows(30.0), time.time() - 100
    settings = load_settings(None, {"SHOWROOM_SECRETS_KEY": "s" * 40}).recording
    recorder = Recorder(folder / "recordings", replace(settings, min_free_mb=0), counters)
    recorder.events = shows
    show = InSizes(asyncio.get_running_loop())
    playing = asyncio.create_task(show.play())
    await recorder.start()
    live = shows.begin("show", began)
    recorder.begin(show.publication, "show", began)
    layers = Layers(folder / "passing", recorder, bounds, counters, limit)
    try:
        await live.target()
        yield Sent(folder, show, live, shows, recorder, layers, began, counters)
    finally:
        await layers.forms.close()
        await recorder.close()
        playing.cancel()
        with suppress(asyncio.CancelledError):
            await playing
        show.publication.close()
