"""Assembles what keeps moments of a running show: captions, stills, and the pictures of the seek bar."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from config.settings import Settings
from media.recording.sprites import Sprites
from media.relay import Relay
from media.thumbnails import Thumbnailer
from rooms.negotiation.calls import Calls
from showroom import data_folder
from showroom.stores import Facts, State
from signaling.captioner import Captioner
from signaling.clockwork import Job
from signaling.herald import Herald
from signaling.photographer import Photographer
from signaling.seek_pictures import Recorded, SeekPictures

CAPTION_SECONDS, PICTURE_SECONDS = 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Keepsakes:
    """What others need of it: `jobs` are for the clockwork."""

    captioner: Captioner
    photographer: Photographer
    jobs: tuple[Job, ...]


def open_keepsakes(
    settings: Settings, facts: Facts, state: State, relay: Relay, thumbnailer: Thumbnailer, calls: Calls,
    herald: Herald, recorded: Recorded, clock: Callable[[], float], stack: AsyncExitStack,
) -> Keepsakes:
    """Be ready to keep moments; what waits is written down before `stack` closes the database."""
    captioner = Captioner(facts.caption_keys, facts.companies, state.shows, facts.captions, herald, clock)
    stack.push_async_callback(captioner.flush)
    photographer = Photographer(
        relay, thumbnailer, state.shows, facts.companies, facts.stills, calls, herald, clock
    )
    sprites = Sprites(relay, thumbnailer, settings.data.folder / data_folder.RECORDINGS, clock)
    return Keepsakes(captioner, photographer, (
        Job("keep captions", CAPTION_SECONDS, captioner.flush),
        Job("take seek pictures", PICTURE_SECONDS, SeekPictures(recorded, sprites).renew),
    ))
