"""Small pictures for the seek bar: a key frame of a running show each ten seconds, a hundred to a sheet.

`{recording}/sprite-{n}.jpg` beside the recording's sections is rewritten while it fills, always whole, and
`sprite.json` says how many tiles there are. The tile of a second is number `second // interval`; where the
picture was away its place is dark. After a restart what is in the files is taken up again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from media.keyframes import Keyframe
from media.thumbnails import Picture, Tiles

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 10.0
COLUMNS, ROWS = 10, 10
TILE_WIDTH = 160
REWRITE_SECONDS = 20.0
"""A sheet is written with its first tile, when it is full, and at most so often between."""
RETRY_SECONDS = 3.0
"""A picture that cannot be decoded may have cost a child; it is not tried each second."""
INDEX = "sprite.json"


class Pictures(Protocol):
    """Where key frames come from; the relay."""

    def is_live(self, name: str) -> bool: ...
    def keyframe(self, name: str) -> Keyframe | None: ...


class SheetMaker(Protocol):
    """Makes small pictures and sheets of them; the thumbnailer."""

    async def tile(self, frame: Keyframe, width: int, height: int = 0) -> Picture | None: ...
    async def sheet(self, tiles: Tiles) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Sprite:
    """What there is: `count` tiles of `width` times `height` pixels, one each `interval` seconds."""

    interval: float
    columns: int
    rows: int
    width: int
    height: int
    count: int

    @property
    def sheets(self) -> int:
        """How many files."""
        return -(-self.count // (self.columns * self.rows))

    def is_full(self, number: int) -> bool:
        """Tell whether a sheet will not change any more."""
        return self.count >= (number + 1) * self.columns * self.rows


@dataclass(slots=True)
class _Show:
    """A show whose tiles are made: the sheet that fills now, and how far it is written."""

    recording: str
    started_at: float
    height: int = 0
    number: int = 0
    base: bytes = b""
    tiles: dict[int, bytes] = field(default_factory=dict)
    newest: int = -1
    written: int = -1
    written_at: float = float("-inf")
    tried_at: float = float("-inf")
    is_known: bool = False
    is_over: bool = False


class Sprites:
    """Makes the tiles of all shows of this node, one after the other, whenever `renew` is called."""

    def __init__(self, pictures: Pictures, maker: SheetMaker, folder: Path,
                 clock: Callable[[], float] = time.time) -> None:
        self._pictures = pictures
        self._maker = maker
        self._folder = folder
        self._clock = clock
        self._shows: dict[str, _Show] = {}

    def begin(self, name: str, recording: str, started_at: float) -> None:
        """Make tiles for a recording that began at `started_at`; asking again changes nothing."""
        present = self._shows.get(name)
        if present is None or present.recording != recording:
            self._shows[name] = _Show(recording, started_at)

    def end(self, name: str) -> None:
        """The show is over: what is not written yet is written with the next `renew`."""
        if name in self._shows:
            self._shows[name].is_over = True

    async def renew(self) -> None:
        """Take the tiles that are due and write the sheets that are; call it each second."""
        for name, show in list(self._shows.items()):
            try:
                await self._advance(name, show)
            except OSError as error:
                log.warning("sprite not written", extra={"recording": show.recording, "why": error.strerror})
            if show.is_over and self._shows.get(name) is show:
                del self._shows[name]

    async def _advance(self, name: str, show: _Show) -> None:
        if not show.is_known:
            await asyncio.to_thread(_take_up, show, self._folder)
        place = int((self._clock() - show.started_at) // INTERVAL_SECONDS)
        if place > show.newest and self._clock() - show.tried_at >= RETRY_SECONDS and not show.is_over:
            show.tried_at = self._clock()
            await self._take(name, show, place)
        if show.newest > show.written and (show.is_over or self._is_due(show)):
            await self._write(show)

    def _is_due(self, show: _Show) -> bool:
        is_full = (show.newest + 1) % (COLUMNS * ROWS) == 0
        return is_full or self._clock() - show.written_at >= REWRITE_SECONDS

    async def _take(self, name: str, show: _Show, place: int) -> None:
        frame = self._pictures.keyframe(name) if self._pictures.is_live(name) else None
        picture = await self._maker.tile(frame, TILE_WIDTH, show.height) if frame else None
        if picture is None:
            return
        sheet, on_sheet = divmod(place, COLUMNS * ROWS)
        if sheet != show.number:
            await self._turn_over(show, sheet)
        show.height = show.height or picture.height
        show.tiles[on_sheet] = picture.jpeg
        show.newest = place

    async def _turn_over(self, show: _Show, number: int) -> None:
        """Finish a sheet and begin another; those between, when the picture was away for long, stay out."""
        if show.newest > show.written:
            await self._write(show)
        show.number, show.base = number, b""
        show.tiles.clear()
        show.written_at = float("-inf")

    async def _write(self, show: _Show) -> None:
        tiles = Tiles(COLUMNS, ROWS, TILE_WIDTH, show.height, show.base, dict(show.tiles))
        show.written_at = self._clock()  # also when it fails: a full disk is not asked each second
        sheet, newest = await self._maker.sheet(tiles), show.newest
        if sheet is None:
            return
        sprite = Sprite(INTERVAL_SECONDS, COLUMNS, ROWS, TILE_WIDTH, show.height, newest + 1)
        await asyncio.to_thread(_keep, self._folder / show.recording, show.number, sheet, sprite)
        show.written = newest


def sheet_path(folder: Path, recording: str, number: int) -> Path:
    """Return where a sheet lies in the folder of recordings."""
    return folder / recording / f"sprite-{number}.jpg"


def read_sprite(folder: Path, recording: str) -> Sprite | None:
    """Return what there is of a recording; None when there is nothing yet."""
    try:
        return Sprite(**json.loads((folder / recording / INDEX).read_text("ascii")))
    except (OSError, ValueError, TypeError):
        return None


def _take_up(show: _Show, folder: Path) -> None:
    """Go on where an earlier server left off."""
    show.is_known = True
    found = read_sprite(folder, show.recording)
    ours = (COLUMNS, ROWS, TILE_WIDTH)
    if not (found and found.count) or (found.columns, found.rows, found.width) != ours:
        return
    show.height, show.newest, show.written = found.height, found.count - 1, found.count - 1
    show.number = show.newest // (COLUMNS * ROWS)
    path = sheet_path(folder, show.recording, show.number)
    show.base = path.read_bytes() if path.is_file() else b""


def _keep(folder: Path, number: int, sheet: bytes, sprite: Sprite) -> None:
    """Write the sheet, then what counts its tiles: a reader never hears of a tile that is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / f"sprite-{number}.jpg", sheet)
    _replace(folder / INDEX, json.dumps(asdict(sprite)).encode())


def _replace(path: Path, content: bytes) -> None:
    half = path.with_name(f".{path.name}.part")
    half.write_bytes(content)
    half.replace(path)
