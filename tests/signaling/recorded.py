"""A recorded show of a room, in the records and on the disk of a node."""

from __future__ import annotations

from collections.abc import Callable

from config.ids import RoomId, ShowId
from media.film import Film
from media.storage.local import LocalStore
from media.storage.places import Places
from rooms.fair.recordings import Recordings
from signaling.archive_index import kept_section, kept_segment
from signaling.films import Films, Library
from signaling.library import RecordedFilms
from tests.media.films import Memory, make_film
from tests.signaling.fair import Node


async def record(
    node: Node, recordings: Recordings, room: RoomId, *, is_whole: bool = True, codec: str = "vp8",
    count: int = 48,
) -> ShowId:
    """Leave a show of two seconds behind, as the recorder would."""
    memory = Memory()
    film = make_film(memory, (codec, 0.0), count=count)
    for name, data in memory.files.items():
        path = node.settings.data.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    await write_down(recordings, film, room)
    if is_whole:
        await recordings.end(film.recording, "ended")
    return ShowId(film.recording)


def films_of(node: Node, clock: Callable[[], float], library: Library | None = None) -> Films:
    """Return what another process on the same relay would play, by a clock of its own."""
    library = library or RecordedFilms(Recordings(node.database, clock))
    places = Places(LocalStore(node.settings.data.folder))
    return Films(node.stage, node.parts.duty, node.programme, library, places, clock)


async def write_down(recordings: Recordings, film: Film, room: RoomId) -> None:
    """Index a recording."""
    await recordings.begin(film.recording, room, 1_700_000_000.0, "node", title="Chairs")
    for section in film.sections:
        await recordings.add_section(film.recording, kept_section(section))
    await recordings.add_segments([kept_segment(film.recording, segment) for segment in film.segments])
