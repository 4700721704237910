"""Assembles what the conversations talk to: the parts of the rooms, and the call room with its recorder."""

from __future__ import annotations

from collections.abc import Callable

from redis.asyncio import Redis

from config.settings import Settings
from media.relay import Relay
from rooms.fair.database import Database
from rooms.negotiation.call_files import CallFiles
from rooms.negotiation.call_notes import CallNotes
from rooms.negotiation.calls import Calls
from rooms.negotiation.consents import Consents
from rooms.negotiation.thirds import Thirds
from showroom import data_folder
from showroom.shelf import DiskShelf
from showroom.stores import Facts, State
from signaling.appointing import Appointing
from signaling.asking import Asking
from signaling.call_channels import CallChannels
from signaling.call_recorder import CallArchive, CallRecorder
from signaling.call_room import CallParts, CallRoom
from signaling.call_stage import CallStage
from signaling.chronicle import Chronicle
from signaling.hall import RoomParts
from signaling.herald import Herald
from signaling.tickets import Tickets
from signaling.views import Views


def room_parts(
    facts: Facts, state: State, views: Views, herald: Herald, calls: Calls, chronicle: Chronicle,
    asking: Asking, clock: Callable[[], float],
) -> RoomParts:
    """Return what the rooms' conversations need."""
    appointing = Appointing(facts.due_appointments, calls, views, herald, clock)
    return RoomParts(
        views, herald, state.shows, state.audience, state.duty, state.chat, calls, facts.recordings,
        chronicle, facts.reservations, asking, appointing,
    )


def open_call_room(
    settings: Settings, redis: Redis, database: Database, relay: Relay, archive: CallArchive, calls: Calls,
    tickets: Tickets, views: Views, herald: Herald, clock: Callable[[], float],
) -> CallRoom:
    """Return the call room; the stage of the shows must have taken the relay's events before."""
    consents, thirds = Consents(database, clock), Thirds(database, clock)
    channels = CallChannels(redis, clock)
    stage = CallStage(relay, tickets, calls, thirds, channels)
    recorder = CallRecorder(redis, database, relay, stage, archive, calls, consents, thirds, clock)
    shelf = DiskShelf(settings.data.folder / data_folder.CALL_FILES)
    files, notes = CallFiles(database, shelf, clock), CallNotes(database, clock)
    parts = CallParts(calls, consents, thirds, channels, files, notes, stage, recorder)
    return CallRoom(redis, parts, views, herald)
