"""Records publications: feeds the writing process, hears what it has written, and starts another when it
dies.

What is being recorded goes on over the death of a writer as the next section of the same recording; what the
dead one had written and not told is salvaged from its file.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.counters import Counters
from config.settings import RecordingSettings
from media.recording import feed
from media.recording.facts import Deaf, RecordingEvents, StopReason
from media.recording.fed_process import FedProcess
from media.recording.feed import Opening
from media.recording.progress import Progress, Salvaged
from media.recording.runs import Run, Runs
from media.recording.salvage import digest_of
from media.recording.sink import Recordable, RecordingSink

log = logging.getLogger(__name__)

CLOSE_SECONDS = 5.0
"""How long the writer may take for the rest when everything ends."""
AGAIN_SECONDS = 0.2
"""The pause before another writer is started, which grows while they die at once."""
MAX_AGAIN_SECONDS = 5.0
HELD_SECONDS = 10.0
"""What is held back for longer is no part any more of what was before it."""
MB, KB = 1 << 20, 1 << 10


class Recorder:
    """Set `events`, then `start`; `begin` and `end` recordings; `close` ends all of them.

    Everything is on the loop that `start` was called on. A recording has ended when `recording_stopped` was
    called.
    """

    def __init__(
        self, folder: Path, settings: RecordingSettings, counters: Counters,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.events: RecordingEvents = Deaf()
        self.runs = Runs()
        """What is being recorded, to be held back and released, too."""
        self._folder = folder
        self._settings = settings
        self._counters = counters
        self._clock = clock
        self._numbers = 0
        self._process = FedProcess(
            "media.recording.writer", settings.queue_kb * KB, counters.unrecorded_packets.inc, clock
        )
        self._task: asyncio.Task[None] | None = None
        self._is_closing = False
        self._one_hash = asyncio.Lock()  # all at once would keep others from the disk and from threads

    async def start(self) -> None:
        """Start the writing process and keep one running."""
        self._folder.mkdir(parents=True, exist_ok=True)
        await self._spawn()
        self._task = asyncio.create_task(self._supervise())

    async def close(self) -> None:
        """End all recordings; returns when their files are whole, or it takes too long."""
        self._is_closing = True
        for running in list(self.runs.values()):
            running.sink.detach()
        self._process.end()
        if self._task is not None:
            _, late = await asyncio.wait([self._task], timeout=CLOSE_SECONDS)
            if late:
                self._process.kill()
                await asyncio.wait([self._task])

    def begin(
        self, publication: Recordable, recording: str, epoch: float, section: int = 0, segment: int = 0, *,
        anew: bool = False,
    ) -> None:
        """Record `publication`; second 0 of the timeline was at `epoch`, in Unix seconds of the clock given.

        A recording that goes on says the first section and segment numbers that are free. It begins with the
        newest key frame and what followed it, or `anew` with nothing that came before; then only what is
        released is written.
        """
        longest, promised = self._settings.max_hours * 3600, tuple(publication.kinds)
        epoch += self._process.now() - self._clock()  # the clock may have been set since the process began
        late = HELD_SECONDS if anew else 0.0
        sink = self._open(publication, Opening(recording, epoch, section, segment, longest, promised, late))
        if anew:
            sink.hold()
            sink.attach_anew()
        else:
            sink.attach(self._process.ahead)

    def begin_again(self, recording: str, section: int, segment: int) -> None:
        """Go on with other numbers, and with what was held back; where nothing was, at the next key frame."""
        run = self.runs.going_on(recording)
        if run is None:
            return
        self.end(recording, StopReason.MOVED)
        promised, held = tuple(run.publication.kinds), run.sink.give_up()
        opening = replace(run.progress.opening, section=section, segment=segment, promised=promised)
        sink = self._open(run.publication, opening)
        if held is None:
            sink.attach_anew()
        else:
            sink.attach_behind(held)

    def end(self, recording: str, reason: StopReason = StopReason.ENDED) -> None:
        """End a recording, unless it is to end: what is on its way is written yet."""
        for run in self.runs.named(recording):
            if run.goes_on:
                run.sink.detach()
                run.progress.ending = reason
                self._process.send(feed.close_frame(run.sink.number, reason))

    def moment(self) -> float:
        """Return which moment this is, in the time in which things are held back and released."""
        return self._process.now()

    def running(self) -> list[str]:
        """Return what is being recorded."""
        return self.runs.names()

    def is_recording(self, recording: str) -> bool:
        """Tell whether a recording has begun and not stopped, nor moved."""
        return self.runs.is_recording(recording)

    def publication(self, recording: str) -> Recordable | None:
        """Return what is being recorded under this name; None when nothing is any more."""
        run = self.runs.going_on(recording)
        return run.publication if run else None

    def _open(self, publication: Recordable, opening: Opening) -> RecordingSink:
        self._numbers += 1
        sink = RecordingSink(self._numbers, self._process, publication, self._settings.segment_seconds)
        self.runs[self._numbers] = Run(publication, sink, Progress(opening, self.events))
        self._counters.recordings.set(len(self.runs))
        self._process.send(feed.open_frame(sink.number, opening))
        return sink

    # The writing process.

    async def _spawn(self) -> None:
        settings = self._settings
        await self._process.start(
            str(self._folder), f"--segment-seconds={settings.segment_seconds}",
            f"--sync-seconds={settings.sync_seconds}", f"--min-free-bytes={settings.min_free_mb * MB}",
        )
        if self._is_closing:  # since it was asked for
            self._process.end()

    async def _supervise(self) -> None:
        """Keep a writer until everything ends; what is hashed then is waited for."""
        async with asyncio.TaskGroup() as hashing:
            await self._keep_writer(hashing)

    async def _keep_writer(self, hashing: asyncio.TaskGroup) -> None:
        """Hear the writer until it ends; start another one unless everything ends."""
        pause, interrupted = AGAIN_SECONDS, list[Run]()
        while True:
            began = time.monotonic()
            async with asyncio.TaskGroup() as group:
                for running in interrupted:
                    group.create_task(self._go_on(running, hashing))
                async for report in self._process.reports():
                    self._take(report)
                lasted = time.monotonic() - began > MAX_AGAIN_SECONDS
            if self._is_closing:
                self._stop_rest()
                return
            self._counters.writer_restarts.inc()
            log.error("the recording process ended", extra={"running": len(self.runs)})
            pause = AGAIN_SECONDS if lasted else min(2 * pause, MAX_AGAIN_SECONDS)
            while not await self._has_begun_again(pause):
                pause = min(2 * pause, MAX_AGAIN_SECONDS)
            interrupted = list(self.runs.values())

    async def _has_begun_again(self, pause: float) -> bool:
        """Start another writer after a pause; tell whether there is one, or none is needed any more."""
        await asyncio.sleep(pause)
        if self._is_closing:
            return True
        try:
            await self._spawn()
        except (OSError, RuntimeError) as error:  # no process, or no thread that waits for it, can be had
            log.error("the recording process cannot be started", extra={"why": str(error)})
            return False
        return True

    async def _go_on(self, running: Run, hashing: asyncio.TaskGroup) -> None:
        """Go on with a recording as its next section; the file of the dead writer is hashed meanwhile.

        A disk that cannot be salvaged from ends the recording: a sync that has failed says nothing when it
        is tried again.
        """
        number, progress = running.sink.number, running.progress
        with self._guarded(running):
            left = await asyncio.to_thread(progress.salvage, self._folder)
            progress.take_salvaged(left)
            self._process.send(feed.open_frame(number, progress.next_opening()))
            if progress.ending is not None:
                self._process.send(feed.close_frame(number, progress.ending))
            running.sink.ask()
            if left is not None:
                hashing.create_task(self._hash(running, left))

    async def _hash(self, running: Run, left: Salvaged) -> None:
        """Report a file that is complete; for a long show that takes a minute."""
        with self._guarded(running):
            try:
                async with self._one_hash:
                    size, sha256 = await asyncio.to_thread(digest_of, left.path)
            except OSError as error:
                log.error("a salvaged file cannot be read", extra={"path": str(left.path), "why": str(error)})
            else:
                running.progress.whole(left, size, sha256)

    def _stop_rest(self) -> None:
        for running in list(self.runs.values()):
            self._take({"recording": running.sink.number, "event": "stopped", "reason": StopReason.FAILED})

    def _take(self, report: dict[str, Any]) -> None:
        running = self.runs.get(report.pop("recording"))
        if running is not None:
            with self._guarded(running):
                self._hear(running, report.pop("event"), report)

    def _hear(self, running: Run, event: str, facts: dict[str, Any]) -> None:
        if event == "keyframe":
            running.sink.ask()
        elif event == "trouble":
            log.error("recording is in trouble", extra={"recording": running.progress.recording, **facts})
        else:
            running.progress.take(event, facts)
        if event == "stopped":
            self._forget(running, facts["reason"])

    @contextmanager
    def _guarded(self, running: Run) -> Iterator[None]:
        """Let whatever goes wrong with one recording end that one, and no other."""
        try:
            yield
        except Exception:
            log.exception("a recording cannot go on", extra={"recording": running.progress.recording})
            self._fail(running)

    def _fail(self, running: Run) -> None:
        number, reason = running.sink.number, StopReason.FAILED
        if number in self.runs:
            self._forget(running, reason)
            self._process.send(feed.close_frame(number, reason))
            with self._guarded(running):
                running.progress.take("stopped", {"reason": reason})

    def _forget(self, running: Run, reason: str) -> None:
        self._counters.recording_stops.labels(reason).inc()
        running.sink.detach()
        del self.runs[running.sink.number]
        self._counters.recordings.set(len(self.runs))
