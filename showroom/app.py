"""The assembly: builds every part of the fair from the settings and opens them in order.

This is the only place that knows all parts. They are closed in the opposite order: first nobody comes in any
more and the sockets are told, then the sessions and tasks end, then the stores close, the embedded one last.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, replace
from socket import socket

from aiohttp import web
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from config.counters import Counters
from config.errors import Conflict
from config.settings import Settings
from media.relay import Relay
from media.storage.places import Places
from media.thumbnails import Thumbnailer
from rooms.fair.database import Database
from rooms.live.duty import Duty
from rooms.live.fair_clock import LOOK_SECONDS, FairClock
from rooms.live.redis_store import connect
from rooms.negotiation.calls import Calls
from rooms.negotiation.outcomes import Outcomes
from showroom import data_folder, lifecycle, listener
from showroom.archiving import open_archive
from showroom.bureau import open_bureau
from showroom.calling import open_call_room, room_parts
from showroom.embedded import EmbeddedValkey
from showroom.keepsakes import open_keepsakes
from showroom.mailing import mail_jobs
from showroom.paper import open_sheets
from showroom.stores import Facts, State, facts_in, state_in
from showroom.sweeping import sweeping
from signaling.asking import asking_in
from signaling.backstage import ShowArchive
from signaling.bearers import Bearers
from signaling.call_room import CallRoom
from signaling.chronicle import Chronicle
from signaling.clockwork import Job
from signaling.departing import Departing
from signaling.expulsion import Expulsion
from signaling.films import Films
from signaling.herald import Herald
from signaling.library import RecordedFilms
from signaling.sockets import Sockets
from signaling.stage import Stage
from signaling.tickets import Tickets
from signaling.views import Views
from signaling.whep import Whep
from signaling.whip import Whip
from web.app import KEEPALIVE_SECONDS, Parts, build_app

log = logging.getLogger(__name__)

ANSWER_SECONDS = 2.0
"""How long requests that are being answered may take once the fair closes."""
WAITING_CONNECTIONS = 1024
"""Connections the kernel keeps for us while the loop is busy: a whole audience may come back at once."""

FILM_SECONDS = 2.0
"""How often is looked whether an announced film is to begin, or one is attended by nobody."""

Preparation = Callable[[Parts], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fair:
    """An open fair: its parts, and where it listens."""

    parts: Parts
    base_url: str
    ice_port: int


@asynccontextmanager
async def open_fair(settings: Settings, prepare: Preparation | None = None) -> AsyncIterator[Fair]:
    """Open the fair that `settings` describe until the block ends; `prepare` runs before the doors open.

    Raises `Invalid` for settings this machine cannot fulfil, `Conflict` for a port or folder that is taken,
    `Busy` when a store does not answer.
    """
    async with AsyncExitStack() as stack:
        door = stack.enter_context(closing(listener.bind(settings.http)))
        settings = data_folder.prepare(_with_port(settings, door))
        stack.enter_context(data_folder.held(settings.data.folder))
        parts = await _build(settings, stack)
        if prepare:
            await prepare(parts)
        await _open_doors(parts, door, stack)
        lag_seconds, tasks = parts.counters.loop_lag_seconds, parts.counters.tasks
        await stack.enter_async_context(_background(lifecycle.beat(lag_seconds, tasks)))
        yield Fair(parts, settings.public_url, parts.relay.port)
        log.info("the fair closes")


async def _build(settings: Settings, stack: AsyncExitStack) -> Parts:
    """Build all parts, opening the stores and the media port; `stack` closes what was opened."""
    redis, clock, database = await _open_stores(settings, stack)
    facts, state = facts_in(database, settings, clock), state_in(redis, settings, clock)
    shows, duty, left = state.shows, state.duty, facts.departures.left
    counters, tickets = Counters(CollectorRegistry()), Tickets(settings.secrets.key, clock, left)
    views = Views(facts.companies, facts.products, shows, state.audience, duty, facts.stills, clock, left)
    herald, asking = Herald(views, duty, counters), asking_in(database, redis, clock)
    calls = Calls(redis, database, duty, clock, settings, herald.call_changed, herald.line_moved)
    relay, decoder = await _open_relay(settings, counters, stack), _open_decoder(stack)
    archiving = await open_archive(settings, relay, shows, facts, herald, counters, clock, stack)
    archive, chronicle = archiving.archive, _open_chronicle(facts, counters, clock, stack)
    stage = await _open_stage(
        settings, relay, facts, state, tickets, decoder, archive, chronicle, herald, clock, stack
    )
    films = _open_films(stage, duty, facts, archiving.places, clock, stack)
    keepsakes = open_keepsakes(settings, facts, state, relay, decoder, calls, herald, archive, clock, stack)
    rooms = room_parts(facts, state, views, herald, calls, chronicle, asking, clock)
    bureau, due = open_bureau(settings, database, facts.accounts, calls, herald, clock)
    call_room = open_call_room(
        settings, redis, database, relay, archive, calls, tickets, views, herald, clock
    )
    leaving = _leaving(settings, facts, tickets, stage, call_room, calls, clock)
    sockets = Sockets(settings, redis, rooms, stage, facts.products, tickets, counters, call_room, *leaving,
                      (*archiving.jobs, *keepsakes.jobs, *due, *_rest(settings, facts, films, clock, redis),
                       sweeping(settings, database, archiving.left, counters)))
    return Parts(
        settings=settings, clock=clock, database=database, redis=redis, counters=counters, bureau=bureau,
        accounts=facts.accounts, companies=facts.companies, departures=facts.departures, stills=facts.stills,
        products=facts.products, stream_keys=facts.stream_keys, show_log=facts.show_log, shows=shows,
        recordings=facts.recordings, moments=facts.moments, programme=facts.programme, duty=duty, calls=calls,
        reservations=facts.reservations, captions=facts.captions, caption_keys=facts.caption_keys,
        audience=state.audience, chat=state.chat, asking=asking, herald=herald, outcomes=Outcomes(database),
        relay=relay, tickets=tickets, stage=stage, films=films, whip=Whip(stage), whep=Whep(stage),
        hls=archiving.hls, places=archiving.places, sockets=sockets, captioner=keepsakes.captioner,
        photographer=keepsakes.photographer, recorded_files=archiving.keeping, call_room=call_room,
        sheets=open_sheets(settings, facts.stills.public_key, clock), appointments=facts.appointments,
        appointing=rooms.appointing, calendar_feeds=facts.calendar_feeds,
    )


def _leaving(
    settings: Settings, facts: Facts, tickets: Tickets, stage: Stage, call_room: CallRoom, calls: Calls,
    clock: Callable[[], float],
) -> tuple[Expulsion, Departing]:
    """Return who sees people out whose account is closed, and exhibitors who leave the fair."""
    expulsion = Expulsion(facts.accounts, tickets, stage, call_room.parts.stage, calls, clock, settings)
    return expulsion, Departing(facts.departures, stage, calls, clock)


async def _open_stage(
    settings: Settings, relay: Relay, facts: Facts, state: State, tickets: Tickets, decoder: Thumbnailer,
    archive: ShowArchive, chronicle: Chronicle, herald: Herald, clock: Callable[[], float],
    stack: AsyncExitStack,
) -> Stage:
    stage = Stage(
        relay, state.shows, state.audience, facts.show_log, facts.companies,
        Bearers(tickets, facts.stream_keys, facts.companies), decoder, archive, chronicle, settings.shows,
        herald, facts.programme, state.rehearsals, clock, data_folder.node_of(settings.data.folder),
    )
    stack.push_async_callback(stage.close)
    await stage.start()
    return stage


async def _open_relay(settings: Settings, counters: Counters, stack: AsyncExitStack) -> Relay:
    relay = Relay(settings.ice, settings.media, counters)
    try:
        await relay.start()
    except OSError as error:
        raise Conflict(
            f"cannot open UDP port {settings.ice.port} on {settings.ice.host}: {error.strerror or error};"
            " choose others with SHOWROOM_ICE_PORT and SHOWROOM_ICE_HOST"
        ) from None
    stack.push_async_callback(relay.close)
    return relay


def _open_chronicle(
    facts: Facts, counters: Counters, clock: Callable[[], float], stack: AsyncExitStack
) -> Chronicle:
    chronicle = Chronicle(facts.moments, clock, counters.lost_moments)
    stack.push_async_callback(chronicle.close)
    return chronicle


def _open_films(
    stage: Stage, duty: Duty, facts: Facts, places: Places, clock: Callable[[], float], stack: AsyncExitStack
) -> Films:
    films = Films(stage, duty, facts.programme, RecordedFilms(facts.recordings), places, clock)
    stack.push_async_callback(films.close)
    return films


def _rest(
    settings: Settings, facts: Facts, films: Films, clock: FairClock, redis: Redis
) -> tuple[Job, ...]:
    """Return what else is to be done now and then."""
    looking = Job("look at the clock", LOOK_SECONDS, lambda: clock.look(redis))
    return Job("play films", FILM_SECONDS, films.sweep), looking, *mail_jobs(settings, facts)


def _open_decoder(stack: AsyncExitStack) -> Thumbnailer:
    decoder = Thumbnailer()
    stack.push_async_callback(decoder.close)
    return decoder


async def _open_stores(settings: Settings, stack: AsyncExitStack) -> tuple[Redis, FairClock, Database]:
    """Open both, and go by the clock of the first."""
    redis, clock = await _open_redis(settings, stack), FairClock()
    await clock.look(redis)
    return redis, clock, await _open_database(settings, stack)


async def _open_redis(settings: Settings, stack: AsyncExitStack) -> Redis:
    url = settings.redis.url
    if not url:
        valkey = EmbeddedValkey(settings.data.folder / "valkey")
        url = await valkey.start()
        stack.push_async_callback(valkey.stop)
    redis = connect(url, settings.redis.timeout_seconds)
    stack.push_async_callback(redis.aclose)
    await redis.ping()
    return redis


async def _open_database(settings: Settings, stack: AsyncExitStack) -> Database:
    database = Database(settings.database.url)
    stack.push_async_callback(database.close)
    await database.migrate()
    return database


async def _open_doors(parts: Parts, door: socket, stack: AsyncExitStack) -> None:
    """Take requests; once the block ends take no new ones, tell the sockets, then end what is running."""
    runner = web.AppRunner(
        build_app(parts), handle_signals=False, access_log=None,
        keepalive_timeout=KEEPALIVE_SECONDS, shutdown_timeout=ANSWER_SECONDS,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    stack.push_async_callback(parts.sockets.close)
    listener.listen(door, parts.settings.http, WAITING_CONNECTIONS)
    site = web.SockSite(runner, door, backlog=WAITING_CONNECTIONS)
    await site.start()
    stack.push_async_callback(site.stop)


def _with_port(settings: Settings, door: socket) -> Settings:
    """Return the settings with the port that port 0 became."""
    return replace(settings, http=replace(settings.http, port=door.getsockname()[1]))


@asynccontextmanager
async def _background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
