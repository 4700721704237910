"""The archive: records the shows of this node, lists them while they run, and writes down what was recorded.

It hears the recorder and tells the playlists at once, the database in its own time, the consoles what
matters. Nobody waits for it: a show goes on whatever becomes of its recording.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from config.ids import AccountId, RoomId, ShowId
from media.recording.facts import FULL, Container, Part, Section, Segment, StopReason
from media.recording.recorder import Recorder
from media.recording.sink import Recordable
from rooms.fair.recordings import Recordings
from rooms.live.shows import Show
from signaling.archive_allowance import Allowance
from signaling.archive_index import ArchiveIndex
from signaling.archive_news import ArchiveNews, Listener
from signaling.archive_repair import Repair
from signaling.archive_stopped import Stopped
from signaling.archive_turns import Playlists, Publications, Turns
from signaling.recording_news import RecordingNews, RecordingState
from signaling.replies import attempt
from signaling.tasks import end as end_task

log = logging.getLogger(__name__)

FLUSH_SECONDS = 1.0


class Archive:
    """Hears the recorder, and acts in a task of its own: `start` it, `close` it.

    What the database does not take is tried again each second.
    """

    can_record = True

    def __init__(
        self, publications: Publications, recorder: Recorder, recordings: Recordings, playlists: Playlists,
        index: ArchiveIndex, repair: Repair, clock: Callable[[], float], listener: Listener,
        allowance: Allowance, on_whole: Callable[[], None] = lambda: None, *, has_hls: bool = True,
        transcodes_vp8: bool = False,
    ) -> None:
        self._publications = publications
        self._recorder = recorder
        self._playlists = playlists
        self._index = index
        self._repair = repair
        self._clock = clock
        self._in_hls = {kind for kind in Container if has_hls and (kind is Container.MP4 or transcodes_vp8)}
        self._on_whole = on_whole
        self._has_ended = False
        self._wanted: dict[ShowId, tuple[Show, str]] = {}
        self._shows: dict[str, Show] = {}
        self._containers: dict[str, Container] = {}
        self._stopped = Stopped(recordings, index, repair, recorder.runs)
        self._waiting: dict[str, StopReason] = {}
        """Shows that are on the air here and are recorded as soon as there is room, and why they are not."""
        self._news = ArchiveNews(listener)
        self._turns = Turns(recorder, recordings, playlists, allowance)
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        recorder.events = self

    async def start(self, node: str, live: set[ShowId]) -> None:
        """Repair what this node left behind; what neither is `live` nor went elsewhere is whole. Then act."""
        self._turns.node = node
        await self._repair.finish(node, live)
        await self._recorder.start()
        self._task = asyncio.create_task(self._act())

    async def close(self) -> None:
        """End all recordings and write down what there is to say of them."""
        await self._recorder.close()
        if self._task is not None:
            await end_task(self._task)
            await attempt(self._index.flush(), "archive")

    def begin(self, show: Show, title: str = "") -> None:
        """Record a show, from now on or again; one that is being recorded goes on, if it was nowhere else."""
        is_ending = self._recorder.is_recording(show.id) and self._recorder.publication(show.id) is None
        if not is_ending and self._stopped.get(show.id) not in FULL:
            self._wanted[show.id] = show, title
            self._shows[show.id] = show
            self._woken.set()

    def try_again(self) -> None:
        """Begin what waits for room, if there is any now; called each ten seconds."""
        for show in [show for show in self._shows.values() if show.id in self._waiting]:
            self.begin(show, show.title)

    def away(self, room: RoomId) -> None:
        """The picture of a room is gone: what comes back waits until it is known where it was meanwhile."""
        for show in self._shows.values():
            if show.room == room:
                self._recorder.runs.hold(show.id)
                self._waiting.pop(show.id, None)

    def went_on(self, show: ShowId, *, has_picture: bool) -> None:
        """A show is at another node now: nothing more of it is written here, unless it comes back.

        While this node `has_picture` too, what it brings is held back, as far as there is room.
        """
        self._wanted.pop(show, None)
        self._waiting.pop(show, None)
        if has_picture:
            self._recorder.runs.hold(show)
        elif self._recorder.publication(show) is not None:
            self._recorder.end(show, StopReason.MOVED)
            self._news.forget(self._shows.pop(ShowId(show)).room)

    async def begin_call(
        self, recording: str, room: RoomId, title: str, parties: Sequence[AccountId], publication: Recordable
    ) -> None:
        """Record what one party of a call sends, for `parties` alone; who calls this has their consent.

        Nothing is recorded of before, and nothing is written before it is confirmed.
        """
        await self._turns.begin_call(recording, room, title, parties, publication, self._clock())

    async def refusal(self, call: str, room: RoomId) -> StopReason | None:
        """Return why nothing of a call may be recorded now, which the operator is told; None when it may."""
        return await self._turns.allowance.refusal(call, room)

    def moment(self) -> float:
        """Return which moment this is, to confirm it later."""
        return self._recorder.moment()

    def confirm(self, recording: str, moment: float) -> None:
        """Write what came up to a moment at which all agreed; what never is confirmed is forgotten."""
        self._recorder.runs.release_until(recording, moment)

    def hush(self, recording: str, is_hushed: bool) -> None:
        """Record silence in place of sound, or the sound again."""
        self._recorder.runs.hush(recording, is_hushed)

    def end(self, show: ShowId) -> None:
        """The show is over: so is its recording, once all is written."""
        self._wanted.pop(show, None)
        self._waiting.pop(show, None)
        if self._recorder.is_recording(show):
            self._recorder.end(show)
        else:
            self._finish(show, StopReason.ENDED)

    def running(self) -> list[str]:
        """Return what is being recorded."""
        return self._recorder.running()

    def is_recording(self, recording: str) -> bool:
        """Tell whether a recording has begun and not stopped."""
        return self._recorder.is_recording(recording)

    def why_stopped(self, recording: str) -> StopReason | None:
        """Return why a recording has stopped before it was ended, None for one that has not."""
        return self._stopped.get(recording)

    def shows(self) -> list[Show]:
        """Return the shows that are being recorded."""
        return [self._shows[recording] for recording in self.running() if recording in self._shows]

    def drop(self, recording: str, reason: StopReason) -> None:
        """End a recording while its show goes on."""
        self._recorder.end(recording, reason)

    def news(self, room: RoomId) -> RecordingNews:
        """Return how the recording of a room's show goes."""
        return self._news.of(room)

    # What the recorder tells.

    def recording_began(self, recording: str) -> None:
        """The first byte is on the disk: now it may be said."""
        has_hls = self._containers.get(recording) in self._in_hls
        self._tell(recording, RecordingNews(RecordingState.RECORDING, self._clock(), has_hls=has_hls))

    def section_began(self, recording: str, section: Section) -> None:
        """List and index a new file."""
        self._containers[recording] = section.container
        self._tell_of_hls(recording, has_hls=section.container in self._in_hls)
        self._playlists.section_began(recording, section)
        self._index.section(recording, section, self._turns.node)

    def part_written(self, recording: str, section: int, segment: int, part: Part) -> None:
        """List a part."""
        self._playlists.part_written(recording, section, segment, part)

    def segment_ended(self, recording: str, segment: Segment) -> None:
        """List a segment."""
        self._playlists.segment_ended(recording, segment)

    def segment_kept(self, recording: str, segment: Segment) -> None:
        """Index a segment."""
        self._index.segment(recording, segment)

    def section_whole(self, recording: str, section: int, size: int, sha256: str) -> None:
        """Index the end of a file."""
        self._index.whole(recording, section, size, sha256)

    def recording_stopped(self, recording: str, reason: StopReason) -> None:
        """End playlists and records; consoles and the operator are told unless the show is over too."""
        if reason is StopReason.MOVED:
            self._playlists.recording_stopped(recording, reason)
            self._index.moved(recording)
            return
        if reason is not StopReason.ENDED:
            log.warning("a recording has stopped", extra={"recording": recording, "reason": reason.value})
        self._finish(recording, reason)

    async def _act(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
            await attempt(self._news.flush(), "archive")
            await self._begin_wanted()
            await attempt(self._compare(), "archive")
            await attempt(self._flush(), "archive")

    async def _begin_wanted(self) -> None:
        for show, title in list(self._wanted.values()):
            publication = self._publications.publication(show.room)
            if publication is not None and await attempt(self._begin(show, title, publication), "archive"):
                continue  # it is tried again, and holds up no other
            self._wanted.pop(show.id, None)

    async def _begin(self, show: Show, title: str, publication: Recordable) -> None:
        """Write down what there is to say of before, and have this node write from now on."""
        await self._index.flush()
        self._stopped.settle(show.id)
        await self._stopped.catch_up(show.id, self._turns.node)
        why_not = await self._turns.why_not(show)
        if show.id not in self._wanted:
            return  # it ended before it was begun
        if why_not is not None:
            self._refuse(show, why_not)
            return
        self._waiting.pop(show.id, None)
        full = await self._turns.take(show, title, publication, lambda: show.id in self._wanted)
        if full is not None:
            self._stopped[show.id] = full
            self._tell(show.id, RecordingNews(RecordingState.STOPPED, self._clock(), full))

    def _refuse(self, show: Show, why: StopReason) -> None:
        """Say once that a show may not be recorded now, as of one that has stopped, and have it wait."""
        if self._waiting.get(show.id) != why:
            self._turns.refuse(show, why)
            self._waiting[show.id] = why
            self._tell(show.id, RecordingNews(RecordingState.STOPPED, self._clock(), why))

    async def _compare(self) -> None:
        """Find out what went on elsewhere, or did not, while nobody could tell."""
        for show in await self._turns.compare(self.shows()):
            self.begin(show)

    async def _flush(self) -> None:
        """Write down what waits, and repair what had more to say than could wait."""
        await self._index.flush()
        await self._stopped.catch_up_all(self._turns.node)
        if self._has_ended:
            self._has_ended = False
            self._on_whole()

    def _finish(self, recording: str, reason: StopReason) -> None:
        is_over = reason is StopReason.ENDED
        if is_over:
            self._stopped.settle(recording)
        else:
            self._stopped[recording] = reason
            if reason is StopReason.DISK_FULL and recording in self._shows:
                self._waiting[recording] = reason
        self._playlists.recording_stopped(recording, reason)
        self._index.end(recording, reason)
        self._has_ended = True
        state = RecordingState.OFF if is_over else RecordingState.STOPPED
        self._tell(recording, RecordingNews(state, self._clock(), "" if is_over else reason))
        if is_over:
            self._shows.pop(recording, None)
            self._containers.pop(recording, None)

    def _tell_of_hls(self, recording: str, *, has_hls: bool) -> None:
        """Tell the console when the show goes on in a format that HLS has not, or has again."""
        news = self.news(self._shows[recording].room) if recording in self._shows else RecordingNews()
        if news.state is RecordingState.RECORDING and news.has_hls is not has_hls:
            self._tell(recording, replace(news, has_hls=has_hls))

    def _tell(self, recording: str, news: RecordingNews) -> None:
        show = self._shows.get(recording)
        if show is not None:
            self._news.note(show.room, news)
            self._woken.set()
